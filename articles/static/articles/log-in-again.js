/* A session that ends while somebody writes: the log-in is asked for in a dialog of the page, with
   its second step, and the form goes on with a new token. The forms are those of the pages for it.
   What they do not hold, as a passkey, is done in another tab. */
"use strict";

addEventListener("DOMContentLoaded", () => {
  const dialog = document.getElementById("log-in-again");
  if (!dialog) return;
  const { user, keep, login, failed, elsewhere, other } = dialog.dataset;
  const place = dialog.querySelector(".log-in-again-form");
  const note = dialog.querySelector(".log-in-again-note");
  const later = dialog.querySelector("button");
  const opener = document.querySelector(".log-in-again-open");
  const written = document.getElementById("article_form");

  const offers = document.getElementById("draft-offers");

  const hide = (isOthers) => {
    written.hidden = isOthers;
    if (offers) offers.hidden = isOthers;
    if (!isOthers) return;
    place.replaceChildren();
    note.textContent = other;
  };

  /* Somebody is logged in. Only who has written this sees it, and goes on. */
  const finish = (answer) => {
    hide(String(answer.user) !== user);
    if (written.hidden) return;
    for (const field of document.getElementsByName("csrfmiddlewaretoken")) {
      field.value = answer.token;
    }
    dialog.close();
    opener.hidden = true;
    document.dispatchEvent(new Event("desk:logged-in"));
  };

  const show = async (response) => {
    note.textContent = "";
    if (response.headers.get("Content-Type")?.includes("json")) {
      if (response.ok) finish(await response.json());
      else note.textContent = failed;
      return;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const form = page.querySelector("form.form");
    if (!form) {
      note.textContent = response.ok ? elsewhere : failed;
      return;
    }
    // It needs a script of its own page.
    for (const toggle of form.querySelectorAll(".password-toggle")) toggle.remove();
    const heading = document.createElement("h3");
    heading.textContent = page.querySelector("h1").textContent;
    place.replaceChildren(heading, document.adoptNode(form));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
    (form.querySelector(".error-summary") || form.querySelector("input:not([type=hidden])")).focus();
  };

  const send = async (form) => {
    const button = form.querySelector("[type=submit]");
    if (button.disabled) return;
    button.disabled = true;
    try {
      const body = new URLSearchParams(new FormData(form));
      await show(await fetch(form.action, { method: "POST", body }));
    } catch {
      note.textContent = failed;
    } finally {
      button.disabled = false;
    }
  };

  const open = async () => {
    if (dialog.open) return;
    opener.hidden = false;
    dialog.showModal();
    document.getElementById("log-in-again-heading").focus();
    try {
      await show(await fetch(login));
    } catch {
      note.textContent = failed;
    }
  };

  /* Back from the other tab, where the log-in may have been done. */
  const look = async () => {
    if (!dialog.open && !written.hidden) return;
    const response = await fetch(keep, { redirect: "manual" });
    if (response.ok) finish(await response.json());
  };

  document.addEventListener("desk:other-user", () => {
    hide(true);
    opener.hidden = false;
    if (!dialog.open) dialog.showModal();
  });
  later.addEventListener("click", () => dialog.close());
  opener.addEventListener("click", open);
  addEventListener("focus", () => look().catch(() => {}));
  // Once it was put off, it waits for the button.
  document.addEventListener("desk:logged-out", () => opener.hidden && open());
});
