/* Sends files to a library, one after the other: each with its progress, and with a sentence
   beside it where it is refused. Dropped anywhere on the page, they are taken too. */
"use strict";

window.Uploads = class {
  /* section: what _file_drop.html shows.
     takes: tells whether a file that is dropped is for this library.
     onDrop: told of the drop before its files are sent.
     onTaken: told of each entry that is in the library now.
     onDone: told which were taken, and how many refused, when the last file is through. */
  constructor(section, { takes = () => true, onDrop = () => {}, onTaken = () => {}, onDone = () => {} }) {
    Object.assign(this, { section, onTaken, onDone });
    this.labels = section.dataset;
    this.list = section.querySelector(".file-uploads");
    this.input = section.querySelector('input[type="file"]');
    this.waiting = [];
    this.input.addEventListener("change", () => {
      const files = [...this.input.files];
      // The same file may be chosen once more.
      this.input.value = "";
      this.add(files);
    });
    // A picture that is dragged out of a page comes with its address, too.
    const hasFiles = ({ dataTransfer }) =>
      dataTransfer?.types.includes("Files") && !dataTransfer.types.includes("text/uri-list");
    const mark = (event) => {
      if (!hasFiles(event)) return;
      // Else the browser would leave the page to show the file.
      event.preventDefault();
      section.classList.toggle("is-over", event.type === "dragover");
    };
    document.addEventListener("dragover", mark);
    document.addEventListener("dragleave", mark);
    document.addEventListener("drop", (event) => {
      mark(event);
      if (!hasFiles(event)) return;
      const files = [...event.dataTransfer.files].filter(takes);
      if (!files.length) return;
      onDrop(event);
      this.add(files);
    });
  }

  async add(files) {
    this.waiting.push(...files.map((file) => [file, this.show(file)]));
    if (this.isBusy || !files.length) return;
    this.isBusy = true;
    const taken = [];
    let refused = 0;
    while (this.waiting.length) {
      const entry = await this.send(...this.waiting.shift());
      if (entry) {
        taken.push(entry);
        this.onTaken(entry);
      } else {
        refused += 1;
      }
    }
    this.isBusy = false;
    this.onDone(taken, refused);
  }

  /* Let go of what is still to be sent, and of what was said. */
  cancel() {
    this.waiting = [];
    this.request?.abort();
    this.list.replaceChildren();
  }

  show(file) {
    const item = document.createElement("li");
    const [name, state] = ["name", "state"].map((part) => {
      const element = document.createElement("span");
      element.className = `file-upload-${part}`;
      return element;
    });
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    item.append(name, bar, state);
    this.list.append(item);
    return item;
  }

  /* Return the entry that a file has become; null where it was refused. */
  async send(file, item) {
    const bar = item.querySelector("progress");
    const say = (text) => (item.querySelector(".file-upload-state").textContent = text);
    const end = (className, text) => {
      bar.remove();
      item.classList.add(className);
      say(text);
    };
    if (file.size > Number(this.labels.most)) {
      end("is-refused", this.labels.tooHeavy);
      return null;
    }
    say(this.labels.sending);
    const request = (this.request = new XMLHttpRequest());
    request.open("POST", this.labels.upload);
    request.responseType = "json";
    request.setRequestHeader(
      "X-CSRFToken",
      document.querySelector('[name="csrfmiddlewaretoken"]').value,
    );
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      say(this.labels.checking);
    });
    const form = new FormData();
    form.append("upload", file);
    for (const said of this.section.querySelectorAll('input[type="text"], select')) {
      form.append(said.name, said.value);
    }
    await new Promise((resolve) => {
      request.addEventListener("loadend", resolve);
      request.send(form);
    });
    const { entry, note, refused } = request.response ?? {};
    if (entry) {
      end("is-taken", note || this.labels.taken);
      return entry;
    }
    end("is-refused", refused ?? (request.status ? this.labels.failed : this.labels.lost));
    if (!refused) document.dispatchEvent(new Event("desk:unanswered"));
    return null;
  }
};
