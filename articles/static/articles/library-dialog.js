/* A library in a dialog of the article's form: to choose its entry for a place in a block, or to
   add several entries as blocks. What the entries are, pictures.js and files.js say. */
"use strict";

window.LibraryDialog = class {
  /* template: of the dialog, with its wording.
     places: a selector of the places in which an entry is chosen; in each, links lead to it.
     content: gives what the button of an entry shows.
     put: shows a chosen entry in its place.
     placeIn: gives the place in a new block for an entry.
     takes: tells whether a file that is dropped on the page is for this library.
     onOpen: told of the place, if the dialog is opened for one.
     onClose: told of the blocks that were added. */
  constructor(template, { places, content, put, placeIn, takes, onOpen = () => {}, onClose = () => {} }) {
    Object.assign(this, { places, content, put, placeIn, onOpen, onClose });
    this.labels = template.dataset;
    this.dialog = template.content.querySelector("dialog").cloneNode(true);
    document.body.append(this.dialog);
    const part = (name) => this.dialog.querySelector(name);
    [this.title, this.search, this.entries, this.more, this.status] = [
      "h2", '[type="search"]', ".library-entries", ".library-more", ".library-status",
    ].map(part);
    // The place that is being filled; none while entries are added to the article.
    this.place = null;
    // The blocks that were added since the dialog was opened.
    this.added = [];
    this.latest = 0;

    let typing;
    this.search.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => this.look(), 250);
    });
    this.more.addEventListener("click", () => this.look(Number(this.more.dataset.page)));
    part(".library-close").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => {
      this.uploads?.cancel();
      this.onClose(this.added);
    });
    document.addEventListener("desk:logged-in", () => this.dialog.open && this.look());
    this.receive(part(".file-drop"), takes);
    this.lead();
  }

  say(label, words = {}) {
    this.status.textContent = window.Desk.fill(label, words);
  }

  open(place, field = this.search) {
    this.place = place;
    this.added = [];
    this.title.textContent = place ? this.labels.chooseTitle : this.labels.addTitle;
    this.search.value = "";
    this.onOpen(place);
    this.dialog.showModal();
    field.focus();
    this.look();
  }

  // Entries of the library

  async look(page = 1) {
    const asked = ++this.latest;
    let found;
    try {
      const query = new URLSearchParams({ q: this.search.value, page });
      found = await (await fetch(`${this.labels.choices}?${query}`)).json();
    } catch {
      if (asked !== this.latest) return;
      this.say(this.labels.failed);
      document.dispatchEvent(new Event("desk:unanswered"));
      return;
    }
    if (asked !== this.latest) return;
    if (page === 1) this.entries.replaceChildren();
    const count = this.entries.children.length;
    this.entries.append(...found.entries.map((entry) => this.itemOf(entry)));
    this.more.hidden = !found.next;
    this.more.dataset.page = found.next;
    if (page > 1) this.entries.children[count]?.querySelector("button").focus();
    const shown = this.entries.children.length;
    if (shown) this.say(this.labels.found, { count: shown });
    else this.say(this.search.value.trim() ? this.labels.none : this.labels.empty);
  }

  itemOf(entry) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.append(...this.content(entry));
    button.addEventListener("click", () => {
      this.take(entry);
      button.classList.add("is-taken");
    });
    item.append(button);
    return item;
  }

  take(entry) {
    if (this.place) {
      this.put(this.place, entry);
      this.dialog.close();
    } else {
      this.add(entry);
      this.say(this.labels.added, entry);
    }
  }

  add(entry) {
    const empty = document.querySelector(`.inline-related.empty-form :is(${this.places})`);
    const prefix = empty.closest(".inline-related").id.replace(/-empty$/, "");
    const listen = ({ target, detail }) => {
      if (detail.formsetName === prefix) this.added.push(target);
    };
    document.addEventListener("formset:added", listen);
    window.ContentEditor._insertBefore = null;
    window.ContentEditor.addContent(prefix);
    document.removeEventListener("formset:added", listen);
    this.put(this.placeIn(this.added.at(-1), entry), entry);
  }

  // Files

  receive(drop, takes) {
    if (!drop) return;
    const isOpen = () => this.dialog.open;
    this.uploads = new window.Uploads(drop, {
      takes: (file) => isOpen() || (!document.querySelector("dialog[open]") && takes(file)),
      onDrop: (event) => {
        if (!isOpen()) this.open(event.target.closest?.(this.places) ?? null);
      },
      onTaken: (entry) => {
        if (isOpen() && !this.place) this.add(entry);
      },
      onDone: (taken, refused) => {
        if (!isOpen() || !taken.length) return;
        if (this.place && taken.length > 1) {
          this.search.value = "";
          this.look().then(() => this.say(this.labels.uploaded));
          return;
        }
        if (this.place) this.put(this.place, taken[0]);
        // A refusal is to be read.
        if (refused) this.say(this.place ? this.labels.chosen : this.labels.added, taken.at(-1));
        else this.dialog.close();
      },
    });
  }

  // How it is opened

  lead() {
    const inputs = `:is(${this.places}) input`;
    const links = `:is(${this.places}) a.button`;
    // The number of the entry is nothing to see: whoever is led to it comes to the button.
    for (const input of document.querySelectorAll(inputs)) input.tabIndex = -1;
    document.addEventListener("focusin", ({ target }) => {
      if (target.matches(inputs)) target.parentElement.querySelector("a.button").focus();
    });
    for (const link of document.querySelectorAll(links)) {
      link.setAttribute("role", "button");
      link.setAttribute("aria-haspopup", "dialog");
      if (link.matches(".add-related") && !this.uploads) link.hidden = true;
    }
    const opensDialog = (event) => {
      const link = event.target.closest?.(links);
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      const isUpload = link.matches(".add-related");
      this.open(link.closest(this.places), isUpload ? this.uploads.input : this.search);
    };
    // Before the admin's own script, which would open a window.
    document.addEventListener("click", opensDialog, true);
    document.addEventListener("keydown", (event) => {
      if (event.key === " ") opensDialog(event);
    });
    document.addEventListener("content-editor:ready", () => {
      if (!window.ContentEditor.allowChange || !this.labels.add) return;
      const button = window.Desk.button(
        `+ ${this.labels.addTitle}`,
        () => this.open(null),
        "pill",
      );
      button.title = this.labels.add;
      // Among the other buttons that add something, once they are there.
      setTimeout(() => document.querySelector(".desk-add")?.append(button));
    });
  }
};

/* Say that something has changed, to whoever shows it or keeps it: on behalf of the editor. */
window.LibraryDialog.tell = (field, type) =>
  field.dispatchEvent(new CustomEvent(type, { bubbles: true, detail: "desk" }));
