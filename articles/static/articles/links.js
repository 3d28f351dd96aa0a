/* What the form knows of links: what they lead to, and the headings of the article that is written.
   The dialog that makes them is link-dialog.js, the notes under the texts are link-notes.js, and how
   a link stands in a text is the business of own-link.js. */
"use strict";

window.Links = (() => {
  // What is known of the articles and files to which links lead, by key; null for what is not there.
  const known = new Map();

  // The labels come with the page; where nobody may make links there are none.
  const Links = { labels: null, phrases: {}, known };

  const keyIn = ({ article, file }) => article ?? file;

  const ask = async (query) => {
    const response = await fetch(`${Links.labels.find}?${new URLSearchParams(query)}`);
    if (!response.ok || response.redirected) throw new Error(response.statusText);
    const found = await response.json();
    for (const each of [...found.found, ...found.headings]) known.set(keyIn(each), each);
    return found;
  };

  const audience = () => document.getElementById("id_audience")?.value ?? Links.labels.public;
  const isLive = ({ live }, language) => [Links.labels.public, audience()].includes(live[language]);
  const isRefused = ({ reserved }) => reserved && audience() === Links.labels.public;

  const languageOf = (element) => element.closest("[data-language]")?.dataset.language ?? "";

  const parse = (html) => new DOMParser().parseFromString(html, "text/html").body;

  const keyOf = (block) => {
    const token = block.querySelector('input[name$="-block_key"]')?.value ?? "";
    return token.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  /* The words of a heading as the server reads them: a break parts two words, and a raised or lowered
     minus is a sign of its own. */
  const wordsOf = (heading) => {
    for (const end of heading.querySelectorAll("br")) end.replaceWith(" ");
    for (const part of heading.querySelectorAll("sup, sub")) {
      if (/^[-+=()−0-9]+$/.test(part.textContent)) {
        part.textContent = part.textContent.replaceAll("-", "−");
      }
    }
    return heading.textContent.trim();
  };

  /* The headings of this article as they stand in the form, by the names that the server gives them
     (articles/text/headings.py). One whose block has no key yet is named by its words alone. */
  const headings = (language) =>
    window.Desk.blocks().flatMap((block) => {
      const text = block.querySelector(
        `textarea[name^="articles_richtext_set-"][name$="-text_${language}"]`,
      );
      if (!text?.value.includes("<h")) return [];
      const key = keyOf(block);
      const taken = new Set();
      return [...parse(text.value).querySelectorAll("h2, h3")].map((heading) => {
        const words = wordsOf(heading);
        const stem = window.URLify(words, 60) || "section";
        let name = stem;
        for (let count = 2; taken.has(name); count += 1) name = `${stem}-${count}`;
        taken.add(name);
        return { words, stem, heading: key ? `${key}/${name}` : name, name };
      });
    });

  addEventListener("DOMContentLoaded", () => {
    Links.labels = document.getElementById("link-labels")?.dataset ?? null;
    if (!Links.labels) return;
    Links.phrases = JSON.parse(Links.labels.phrases);
    const targets = Object.entries(JSON.parse(Links.labels.targets));
    for (const [key, target] of targets) known.set(key, target);
  });

  return Object.assign(Links, { ask, headings, isLive, isRefused, keyIn, languageOf, parse });
})();
