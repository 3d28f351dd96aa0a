/* What has changed in another language: each change goes beside the block that it concerns, and the
   list of all leads there. */
"use strict";

document.addEventListener("content-editor:ready", () => {
  const section = document.getElementById("stale-changes");
  if (!section) return;

  const keyOf = (block) =>
    (block.querySelector('input[name$="-block_key"]')?.value ?? "").slice(0, 32);

  const placeOf = ({ part, language }) =>
    window.Desk.blocks().find((block) => keyOf(block) === part.replaceAll("-", "")) ??
    document.getElementById(`id_${part}_${language}`)?.closest(".form-row") ??
    (part === "sources" ? document.getElementById("citations-group") : null);

  const index = section.querySelector(".stale-index");
  for (const change of section.querySelectorAll(".stale-change")) {
    const title = change.querySelector(".stale-title");
    const link = document.createElement("a");
    link.href = `#${title.id}`;
    link.textContent = title.textContent;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const block = window.Desk.blockOf(change);
      for (const details of [block?.querySelector("details"), change.closest("details")]) {
        if (details) details.open = true;
      }
      change.scrollIntoView({ block: "center" });
      change.querySelector("input:checked, input:not([type=hidden])")?.focus({ preventScroll: true });
    });
    const item = document.createElement("li");
    item.append(link);
    index.append(item);
    placeOf(change.dataset)?.append(change);
  }
});
