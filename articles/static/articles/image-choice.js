/* The picture that a figure shows, as soon as it has been chosen. */
"use strict";

(() => {
  const show = (input) => {
    const choice = input.closest(".image-choice");
    if (!choice) return;
    choice.querySelector("img")?.remove();
    choice.querySelector(".image-choice-title").textContent = "";
    if (!input.value) return;
    const picture = new Image();
    picture.className = "thumbnail thumbnail-large";
    picture.alt = "";
    picture.src = choice.dataset.thumbnail.replace("/0/", `/${encodeURIComponent(input.value)}/`);
    input.before(picture);
  };

  // The admin's pop-up windows announce the choice through jQuery only.
  addEventListener("DOMContentLoaded", () => {
    django.jQuery(document).on("change", ".image-choice input", (event) => show(event.target));
  });
})();
