/* A filter with many choices is a select; its button leads to the choice's address. */
"use strict";

document.addEventListener("submit", (event) => {
  const form = event.target.closest(".filter-select");
  if (!form) return;
  event.preventDefault();
  location.search = form.querySelector("select").value;
});
