/* Opens a form's page as a dialog. Without this script the link simply leads to the page.

   A link with data-dialog is fetched when it is followed; what the page marks with
   data-dialog-content is shown, and its form is sent from within the dialog. Where the answer
   is a page without such content, as after a log-in, the browser goes there.

   And shows passwords: below. */
"use strict";

(() => {
  if (!window.HTMLDialogElement || !window.fetch) return;

  const links = document.querySelectorAll("a[data-dialog]:not([aria-current])");
  for (const link of links) link.setAttribute("aria-haspopup", "dialog");

  /* What an answer has for a dialog; null if that is nothing. */
  const read = async (response) => {
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const content = page.querySelector("[data-dialog-content]");
    if (!content) return null;
    await addStyles();
    return document.adoptNode(content);
  };

  /* The style sheet of forms is fetched with the first form, by a page that has none. */
  const { styles } = document.currentScript.dataset;
  let styled;
  const addStyles = () =>
    (styled ??= new Promise((done) => {
      if (!styles) return done();
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = styles;
      link.onload = link.onerror = done;
      document.head.append(link);
    }));

  const show = (dialog, content) => {
    const heading = content.querySelector("h1");
    heading.id = "dialog-heading";
    heading.tabIndex = -1;
    dialog.setAttribute("aria-labelledby", heading.id);
    const close = document.createElement("button");
    close.type = "button";
    close.className = "dialog-close";
    close.textContent = content.dataset.close;
    close.addEventListener("click", () => {
      if (!("busy" in dialog.dataset)) dialog.close();
    });
    // What stands beside the form must not take away what was typed.
    for (const link of content.querySelectorAll("form a[href^='/']")) link.target = "_blank";
    for (const link of content.querySelectorAll("a[data-dialog]")) {
      link.setAttribute("aria-haspopup", "dialog");
    }
    // Links to what needs the scripts of the page itself.
    for (const item of content.querySelectorAll("[data-for-page]")) item.hidden = false;
    dialog.replaceChildren(close, content);
    dialog.scrollTop = 0;
    (content.querySelector(".error-summary") || heading).focus();
    content.querySelector("form")?.addEventListener("submit", (event) => send(dialog, content, event));
  };

  const send = async (dialog, content, event) => {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector("[type=submit]");
    if (button.disabled) return;
    button.disabled = true;
    // The answer holds the number of what was sent: it is not to be missed.
    dialog.dataset.busy = "";
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        signal: AbortSignal.timeout(30_000),
      });
      const answer = await read(response);
      if (answer) show(dialog, answer);
      else if (response.redirected) location.assign(response.url);
      // Not ours: a proxy's error, or the page of a hotel's network.
      else throw new Error("no content for a dialog");
    } catch {
      button.disabled = false;
      tell(form, content.dataset.failed);
    } finally {
      delete dialog.dataset.busy;
    }
  };

  /* Neither the network nor the server answered: say so, and keep what was typed. */
  const tell = (form, text) => {
    const note = form.querySelector(".error-summary") || document.createElement("div");
    note.className = "error-summary";
    note.setAttribute("role", "alert");
    note.tabIndex = -1;
    note.textContent = text;
    form.prepend(note);
    note.focus();
  };

  let opening = false;

  /* Dialogs that were closed before their form was sent: what was typed is still there when
     they are opened again. */
  const left = new Map();

  const made = async (url) => {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    const content = await read(await fetch(url));
    if (!content) return null;
    document.body.append(dialog);
    dialog.addEventListener("cancel", (event) => {
      if ("busy" in dialog.dataset) event.preventDefault();
    });
    dialog.addEventListener("close", () => {
      // A password is not left lying about, nor a form that another one has led to.
      const keeps = dialog.querySelector("form") && !dialog.querySelector(".password");
      if (keeps && !("moved" in dialog.dataset)) {
        left.set(url, dialog);
      } else {
        left.delete(url);
        dialog.remove();
      }
    });
    show(dialog, content);
    return dialog;
  };

  /* A link within a dialog leads on in the same one. */
  const move = async (dialog, link) => {
    const content = await read(await fetch(link.href));
    if (!content) return false;
    // Who has forgotten the password need not type the address again.
    const [typed, asked] = [dialog, content].map((place) => place.querySelector("input[type=email]"));
    if (typed && asked) asked.value ||= typed.value;
    dialog.dataset.moved = "";
    show(dialog, content);
    return true;
  };

  const begin = async (link) => {
    const dialog = left.get(link.href) || (await made(link.href));
    if (!dialog) return false;
    dialog.addEventListener("close", () => link.focus(), { once: true });
    dialog.showModal();
    dialog.querySelector("h1").focus();
    return true;
  };

  const open = async (link) => {
    if (opening) return; // a double click opens one dialog
    opening = true;
    try {
      const around = link.closest("dialog");
      const isOpen = around ? await move(around, link) : await begin(link);
      if (!isOpen) location.assign(link.href);
    } catch {
      location.assign(link.href);
    } finally {
      opening = false;
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog][aria-haspopup]");
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || event.button !== 0 || !plain) return;
    event.preventDefault();
    open(link);
  });
})();

/* Shows what is typed into a password field, until the form is sent. */
(() => {
  const show = (field, shown) => {
    const [input, button] = field.children;
    if ((input.type === "text") === shown) return;
    input.type = shown ? "text" : "password";
    const label = button.firstChild;
    [label.data, button.dataset.other] = [button.dataset.other, label.data];
  };
  document.addEventListener("click", (event) => {
    const field = event.target.closest(".password-toggle")?.parentElement;
    if (field) show(field, field.firstElementChild.type === "password");
  });
  document.addEventListener(
    "submit",
    (event) => event.target.querySelectorAll(".password").forEach((field) => show(field, false)),
    true,
  );
})();
