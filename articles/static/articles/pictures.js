/* The library of pictures in the article's form: to choose the picture of a figure, or to add
   several pictures as figures. Where this script does not run, the links of a figure open the
   library in a window of its own. */
"use strict";

addEventListener("DOMContentLoaded", () => {
  const template = document.getElementById("picture-library");
  if (!template || !window.HTMLDialogElement) return;
  const { tell } = window.LibraryDialog;

  // The fields that describe a picture, by the ends of their names.
  let described = [];

  const propose = (field, text) => {
    // What somebody has typed stays.
    if (!field || (field.value && field.value !== field.dataset.proposed)) return;
    if (field.value === text) return;
    field.value = field.dataset.proposed = text;
    tell(field, "input");
    field.parentElement.querySelector(".picture-proposed")?.remove();
    if (text) {
      const note = document.createElement("p");
      note.className = "help picture-proposed";
      note.textContent = template.dataset.proposed;
      field.after(note);
      field.addEventListener("input", () => note.remove(), { once: true });
    }
  };

  new window.LibraryDialog(template, {
    places: ".image-choice",
    content: ({ thumbnail, title }) => {
      const image = document.createElement("img");
      image.loading = "lazy";
      image.alt = "";
      image.src = thumbnail;
      const name = document.createElement("span");
      name.textContent = title;
      return [image, name];
    },
    put: (choice, picture) => {
      const input = choice.querySelector("input");
      input.value = picture.id;
      tell(input, "change");
      choice.querySelector(".picture-withdrawn")?.remove();
      choice.querySelector(".image-choice-title").textContent = [picture.title, picture.credit]
        .filter(Boolean)
        .join(" · ");
      described = Object.keys(picture.proposed);
      const block = choice.closest(".inline-related");
      for (const [name, text] of Object.entries(picture.proposed)) {
        propose(block.querySelector(`[name$="-${name}"]`), text);
      }
    },
    placeIn: (block) => block.querySelector(".image-choice"),
    takes: (file) => !/^(application\/pdf|video\/|audio\/)/.test(file.type),
    onClose: (added) => {
      // What there is to do next: to describe what was added.
      const fields = added.flatMap((block) =>
        described.map((name) => block.querySelector(`[name$="-${name}"]`)),
      );
      fields.find((field) => field?.getClientRects().length)?.focus();
    },
  });
});
