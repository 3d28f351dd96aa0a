/* Sends the answer to "Was this page helpful?" from within the page, and shows there what the
   server says to it. Without this script the answer is a page of its own. */
"use strict";

(() => {
  const place = document.querySelector("[data-feedback]");
  if (!place || !window.fetch) return;
  const said = place.querySelector("[role=status]");

  const say = (text) => {
    said.textContent = text;
    // The button that was pressed may be gone.
    said.focus();
  };

  const send = async (form, button) => {
    const fields = new FormData(form);
    if (button?.name) fields.set(button.name, button.value);
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(fields),
      signal: AbortSignal.timeout(30_000),
    });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const answer = page.querySelector("[data-feedback]");
    // Not ours: the page of a hotel's network, or of a server that can store nothing.
    if (!answer) throw new Error("no answer");
    const next = answer.querySelector("form");
    if (next) form.replaceWith(document.adoptNode(next));
    else form.remove();
    say(answer.querySelector("[role=status]").textContent);
  };

  place.addEventListener("submit", async (event) => {
    event.preventDefault();
    if ("busy" in place.dataset) return; // a double click
    place.dataset.busy = "";
    try {
      await send(event.target, event.submitter);
    } catch {
      say(place.dataset.failed);
    } finally {
      delete place.dataset.busy;
    }
  });
})();
