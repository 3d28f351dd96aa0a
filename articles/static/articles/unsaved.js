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
  form.addEventListener("submit", (event) => {
    // A preview opens in another tab and saves nothing.
    if (event.submitter?.formTarget !== "_blank") changed = false;
  });
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
});
