/* Give names to what Django's own widgets leave without one. */
"use strict";

(() => {
  /* Select2 calls its box by what is chosen in it: by nothing where nothing is. The field within it
     that takes what is typed, where several may be chosen, has no name at all. */
  const nameBoxes = () => {
    for (const box of document.querySelectorAll(".select2-selection[role=combobox]")) {
      const select = box.closest(".select2-container").previousElementSibling;
      const label = select?.labels?.[0];
      if (!label) continue;
      label.id ||= `label-of-${select.id}`;
      const value = box.querySelector(".select2-selection__rendered");
      box.setAttribute("aria-labelledby", `${label.id} ${value.id}`);
      value.removeAttribute("role");
      value.removeAttribute("aria-readonly");
      box.querySelector(".select2-search__field")?.setAttribute("aria-labelledby", label.id);
    }
  };

  /* The signs beside the searches of a double list have a name, but nothing that may carry it. */
  const showSigns = () => {
    for (const sign of document.querySelectorAll(".search-label-icon")) {
      sign.setAttribute("role", "img");
    }
  };

  // Each after Django has made its widgets: Select2's when jQuery is ready, double lists on load.
  window.django?.jQuery?.(nameBoxes);
  window.addEventListener("load", showSigns);
  document.addEventListener("formset:added", () => setTimeout(nameBoxes));
})();
