/* Pasted sources: what is too long to be read is refused before it is sent. */
"use strict";

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches(".paste-sources")) return;
    const pasted = form.elements.pasted;
    const isTooLong = pasted.value.length > Number(form.dataset.most);
    form.querySelector(".paste-refused").textContent = isTooLong ? form.dataset.tooLong : "";
    if (!isTooLong) return;
    event.preventDefault();
    event.stopPropagation();
    pasted.focus();
  },
  true,
);
