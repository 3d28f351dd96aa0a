/* The keys of the desk; the panel lists them. */
"use strict";

(() => {
  const editors = new WeakMap();
  document.addEventListener("prose-editor:ready", ({ detail: { editor } }) =>
    editors.set(editor.view.dom, editor),
  );

  const link = (event) => {
    const editor = editors.get(event.target.closest?.("[contenteditable=true]"));
    if (!editor) return false;
    editor.commands.addLink();
    return true;
  };

  const save = (event) => {
    // A key that is held down is one wish.
    if (event.repeat) return true;
    const button = document.querySelector(".publication button[name=_save]");
    button?.click();
    return Boolean(button);
  };

  const move = (event, step) => {
    const block = window.ContentEditor?.allowChange && window.Desk.blockOf(event.target);
    if (!block) return false;
    const focused = document.activeElement;
    window.Desk.move(block, step);
    focused.focus({ preventScroll: true });
    return true;
  };

  const act = (event) => {
    const key = event.key.toLowerCase();
    const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (isCommand && key === "s") return save(event);
    if (isCommand && key === "k") return link(event);
    const isMove = event.altKey && event.shiftKey && !event.ctrlKey && !event.metaKey;
    if (isMove && key === "arrowup") return move(event, -1);
    if (isMove && key === "arrowdown") return move(event, 1);
    return false;
  };

  // Before the text editor, which takes some of these keys for itself.
  addEventListener(
    "keydown",
    (event) => {
      if (!act(event)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
})();
