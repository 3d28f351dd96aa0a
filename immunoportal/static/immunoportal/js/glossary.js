/* Opens what a term means in its place. Without this script its link simply leads to the term's
   page, and so it does where the answer takes longer than a second.

   The term and its definition are those of that page: its heading, and what it marks with
   data-definition. */
"use strict";

(() => {
  if (!HTMLElement.prototype.showPopover || !window.AbortSignal?.timeout) return;

  const PATIENCE = 1000; // milliseconds
  const GAP = 8; // pixels
  const { more, close } = document.currentScript.dataset;

  for (const link of document.querySelectorAll("a.term")) {
    link.setAttribute("aria-haspopup", "dialog");
    link.setAttribute("aria-expanded", "false");
  }

  /* One for the page. It stands behind its term, so that the tab key leads into it and on. */
  let note;
  let opened = null; // the link whose definition is shown
  let pressed = null; // the link whose definition was shown as the pointer went down

  const element = (name, text = "", attributes = {}) => {
    const made = Object.assign(document.createElement(name), { textContent: text });
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  const make = () => {
    const labels = { "aria-labelledby": "_term-name", "aria-describedby": "_term-definition" };
    note = element("span", "", { popover: "auto", role: "dialog", tabindex: "-1", ...labels });
    note.className = "term-note";
    note.addEventListener("beforetoggle", (event) => {
      if (event.newState !== "closed" || !opened) return;
      opened.setAttribute("aria-expanded", "false");
      if (note.contains(document.activeElement)) opened.focus({ preventScroll: true });
      opened = null;
    });
  };

  const fill = (link, { name, definition }) => {
    const ways = element("span");
    ways.className = "term-ways";
    const button = element("button", close, { type: "button" });
    button.addEventListener("click", () => note.hidePopover());
    ways.append(element("a", more, { href: link.href }), button);
    const words = element("span", "", { id: "_term-definition" });
    words.append(...definition);
    note.replaceChildren(element("b", name, { id: "_term-name" }), words, ways);
  };

  /* Under the last line of the link; above it where there is more room. */
  const place = (link) => {
    const lines = link.getClientRects();
    const [first, last] = [lines[0], lines[lines.length - 1]];
    const width = document.documentElement.clientWidth;
    const fits = last.bottom + GAP + note.offsetHeight <= window.innerHeight;
    const above = first.top - GAP - note.offsetHeight;
    const top = fits || above < 0 ? last.bottom + GAP : above;
    const side = Math.max(16, Math.min(last.left, width - note.offsetWidth - 16));
    note.style.top = `${top + window.scrollY}px`;
    note.style.left = `${side + window.scrollX}px`;
  };

  const known = new Map();
  const read = async (link) => {
    if (!known.has(link.href)) {
      const response = await fetch(link.href, { signal: AbortSignal.timeout(PATIENCE) });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const definition = page.querySelector("[data-definition]");
      if (!response.ok || !definition) throw new Error("no definition");
      const name = page.querySelector("h1").textContent;
      known.set(link.href, { name, definition: [...definition.childNodes] });
    }
    const { name, definition } = known.get(link.href);
    return { name, definition: definition.map((node) => document.importNode(node, true)) };
  };

  let wanted; // the link that was followed last
  const open = async (link) => {
    wanted = link;
    try {
      const meaning = await read(link);
      if (wanted !== link) return;
      if (!note) make();
      if (note.matches(":popover-open")) note.hidePopover();
      link.after(note);
      fill(link, meaning);
      opened = link;
      note.showPopover();
      link.setAttribute("aria-expanded", "true");
      place(link);
      note.focus({ preventScroll: true });
    } catch {
      if (wanted === link) location.assign(link.href);
    }
  };

  document.addEventListener("pointerdown", () => (pressed = opened), { capture: true });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.term[aria-haspopup]");
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || event.button !== 0 || !plain) return;
    event.preventDefault();
    // A press beside an open definition closes it before this, and so does one on its own term.
    const wasOpen = event.detail ? pressed === link : opened === link;
    if (!wasOpen) open(link);
    else if (opened) note.hidePopover();
  });
})();
