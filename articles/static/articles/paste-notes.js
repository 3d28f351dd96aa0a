/* Footnotes and comments in what is pasted. Footnotes keep their words, at the end, with their
   number before them and in the text; comments are nobody else's business. */
"use strict";

window.Paste.settleNotes = (page, dropped) => {
  const raise = (anchor, after = "") => {
    const sign = page.createElement("sup");
    sign.textContent = anchor.textContent.trim().replace(/^\[(.*)\]$/, "$1");
    anchor.replaceWith(sign, after);
  };

  // In the text and before each note: Word, LibreOffice, Google Docs. In the pages of ours, the
  // number of a source: it would lead to the page that it was copied from.
  const anchors = page.querySelectorAll(
    `a[data-style*="mso-footnote-id"], a[data-style*="mso-endnote-id"], a.sdfootnoteanc,
    a.sdendnoteanc, a.sdfootnotesym, a.sdendnotesym, a[href^="#ftnt"], sup.cited a`,
  );
  const notes = new Set();
  for (const anchor of anchors) {
    const isNote =
      anchor.matches(".sdfootnotesym, .sdendnotesym, [href^='#ftnt_ref']") ||
      anchor.closest("[data-style*='mso-element:footnote'], [data-style*='mso-element:endnote']");
    const around = anchor.closest("sup");
    raise(around ?? anchor, isNote ? " " : "");
    if (isNote) notes.add(anchor);
  }
  if (notes.size) dropped.footnotes = notes.size;

  const comments = page.querySelectorAll(
    `a.msocomanchor, a[href^="#cmnt"]:not([href^="#cmnt_ref"])`,
  );
  const inText = [...comments].filter(
    (anchor) => !anchor.closest("[data-style*='mso-element:comment-list']"),
  );
  for (const anchor of comments) (anchor.closest("sup, .MsoCommentReference") ?? anchor).remove();
  const lists = page.querySelectorAll("[data-style*='mso-element:comment-list']");
  for (const list of lists) list.remove();
  for (const back of page.querySelectorAll("a[href^='#cmnt_ref']")) {
    (back.closest("div") ?? back).remove();
  }
  if (inText.length) dropped.comments = inText.length;
};
