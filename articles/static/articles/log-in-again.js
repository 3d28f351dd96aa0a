/* A session that ends while somebody writes: the log-in is asked for in a dialog of the page, with
   its second step, and the form goes on with a new token. The forms are those of the pages for it,
   passkeys included. What they do not hold is done in another tab. */
"use strict";

addEventListener("DOMContentLoaded", () => {
  const dialog = document.getElementById("log-in-again");
  if (!dialog) return;
  const { user, email, keep, login, failed, elsewhere, other } = dialog.dataset;
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
    opener.hidden = false;
    if (!dialog.open) dialog.showModal();
  };

  /* Somebody is logged in. Only who has written this sees it, and goes on. */
  const finish = (answer) => {
    hide(String(answer.user) !== user);
    if (written.hidden) return;
    for (const field of document.getElementsByName("csrfmiddlewaretoken")) {
      field.value = answer.token;
    }
    dialog.close();
    // After a click in the dialog, Chromium gives the field the focus back without a caret.
    const field = document.activeElement;
    field.blur();
    field.focus();
    opener.hidden = true;
    document.dispatchEvent(new Event("desk:logged-in"));
  };

  const look = async () => {
    const response = await fetch(keep, { redirect: "manual" });
    if (response.ok) finish(await response.json());
    return response.status;
  };

  const read = async (response) =>
    new DOMParser().parseFromString(await response.text(), "text/html");

  const post = (form) =>
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });

  /* Send a form; once more with a new token, where its own has become invalid, as by a log-in in
     another tab. */
  const answerTo = async (form) => {
    const response = await post(form);
    const token = form.elements.csrfmiddlewaretoken;
    if (response.status !== 403 || !token) return response;
    const page = await read(await fetch(form.action));
    token.value = page.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    return post(form);
  };

  const show = async (response) => {
    note.textContent = "";
    // It may have been the last step, wherever that has led.
    if (response.redirected && (await look()) === 200) return;
    const page = await read(response);
    const form = page.querySelector("form.form");
    if (!form) {
      note.textContent = response.ok ? elsewhere : failed;
      return;
    }
    // It needs a script of its own page.
    for (const toggle of form.querySelectorAll(".password-toggle")) toggle.remove();
    const heading = document.createElement("h3");
    heading.textContent = page.querySelector("h1").textContent;
    place.replaceChildren(
      heading,
      ...page.querySelectorAll(".account-message, .error-summary"),
      form,
      ...passkeyOn(page),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, form.querySelector("[type=submit]"));
    });
    if (form.elements.login) form.elements.login.value ||= email;
    const fields = [...form.querySelectorAll("input:not([type=hidden])")];
    (place.querySelector(".error-summary") || fields.find(({ value }) => !value)).focus();
  };

  const send = async (form, button) => {
    if (button.disabled) return;
    button.disabled = true;
    try {
      await show(await answerTo(form));
    } catch {
      note.textContent = failed;
    } finally {
      button.disabled = false;
    }
  };

  /* The passkey's part of a page: its button, and the form that carries what the passkey says. */
  const passkeyOn = (page) => {
    const part = page.querySelector(".passkey");
    const form = page.querySelector("form:has([name=credential])");
    if (!part || !form || !window.PublicKeyCredential?.parseRequestOptionsFromJSON) return [];
    const { givenUp } = page.querySelector(".passkey-alert").dataset;
    const options = page.getElementById("js_data");
    const button = part.querySelector("button");
    part.hidden = false;
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      note.textContent = "";
      try {
        const { request_options: asked } = options
          ? JSON.parse(options.textContent)
          : await (await fetch(form.action, { headers: { Accept: "application/json" } })).json();
        const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.publicKey);
        const credential = await navigator.credentials.get({ publicKey });
        form.elements.credential.value = JSON.stringify(credential);
      } catch {
        note.textContent = givenUp;
        return;
      }
      await send(form, button);
    });
    return [part, form];
  };

  const open = async () => {
    if (dialog.open) return;
    opener.hidden = false;
    // That of the last time would take what is typed, and then be gone.
    place.replaceChildren();
    dialog.showModal();
    document.getElementById("log-in-again-heading").focus();
    try {
      await show(await fetch(login));
    } catch {
      note.textContent = failed;
    }
  };

  document.addEventListener("desk:other-user", () => hide(true));
  later.addEventListener("click", () => dialog.close());
  opener.addEventListener("click", open);
  // Back from the other tab, where the log-in may have been done.
  addEventListener("focus", () => opener.hidden || look().catch(() => {}));
  // Once it was put off, it waits for the button.
  document.addEventListener("desk:logged-out", () => opener.hidden && open());
  // What a part of the page has asked of the server came to nothing.
  document.addEventListener("desk:unanswered", async () => {
    if ((await look().catch(() => 0)) === 401) open();
  });
});
