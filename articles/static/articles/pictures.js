/* The library in a dialog of the article's form: to choose the picture of a figure, or to add
   several pictures as figures. Where this script does not run, the links of a figure open the
   library in a window of its own. */
"use strict";

addEventListener("DOMContentLoaded", () => {
  const template = document.getElementById("picture-library");
  if (!template || !window.HTMLDialogElement) return;
  const labels = template.dataset;
  const dialog = template.content.querySelector("dialog").cloneNode(true);
  document.body.append(dialog);

  const part = (name) => dialog.querySelector(name);
  const [title, search, grid, more, status] = [
    "h2", '[type="search"]', ".picture-grid", ".picture-more", ".picture-status",
  ].map(part);
  const say = (label, words = {}) => {
    status.textContent = label.replace(/{(\w+)}/g, (_match, name) => words[name]);
  };

  // The figure whose picture is being chosen; none while pictures are added to the article.
  let figure = null;
  // The figures that were added since the dialog was opened.
  let added = [];
  // The fields that describe a picture, by the ends of their names.
  let described = [];

  // What a figure shows of its picture

  /* Say that something has changed, to whoever shows it or keeps it: on behalf of the editor. */
  const tell = (field, type) =>
    field.dispatchEvent(new CustomEvent(type, { bubbles: true, detail: "desk" }));

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
      note.textContent = labels.proposed;
      field.after(note);
      field.addEventListener("input", () => note.remove(), { once: true });
    }
  };

  const choose = (block, picture) => {
    const choice = block.querySelector(".image-choice");
    const input = choice.querySelector("input");
    input.value = picture.id;
    tell(input, "change");
    choice.querySelector(".picture-withdrawn")?.remove();
    choice.querySelector(".image-choice-title").textContent = [picture.title, picture.credit]
      .filter(Boolean)
      .join(" · ");
    described = Object.keys(picture.proposed);
    for (const [name, text] of Object.entries(picture.proposed)) {
      propose(block.querySelector(`[name$="-${name}"]`), text);
    }
  };

  const addFigure = (picture) => {
    const empty = document.querySelector(".inline-related.empty-form .image-choice");
    const prefix = empty.closest(".inline-related").id.replace(/-empty$/, "");
    const listen = ({ target, detail }) => {
      if (detail.formsetName === prefix) added.push(target);
    };
    document.addEventListener("formset:added", listen);
    window.ContentEditor._insertBefore = null;
    window.ContentEditor.addContent(prefix);
    document.removeEventListener("formset:added", listen);
    choose(added.at(-1), picture);
  };

  // The dialog

  const take = (picture) => {
    if (figure) {
      choose(figure, picture);
      dialog.close();
    } else {
      addFigure(picture);
      say(labels.added, picture);
    }
  };

  const choiceOf = (picture) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    const image = document.createElement("img");
    image.loading = "lazy";
    image.alt = "";
    image.src = picture.thumbnail;
    const name = document.createElement("span");
    name.textContent = picture.title;
    button.append(image, name);
    button.addEventListener("click", () => {
      take(picture);
      button.classList.add("is-taken");
    });
    item.append(button);
    return item;
  };

  let latest = 0;
  const look = async (page = 1) => {
    const asked = ++latest;
    let found;
    try {
      const query = new URLSearchParams({ q: search.value, page });
      found = await (await fetch(`${labels.choices}?${query}`)).json();
    } catch {
      if (asked === latest) say(labels.failed);
      return;
    }
    if (asked !== latest) return;
    if (page === 1) grid.replaceChildren();
    const count = grid.children.length;
    grid.append(...found.pictures.map(choiceOf));
    more.hidden = !found.next;
    more.dataset.page = found.next;
    if (page > 1) grid.children[count]?.querySelector("button").focus();
    if (grid.children.length) say(labels.found, { count: grid.children.length });
    else say(search.value.trim() ? labels.none : labels.empty);
  };

  let typing;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(look, 250);
  });
  more.addEventListener("click", () => look(Number(more.dataset.page)));
  part(".picture-close").addEventListener("click", () => dialog.close());

  const open = (block, field = search) => {
    figure = block;
    added = [];
    title.textContent = block ? labels.chooseTitle : labels.addTitle;
    search.value = "";
    dialog.showModal();
    field.focus();
    look();
  };

  // Files

  const drop = part(".picture-drop");
  const uploads =
    drop &&
    new window.PictureUploads(drop, {
      onDrop: (event) => {
        if (dialog.open) return;
        const choice = event.target.closest?.(".image-choice");
        open(choice ? choice.closest(".inline-related") : null);
      },
      onTaken: (picture) => {
        if (!dialog.open) return;
        if (!figure) addFigure(picture);
      },
      onDone: (taken, refused) => {
        if (!dialog.open || !taken.length) return;
        if (figure && taken.length > 1) {
          search.value = "";
          look().then(() => say(labels.uploaded));
          return;
        }
        if (figure) choose(figure, taken[0]);
        // A refusal is to be read.
        if (refused) say(figure ? labels.chosen : labels.added, taken.at(-1));
        else dialog.close();
      },
    });

  dialog.addEventListener("close", () => {
    uploads?.cancel();
    // What there is to do next: to describe what was added.
    const fields = added.flatMap((block) =>
      described.map((name) => block.querySelector(`[name$="-${name}"]`)),
    );
    fields.find((field) => field?.getClientRects().length)?.focus();
  });

  // How it is opened

  // The number of the picture is nothing to see: whoever is led to it comes to the button.
  for (const input of document.querySelectorAll(".image-choice input")) input.tabIndex = -1;
  document.addEventListener("focusin", ({ target }) => {
    if (target.matches(".image-choice input")) target.parentElement.querySelector("a").focus();
  });

  const LINKS = ".image-choice a";
  for (const link of document.querySelectorAll(LINKS)) {
    link.setAttribute("role", "button");
    link.setAttribute("aria-haspopup", "dialog");
    if (link.matches(".add-related") && !uploads) link.hidden = true;
  }
  const opensDialog = (event) => {
    const link = event.target.closest?.(LINKS);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const isUpload = link.matches(".add-related");
    open(link.closest(".inline-related"), isUpload ? uploads.input : search);
  };
  // Before the admin's own script, which would open a window.
  document.addEventListener("click", opensDialog, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === " ") opensDialog(event);
  });

  document.addEventListener("content-editor:ready", () => {
    if (!window.ContentEditor.allowChange) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `+ ${labels.addTitle}`;
    button.title = labels.add;
    button.addEventListener("click", () => open(null));
    // Among the other buttons that add something, once they are there.
    setTimeout(() => document.querySelector(".desk-add")?.append(button));
  });
});
