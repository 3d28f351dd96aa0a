/* The writing desk: real buttons, for a mouse and for a keyboard, to add and to move blocks,
   and names for the text editors, which come without. */
"use strict";

(() => {
  const button = (label, act) => {
    const element = document.createElement("button");
    element.type = "button";
    element.textContent = label;
    element.addEventListener("click", act);
    return element;
  };

  const blocks = () =>
    [...document.querySelectorAll(".order-machine .inline-related:not(.empty-form)")].sort(
      (a, b) => ordering(a).value - ordering(b).value,
    );

  const ordering = (block) => block.querySelector(".order-machine-ordering");

  /* Change places with the block before (-1) or after (+1). */
  const move = (block, step, event) => {
    const all = blocks();
    const from = all.indexOf(block);
    const to = from + step;
    if (to < 0 || to >= all.length) return;
    all.splice(to, 0, ...all.splice(from, 1));
    all.forEach((each, index) => {
      ordering(each).value = (index + 1) * 10;
      each.style.order = (index + 1) * 10;
    });
    block.scrollIntoView({ block: "nearest" });
    event.currentTarget.focus();
  };

  const addMoves = (block, labels) => {
    const heading = block.querySelector(":scope > h3");
    if (!heading || heading.querySelector(".desk-move")) return;
    const moves = document.createElement("span");
    moves.className = "desk-move";
    for (const [label, sign, step] of [[labels.up, "↑", -1], [labels.down, "↓", 1]]) {
      const arrow = button(sign, (event) => move(block, step, event));
      arrow.setAttribute("aria-label", label);
      arrow.title = label;
      moves.append(arrow);
    }
    // The heading folds the block when it is clicked: not by these buttons.
    moves.addEventListener("click", (event) => event.stopPropagation());
    heading.querySelector(".inline_label").after(moves);
  };

  /* A screen reader calls each text editor by the label of its row. */
  const nameEditors = () => {
    for (const editor of document.querySelectorAll("[contenteditable]:not([aria-label])")) {
      const label = editor.closest(".form-row")?.querySelector("label");
      if (label) editor.setAttribute("aria-label", label.textContent.replace(":", "").trim());
    }
  };
  new MutationObserver(nameEditors).observe(document.documentElement, {
    childList: true,
    subtree: true,
  });

  /* The tools of the text editor, in the language of the admin. */
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
  new MutationObserver(translateTools).observe(document.documentElement, {
    childList: true,
    subtree: true,
  });

  /* Whoever leaves with something unsaved is asked. */
  let changed = false;
  addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("article_form");
    if (!form) return;
    const change = (event) => {
      if (event.isTrusted) changed = true;
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

    for (const message of document.querySelectorAll("ul.messagelist > li")) {
      const close = button(document.getElementById("desk-labels").dataset.close, () =>
        message.remove(),
      );
      close.className = "messages-close";
      message.prepend(close);
    }
  });

  document.addEventListener("content-editor:ready", () => {
    const { dataset: labels } = document.getElementById("desk-labels");
    const editor = window.ContentEditor;
    if (!editor.allowChange) return;

    const bar = document.createElement("div");
    bar.className = "desk-add";
    bar.id = "add-block";
    bar.tabIndex = -1;
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", labels.add);
    const rare = document.createElement("details");
    rare.append(document.createElement("summary"));
    rare.firstChild.textContent = labels.more;
    for (const plugin of editor.plugins) {
      (plugin.isRare ? rare : bar).append(
        button(`+ ${plugin.title}`, () => {
          editor._insertBefore = null;
          editor.addContent(plugin.prefix);
        }),
      );
    }
    bar.append(rare);
    document.querySelector(".order-machine-wrapper").after(bar);

    blocks().forEach((block) => addMoves(block, labels));
    document.addEventListener("formset:added", (event) => {
      if (event.detail.formsetName in editor.pluginsByPrefix) addMoves(event.target, labels);
    });
  });
})();
