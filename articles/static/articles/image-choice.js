/* The picture that a figure shows, as soon as it has been chosen. */
"use strict";

(() => {
  const show = (input) => {
    const choice = input.closest(".image-choice");
    if (!choice) return;
    const picture = choice.querySelector("img");
    choice.querySelector(".image-choice-title").textContent = "";
    picture.hidden = !input.value;
    if (input.value) {
      picture.src = choice.dataset.thumbnail.replace("/0/", `/${encodeURIComponent(input.value)}/`);
    }
  };

  // The admin's pop-up windows announce the choice through jQuery only.
  addEventListener("DOMContentLoaded", () => {
    django.jQuery(document).on("change", ".image-choice input", (event) => show(event.target));
  });
})();
