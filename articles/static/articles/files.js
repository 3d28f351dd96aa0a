/* The library of PDF files in the article's form: to choose the file that a language of a block
   shows, or to add several files as blocks. Where this script does not run, the links open the
   library in a window of its own. */
"use strict";

addEventListener("DOMContentLoaded", () => {
  const template = document.getElementById("file-library");
  if (!template || !window.HTMLDialogElement) return;
  const { tell } = window.LibraryDialog;

  const part = (className, text, language = "") => {
    const element = document.createElement("span");
    element.className = className;
    element.textContent = text;
    if (language) element.lang = language;
    return element;
  };

  new window.LibraryDialog(template, {
    places: ".file-choice:not(.recording-choice)",
    content: ({ title, language, facts }) => [
      part("file-title", title, language),
      part("file-facts", facts),
    ],
    put: (choice, file) => {
      const input = choice.querySelector("input");
      input.value = file.id;
      choice.querySelector(".file-withdrawn")?.remove();
      choice.querySelector(".file-chosen").replaceChildren(
        part("file-title", file.title, file.language),
        part("file-facts", file.facts),
      );
      choice.classList.add("is-filled");
      tell(input, "change");
    },
    placeIn: (block, file) =>
      block.querySelector(`.file-choice[data-language="${file.language}"]`) ??
      block.querySelector(".file-choice"),
    takes: (file) => file.type === "application/pdf",
    onOpen: (place) => {
      const language = document.querySelector('.file-drop select[name="language"]');
      if (place && language) language.value = place.dataset.language;
    },
  });

  // Take a file out of a place again.
  document.addEventListener("click", ({ target }) => {
    if (!target.matches?.(".file-clear")) return;
    const choice = target.closest(".file-choice");
    const input = choice.querySelector("input");
    input.value = "";
    choice.querySelector(".file-chosen").replaceChildren();
    choice.querySelector(".file-withdrawn")?.remove();
    choice.classList.remove("is-filled");
    tell(input, "change");
    choice.querySelector("a.button").focus();
  });
});
