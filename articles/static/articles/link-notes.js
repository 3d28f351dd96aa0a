/* The notes under the text editors: of the links in a text, those that lead nowhere. */
"use strict";

(() => {
  const { Links } = window;
  const { ask, headings, isLive, isRefused, keyIn, known, languageOf, parse } = Links;
  const MOST = 100; // are asked about at once
  const PAUSE = 400; // milliseconds without a key, before a text is looked at

  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };

  const noteOn = (link, language, here) => {
    const { labels, phrases } = Links;
    const { fill } = window.Desk;
    const { heading } = link.dataset;
    const key = keyIn(link.dataset);
    const target = link.getAttribute("href") ?? "";
    const words = { words: link.textContent.trim(), target, language: phrases[language] ?? "" };
    if (key) {
      const found = known.get(key);
      if (key === labels.article || found === undefined) return "";
      if (!found) return fill(labels.noteGone, words);
      words.target = found.title;
      if (isRefused(found)) return fill(labels.noteReserved, words);
      return isLive(found, language) ? "" : fill(labels.noteNotLive, words);
    }
    if (heading) {
      const name = heading.split("/").at(-1);
      const isHere = here().some((each) => each.heading === heading || each.name === name);
      return isHere ? "" : fill(labels.noteHeading, words);
    }
    if (target.startsWith("#")) {
      const anchor = decoded(target.slice(1));
      const stems = [anchor, anchor.replace(/-\d+$/, "")];
      const isHere = here().some(({ stem }) => stems.includes(stem));
      const isSource = /^(sources|r\d+)$/.test(anchor);
      return isHere || isSource ? "" : fill(labels.noteAnchor, words);
    }
    const isWhole = /^([a-z][a-z0-9+.-]*:|\/)/i.test(target);
    return isWhole ? "" : fill(labels.noteAddress, words);
  };

  const learn = async (links) => {
    const unknown = links.filter(({ dataset }) => keyIn(dataset) && !known.has(keyIn(dataset)));
    if (!unknown.length) return;
    const query = unknown
      .slice(0, MOST)
      .map(({ dataset: { article, file } }) => (article ? ["article", article] : ["file", file]));
    await ask(query).then(
      () => query.filter(([, key]) => !known.has(key)).forEach(([, key]) => known.set(key, null)),
      () => {},
    );
  };

  const notesOf = (text) => {
    const editor = text.closest(".prose-editor");
    let list = editor.nextElementSibling;
    if (!list?.matches(".link-notes")) {
      list = document.createElement("ul");
      list.className = "link-notes";
      list.setAttribute("aria-live", "polite");
      editor.after(list);
    }
    return list;
  };

  /* Look at a text; what was found of the headings serves the next one too. */
  const look = async (text, found = new Map()) => {
    const list = notesOf(text);
    const language = languageOf(text);
    const links = text.value.includes("<a ") ? [...parse(text.value).querySelectorAll("a")] : [];
    await learn(links);
    const here = () => {
      if (!found.has(language)) found.set(language, headings(language));
      return found.get(language);
    };
    const notes = [...new Set(links.map((link) => noteOn(link, language, here)).filter(Boolean))];
    if (notes.join("\n") === [...list.children].map((item) => item.textContent).join("\n")) return;
    list.replaceChildren(
      ...notes.map((note) => {
        const item = document.createElement("li");
        item.textContent = note;
        return item;
      }),
    );
  };

  const texts = () => [...document.querySelectorAll(".prose-editor > textarea")];

  /* The texts that were changed, and all in which a link depends on something else in the form. */
  let later = 0;
  const changed = new Set();
  const lookAround = () => {
    clearTimeout(later);
    later = setTimeout(() => {
      const depending = texts().filter((text) => /<a (data-|href="#)/.test(text.value));
      const found = new Map();
      for (const text of new Set([...changed, ...depending])) look(text, found);
      changed.clear();
    }, PAUSE);
  };

  document.addEventListener("input", ({ target }) => {
    if (!Links.labels || !target.matches(".prose-editor > textarea")) return;
    changed.add(target);
    lookAround();
  });
  document.addEventListener("prose-editor:ready", ({ target }) => {
    if (Links.labels) look(target);
  });
  for (const name of ["change", "desk:blocks"]) {
    document.addEventListener(name, () => Links.labels && lookAround());
  }

  addEventListener("DOMContentLoaded", () => {
    if (!Links.labels) return;
    for (const text of texts()) look(text);
  });
})();
