/* Shows what is about passkeys where the browser has them, and says in words when one was not
   used. What happens between the browser and the server is django-allauth's script. */
"use strict";

(() => {
  const can = Boolean(window.PublicKeyCredential);
  for (const part of document.querySelectorAll(".passkey")) part.hidden = !can;
  for (const part of document.querySelectorAll(".no-passkey")) part.hidden = can;

  const note = document.querySelector(".passkey-alert");
  const texts = { NotAllowedError: "givenUp", AbortError: "givenUp", InvalidStateError: "known" };

  document.addEventListener("allauth.error", (event) => {
    if (!note || !event.detail.tags.includes("webauthn")) return;
    event.preventDefault();
    const reason = event.detail.exception?.name;
    // The button was pressed twice: the first time is still going on.
    if (reason === "OperationError") return;
    // Emptied first, so that the same words are spoken a second time.
    note.textContent = "";
    requestAnimationFrame(() => {
      note.textContent = note.dataset[texts[reason] || "failed"];
    });
  });

  /* A passkey's own form: Enter is its button, and the name is asked for before the passkey is
     made, for a form that is refused afterwards would leave one behind. */
  const form = document.querySelector("form.passkey");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    form.querySelector("button").click();
  });
  form?.addEventListener(
    "click",
    (event) => {
      if (event.target.closest("button") && !form.reportValidity()) event.stopPropagation();
    },
    { capture: true },
  );
})();
