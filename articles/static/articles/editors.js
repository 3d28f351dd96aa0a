/* The text editors, which come without a name and with tools that speak English only. */
"use strict";

(() => {
  /* A screen reader calls each text editor by the label of its row. */
  const nameEditors = () => {
    for (const editor of document.querySelectorAll("[contenteditable]:not([aria-label])")) {
      const label = editor.closest(".form-row")?.querySelector("label");
      if (label) editor.setAttribute("aria-label", label.textContent.replace(":", "").trim());
    }
  };

  const translateTools = () => {
    const tools = ".prose-menubar [title]:not([data-said])";
    for (const tool of document.querySelectorAll(tools)) {
      tool.dataset.said = "";
      tool.title = tool.ariaLabel = gettext(tool.title);
    }
    const options = ".prose-menubar__option:not([data-said])";
    for (const option of document.querySelectorAll(options)) {
      option.dataset.said = "";
      const word = option.firstElementChild ?? option;
      word.textContent = gettext(word.textContent);
    }
  };

  new MutationObserver(() => {
    nameEditors();
    translateTools();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
