/* The text editors, which come without a name and with tools that speak English only. */
"use strict";

(() => {
  /* A screen reader calls each text editor by the label of its row, and spelling is looked up in
     the language of what is written. */
  const nameEditors = () => {
    for (const editor of document.querySelectorAll("[contenteditable]:not([aria-label])")) {
      const row = editor.closest(".form-row");
      const label = row?.querySelector("label");
      if (!label) continue;
      editor.setAttribute("aria-label", label.textContent.replace(":", "").trim());
      editor.lang = row.dataset.language ?? "";
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

  // What is typed changes the page too, and brings neither.
  const isTyped = ({ target }) => target.closest?.(".ProseMirror");

  new MutationObserver((changes) => {
    if (changes.every(isTyped)) return;
    nameEditors();
    translateTools();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
