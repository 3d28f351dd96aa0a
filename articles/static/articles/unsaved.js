/* Whoever leaves with something unsaved is asked. */
"use strict";

addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("article_form");
  if (!form) return;
  let changed = false;
  const change = (event) => {
    // By the user, or by the desk on their behalf (blocks.js): not by a script that sets up a field.
    if (event.isTrusted || event.detail === "desk") changed = true;
  };
  form.addEventListener("input", change);
  form.addEventListener("change", change);
  document.addEventListener("formset:added", () => (changed = true));
  let isSent = false;
  const send = (event) => {
    // A preview opens in another tab and saves nothing.
    if (event.submitter?.formTarget === "_blank") return;
    if (isSent) {
      // A second click while the answer is on its way would save once more.
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    isSent = true;
    changed = false;
  };
  // Before the other scripts, which count what is sent.
  form.addEventListener("submit", send, { capture: true });
  addEventListener("pageshow", () => (isSent = false));
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
});
