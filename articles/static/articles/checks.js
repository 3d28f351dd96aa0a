/* The checks in the publication panel: a few seconds after the typing ends, the server is asked what
   is missing and what could be better. What is too long is marked in the text. */
"use strict";

document.addEventListener("content-editor:ready", () => {
  const QUIET = 2_500; // ms without a change before it is asked
  const PATIENCE = 15_000; // ms that an answer may take
  // What is no text of the article, and the forms that new rows are made from.
  const LEFT_OUT = /^(base|draft_.*|_.*)$|-__prefix__-/;

  const section = document.getElementById("checks");
  if (!section) return;
  const form = document.getElementById("article_form");
  const count = document.getElementById("checks-count");
  const list = document.getElementById("checks-found");
  const { url, unreachable } = section.dataset;

  const read = () =>
    [...new FormData(form)].filter(
      ([name, value]) => typeof value === "string" && !LEFT_OUT.test(name),
    );

  // Spoken when it changes, and at no other time.
  const tell = (text) => {
    if (count.textContent !== text) count.textContent = text;
  };

  /* The words of a text editor as one text without blanks, and where each character stands. */
  const charactersOf = (editor) => {
    const places = [];
    let text = "";
    const walker = document.createTreeWalker(editor, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      for (let at = 0; at < node.length; at += 1) {
        if (/\s/.test(node.data[at])) continue;
        text += node.data[at];
        places.push([node, at]);
      }
    }
    return { text, places };
  };

  const rangeOf = (words, { text, places }) => {
    const wanted = words.replace(/\s/g, "");
    const start = text.indexOf(wanted);
    if (!wanted || start < 0) return null;
    const range = new Range();
    range.setStart(...places[start]);
    const [node, at] = places[start + wanted.length - 1];
    range.setEnd(node, at + 1);
    return range;
  };

  const mark = () => {
    const known = new Map();
    const ranges = [];
    for (const passage of list.querySelectorAll("data")) {
      const id = passage.closest("li").querySelector("a").hash.slice(1);
      const row = document.getElementById(id)?.closest(".form-row");
      const editor = row?.querySelector("[contenteditable=true]");
      if (!editor) continue;
      if (!known.has(editor)) known.set(editor, charactersOf(editor));
      const range = rangeOf(passage.value, known.get(editor));
      if (range) ranges.push(range);
    }
    globalThis.CSS.highlights?.set("checks", new Highlight(...ranges));
  };

  /* Whoever is in the list stays at the same place in it, and what was opened stays open. */
  const show = (found) => {
    const asked = found.dataset.reasons.split(" ").filter(Boolean);
    for (const reason of section.querySelectorAll(".clearance")) {
      const { language } = reason.dataset;
      reason.hidden = language ? !asked.includes(language) : !asked.length;
    }
    const old = [...list.querySelectorAll("details")];
    for (const details of found.querySelectorAll("details")) {
      const before = old.find((each) => each.dataset.group === details.dataset.group);
      if (before) details.open = before.open;
    }
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    const group = focused?.closest("details").dataset.group;
    const hash = focused?.hash;
    list.replaceChildren(found);
    if (!focused) return;
    const now = list.querySelector(`details[data-group="${group}"]`);
    const same = [...(now?.querySelectorAll("a") ?? [])].find((link) => hash && link.hash === hash);
    (same ?? now?.querySelector("summary") ?? list.querySelector("summary"))?.focus({
      preventScroll: true,
    });
  };

  let asked = null; // the text of which the answer is shown
  let timer;
  let isAsking = false;

  const ask = async () => {
    if (isAsking) {
      later();
      return;
    }
    const fields = read();
    const text = JSON.stringify(fields.filter(([name]) => name !== "csrfmiddlewaretoken"));
    if (text === asked) return;
    isAsking = true;
    try {
      const response = await fetch(url, {
        method: "POST",
        body: new URLSearchParams(fields),
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (!response.ok) throw new Error("It was not answered.");
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const found = page.body.firstElementChild;
      show(found);
      tell(found.dataset.count);
      mark();
      asked = text;
    } catch {
      asked = null;
      tell(unreachable);
    } finally {
      isAsking = false;
    }
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, QUIET);
  };

  for (const type of ["input", "change", "click", "keyup", "drop"]) {
    form.addEventListener(type, later);
  }
  for (const type of ["desk:blocks", "desk:logged-in"]) document.addEventListener(type, later);
  for (const type of ["focus", "online"]) addEventListener(type, later);
  ask();
});
