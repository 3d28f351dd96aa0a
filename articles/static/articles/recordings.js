/* The library of videos and audio in the article's form: to choose the recording of a block, or to
   add several as blocks. Where this script does not run, the links open the library in a window of
   its own. */
"use strict";

addEventListener("DOMContentLoaded", () => {
  const template = document.getElementById("recording-library");
  if (!template || !window.HTMLDialogElement) return;
  const { tell } = window.LibraryDialog;

  const parts = ({ title, facts, lacks }) =>
    Object.entries({ title, facts, lacks })
      .filter(([_name, text]) => text)
      .map(([name, text]) => {
        const part = document.createElement("span");
        part.className = `file-${name}`;
        part.textContent = text;
        return part;
      });

  new window.LibraryDialog(template, {
    places: ".recording-choice",
    content: parts,
    put: (choice, recording) => {
      const input = choice.querySelector("input");
      input.value = recording.id;
      choice.querySelector(".file-withdrawn")?.remove();
      const words = document.createElement("a");
      words.href = recording.page;
      words.target = "_blank";
      words.textContent = template.dataset.words;
      choice.querySelector(".file-chosen").replaceChildren(...parts(recording), words);
      choice.classList.add("is-filled");
      tell(input, "change");
    },
    placeIn: (block) => block.querySelector(".recording-choice"),
    takes: (file) => /^(video|audio)\//.test(file.type),
  });
});
