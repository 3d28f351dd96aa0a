/* The publication panel, which folds to a bar on small screens, and the messages, which can be
   closed. */
"use strict";

addEventListener("DOMContentLoaded", () => {
  const { button, labels } = window.Desk;

  const toggle = document.getElementById("publication-toggle");
  toggle?.addEventListener("click", () => {
    const isOpen = toggle.closest(".publication").classList.toggle("is-open");
    toggle.setAttribute("aria-expanded", isOpen);
  });

  for (const message of document.querySelectorAll("ul.messagelist > li")) {
    message.prepend(button(labels().close, () => message.remove(), "pill messages-close"));
  }
});
