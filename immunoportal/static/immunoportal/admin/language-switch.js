/* One switch, each language or all of them, for all translated fields of a form. */
"use strict";

(() => {
  const KEY = "language-switch";
  const ALL = "all";
  // What each language calls itself, by its code; from LanguageSwitchMixin.
  const NAMES = JSON.parse(document.currentScript.dataset.languages);
  const CODES = Object.keys(NAMES);
  const LABELS = { ...NAMES, [ALL]: CODES.map((code) => code.toUpperCase()).join(" + ") };
  const TRANSLATED = new RegExp(`\\bmt-field-\\S+-(${CODES.join("|")})\\b`);

  const languageOf = (field) => (field.className.match(TRANSLATED) || [])[1];

  /* Hide the row of a field in a language that is not chosen. */
  const show = (row) => {
    const chosen = document.body.dataset.language;
    const isShown = [undefined, ALL, row.dataset.language].includes(chosen);
    row.classList.toggle("in-another-language", !isShown);
  };

  /* "Title [it]": the switch says it already, unless all languages are shown. */
  const nameLanguage = (row, language) => {
    const label = row.querySelector("label");
    const text = [...(label?.childNodes ?? [])].find((node) => node.nodeValue?.includes("["));
    if (!text) return;
    text.nodeValue = text.nodeValue.replace(` [${language}]`, "").replace(/:\s*$/, "");
    const name = document.createElement("span");
    name.className = "language-name";
    name.textContent = ` (${NAMES[language]})`;
    label.append(name);
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
      nameLanguage(row, language);
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
