/* Sends pictures to the library, one after the other: each with its progress, and with a sentence
   beside it where it is refused. Dropped anywhere on the page, they are taken too. */
"use strict";

window.PictureUploads = class {
  /* section: what _picture_drop.html shows.
     onDrop: told of the drop before its files are sent.
     onTaken: told of each picture that is in the library now.
     onDone: told which were taken, and how many refused, when the last file is through. */
  constructor(section, { onDrop = () => {}, onTaken = () => {}, onDone = () => {} }) {
    Object.assign(this, { section, onTaken, onDone });
    this.labels = section.dataset;
    this.list = section.querySelector(".picture-uploads");
    this.input = section.querySelector('input[type="file"]');
    this.waiting = [];
    this.input.addEventListener("change", () => {
      const files = [...this.input.files];
      // The same file may be chosen once more.
      this.input.value = "";
      this.add(files);
    });
    // A picture that is dragged from a page comes with its address, too.
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
      onDrop(event);
      this.add([...event.dataTransfer.files]);
    });
  }

  async add(files) {
    this.waiting.push(...files.map((file) => [file, this.show(file)]));
    if (this.isBusy || !files.length) return;
    this.isBusy = true;
    const taken = [];
    let refused = 0;
    while (this.waiting.length) {
      const picture = await this.send(...this.waiting.shift());
      if (picture) {
        taken.push(picture);
        this.onTaken(picture);
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
      element.className = `picture-upload-${part}`;
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

  /* Return the picture that a file has become; null where it was refused. */
  async send(file, item) {
    const bar = item.querySelector("progress");
    const say = (text) => (item.querySelector(".picture-upload-state").textContent = text);
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
    for (const credit of this.section.querySelectorAll('input[type="text"]')) {
      form.append(credit.name, credit.value);
    }
    await new Promise((resolve) => {
      request.addEventListener("loadend", resolve);
      request.send(form);
    });
    const { picture, note, refused } = request.response ?? {};
    if (picture) {
      end("is-taken", note || this.labels.taken);
      return picture;
    }
    end("is-refused", refused ?? (request.status ? this.labels.failed : this.labels.lost));
    return null;
  }
};
