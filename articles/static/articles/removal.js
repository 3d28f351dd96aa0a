/* A block that is removed leaves a line in its place, which brings it back until the form is left. */
"use strict";

document.addEventListener("content-editor:ready", () => {
  const { announce, blocks, fill, iconButton, button, kind, labels, touch, words } = window.Desk;
  if (!window.ContentEditor.allowChange) return;
  // Kinds of blocks of which this user may delete none.
  const kept = labels().kept.split(" ");

  /* The field that says whether a block is to be deleted; only a stored block comes with one. */
  const deletion = (block) => {
    const stored = block.querySelector(":scope > h3 .delete input[type=checkbox]");
    const made = block.querySelector(":scope > input[name$=-DELETE]");
    if (stored || made) return stored ?? made;
    const input = document.createElement("input");
    input.type = "checkbox";
    input.hidden = true;
    input.name = `${block.id}-DELETE`;
    block.append(input);
    return input;
  };

  const mark = (block, isRemoved) => {
    const input = deletion(block);
    input.checked = isRemoved;
    block.classList.toggle("desk-removed", isRemoved);
    touch(input);
    announce();
  };

  // Without a line of its own, where another script takes it back.
  window.Desk.markRemoved = mark;

  const bringBack = (block) => {
    block.querySelector(".desk-removed-line").remove();
    mark(block, false);
    block.querySelector(".desk-remove").focus();
  };

  const remove = (block) => {
    const line = document.createElement("p");
    line.className = "desk-removed-line";
    const what = [kind(block), words(block)].filter(Boolean).join(": ");
    line.append(
      fill(labels().removed, { what }),
      " ",
      button(labels().undo, () => bringBack(block), "pill desk-undo"),
    );
    block.append(line);
    mark(block, true);
    return line;
  };

  const equip = (block) => {
    const tools = block.querySelector(".desk-tools");
    const mayRemove = !kept.includes(block.id.replace(/-\d+$/, ""));
    if (!mayRemove || tools.querySelector(".desk-remove")) return;
    const cross = iconButton("×", labels().remove, (event) => {
      event.stopPropagation();
      remove(block).querySelector("button").focus();
    });
    cross.classList.add("desk-remove");
    tools.append(cross);
    block.classList.add("desk-removable");
  };

  const wasRemoved = labels().removedRows.split(" ");
  for (const block of blocks()) {
    equip(block);
    const stored = block.querySelector(":scope > h3 .delete input[type=checkbox]");
    if (stored?.checked || wasRemoved.includes(block.id)) remove(block);
  }
  document.addEventListener("formset:added", (event) => {
    if (event.detail.formsetName in window.ContentEditor.pluginsByPrefix) equip(event.target);
  });
});
