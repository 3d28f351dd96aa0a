/* One switch, each language or all of them, for all translated fields of a form. */
"use strict";

(() => {
  const KEY = "language-switch";
  const ALL = "all";
  // What each language calls itself, and how a label names it, by its code; from
  // LanguageSwitchMixin.
  const LANGUAGES = JSON.parse(document.currentScript.dataset.languages);
  const CODES = Object.keys(LANGUAGES);
  const LABELS = {
    ...Object.fromEntries(CODES.map((code) => [code, LANGUAGES[code].name])),
    [ALL]: CODES.map((code) => code.toUpperCase()).join(" + "),
  };
  const TRANSLATED = new RegExp(`\\bmt-field-\\S+-(${CODES.join("|")})\\b`);

  const languageOf = (field) => (field.className.match(TRANSLATED) || [])[1];

  /* Hide the row of a field in a language that is not chosen. */
  const show = (row) => {
    const chosen = document.body.dataset.language;
    const isShown = [undefined, ALL, row.dataset.language].includes(chosen);
    row.classList.toggle("in-another-language", !isShown);
  };

  /* The switch shows the language: a label names it to the ear, and to the eye only where several
     stand beside one another. */
  const part = (row, language) => {
    const text = row.querySelector("label")?.firstChild;
    const phrase = ` ${LANGUAGES[language].phrase}`;
    const start = text?.data?.lastIndexOf(phrase) ?? -1;
    if (start < 0) return;
    const named = text.splitText(start);
    named.splitText(phrase.length);
    const span = document.createElement("span");
    span.className = "label-language";
    span.textContent = phrase;
    named.replaceWith(span);
  };

  const mark = (root) => {
    for (const field of root.querySelectorAll(".mt")) {
      const row = field.closest(".form-row");
      const language = languageOf(field);
      if (!row || !language) continue;
      row.classList.add("translated");
      row.dataset.language = language;
      // Side by side, each language keeps to its column.
      row.style.setProperty("--column", CODES.indexOf(language) + 1);
      field.lang = language;
      part(row, language);
      show(row);
    }
  };

  const choose = (language) => {
    document.body.dataset.language = language;
    document.querySelectorAll(".translated").forEach(show);
    localStorage.setItem(KEY, language);
    for (const button of document.querySelectorAll(".language-switch button")) {
      button.setAttribute("aria-pressed", button.value === language);
    }
  };

  /* A link to a field must reach it, even in the language that is not shown just now. */
  const reveal = () => {
    if (!location.hash.startsWith("#id_")) return;
    const field = document.getElementById(location.hash.slice(1));
    if (!field) return;
    const row = field.closest(".form-row");
    if (row?.classList.contains("in-another-language")) choose(row.dataset.language);
    field.closest("details")?.setAttribute("open", "");
    field.closest(".inline-related")?.classList.remove("collapsed");
    (row || field).scrollIntoView({ block: "center" });
    const editor = row?.querySelector("[contenteditable]");
    (editor || field).focus({ preventScroll: true });
  };

  document.addEventListener("DOMContentLoaded", () => {
    mark(document);
    if (!document.querySelector(".translated")) return;
    document.body.style.setProperty("--languages", CODES.length);

    const bar = document.createElement("div");
    bar.className = "language-switch";
    bar.setAttribute("role", "group");
    for (const [language, label] of Object.entries(LABELS)) {
      const button = document.createElement("button");
      button.type = "button";
      button.value = language;
      button.textContent = label;
      const errors = document.querySelectorAll(
        `.translated[data-language="${language}"] .errorlist`,
      ).length;
      if (errors) {
        button.classList.add("has-errors");
        button.textContent += ` (${errors})`;
      }
      button.addEventListener("click", () => choose(language));
      bar.append(button);
    }
    const form = document.querySelector("#content-main form");
    form.prepend(bar);

    for (const error of document.querySelectorAll("details .errorlist")) {
      error.closest("details").open = true;
    }
    const error = document.querySelector(".translated .errorlist");
    const kept = localStorage.getItem(KEY);
    choose(error ? error.closest(".translated").dataset.language : kept in LABELS ? kept : CODES[0]);
    reveal();
    addEventListener("hashchange", reveal);
    // A second click on the same link changes no hash.
    document.addEventListener("click", (event) => {
      if (event.target.closest?.('a[href^="#id_"]')) setTimeout(reveal);
    });
  });

  document.addEventListener("formset:added", (event) => mark(event.target));
})();
