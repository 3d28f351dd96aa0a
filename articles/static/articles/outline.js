/* The outline: what the blocks say, one line each, to jump to them and to put them in order.
   Beside the form where there is room; elsewhere folded, in a corner that stays in sight. */
"use strict";

document.addEventListener("content-editor:ready", () => {
  const { announce, blockOf, blocks, button, glance, kind, labels, moveButtons, place, refresh } =
    window.Desk;
  const mayMove = window.ContentEditor.allowChange;
  const beside = matchMedia("(min-width: 100rem)");
  const entries = new Map();

  const outline = document.createElement("nav");
  outline.className = "desk-outline";
  outline.setAttribute("aria-label", labels().outline);
  const folder = document.createElement("details");
  const summary = document.createElement("summary");
  summary.className = "pill";
  summary.textContent = labels().outline;
  const list = document.createElement("ol");
  folder.append(summary, list);
  outline.append(folder);
  document.getElementById("article_form").prepend(outline);

  const follow = () => (folder.open = beside.matches);
  beside.addEventListener("change", follow);
  follow();

  const close = () => {
    if (!beside.matches) folder.open = false;
  };
  outline.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || beside.matches) return;
    close();
    summary.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!outline.contains(event.target)) close();
  });

  const jump = (block) => {
    close();
    block.scrollIntoView({ block: "start" });
    block.querySelector(".desk-fold").focus({ preventScroll: true });
  };

  let drawn = null;
  const letDraw = (entry) => {
    entry.draggable = true;
    entry.addEventListener("dragstart", (event) => {
      drawn = entry;
      event.dataTransfer.effectAllowed = "move";
    });
    entry.addEventListener("dragend", () => (drawn = null));
    const isBelow = (event) => {
      const { top, height } = entry.getBoundingClientRect();
      return event.clientY > top + height / 2;
    };
    entry.addEventListener("dragover", (event) => {
      if (!drawn || drawn === entry) return;
      event.preventDefault();
      entry.dataset.drop = isBelow(event) ? "behind" : "before";
    });
    entry.addEventListener("dragleave", () => delete entry.dataset.drop);
    entry.addEventListener("drop", (event) => {
      delete entry.dataset.drop;
      if (!drawn || drawn === entry) return;
      event.preventDefault();
      place(drawn.block, entry.block, isBelow(event));
    });
  };

  const entryFor = (block) => {
    if (!entries.has(block)) {
      const entry = document.createElement("li");
      entry.block = block;
      const name = document.createElement("span");
      name.className = "desk-kind";
      name.textContent = kind(block);
      const shown = document.createElement("span");
      shown.className = "desk-glance";
      const to = button("", () => jump(block), "desk-jump");
      to.append(name, shown);
      entry.append(to);
      if (mayMove) {
        entry.append(moveButtons(block));
        letDraw(entry);
      }
      entries.set(block, entry);
    }
    return entries.get(block);
  };

  const show = (block) => {
    refresh(block);
    glance(entryFor(block).querySelector(".desk-glance"), block);
  };

  const rebuild = () => {
    const focused = document.activeElement;
    const shown = blocks();
    shown.forEach(show);
    list.replaceChildren(...shown.map(entryFor));
    outline.hidden = !shown.length;
    if (outline.contains(focused)) focused.focus();
  };

  // One block at a time, once its author pauses: a key must cost nothing.
  let timer = 0;
  const showSoon = (event) => {
    const block = event.target.closest(".order-machine .inline-related");
    if (!block) return;
    clearTimeout(timer);
    timer = setTimeout(() => show(block), 300);
  };
  document.addEventListener("input", showSoon);
  document.addEventListener("change", showSoon);
  django.jQuery(document).on("change", ".image-choice input", showSoon);

  document.addEventListener("focusin", (event) => {
    list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const entry = entries.get(blockOf(event.target));
    if (!outline.contains(event.target)) {
      entry?.querySelector(".desk-jump").setAttribute("aria-current", "true");
    }
  });

  document.addEventListener("desk:blocks", rebuild);
  new MutationObserver(rebuild).observe(document.body, { attributeFilter: ["data-language"] });
  announce();
});
