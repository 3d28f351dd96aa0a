/* What the clipboard holds: which of its forms is read, and what is refused unread. */
"use strict";

window.Paste.fromClipboard = (data, options) => {
  const { convert, fromText, withoutData } = window.Paste;
  const LARGEST = 5_000_000; // characters of HTML, pictures apart: a book

  const types = [...data.types];
  const text = data.getData("text/plain");
  let html = data.getData("text/html");

  // From a text of ours: nothing is to be cleaned, and citations stay what they are.
  const isOurs = html.includes("data-pm-slice");
  if (isOurs && (options.tables === "within" || !/<table\b/i.test(html))) return null;
  // An address alone: the editor makes a link of it.
  if (!html && /^\s*https?:\/\/\S+\s*$/.test(text)) return null;

  if (!html && !text) {
    const files = [...data.files];
    if (files.length) {
      const arePictures = files.every(({ type }) => type.startsWith("image/"));
      return { refusal: { kind: arePictures ? "picture" : "file" } };
    }
    return types.some((type) => type.endsWith("/rtf")) ? { refusal: { kind: "rtf" } } : null;
  }

  html = withoutData(html);
  const size = Math.max(html.length, html ? 0 : text.length);
  if (size > LARGEST) {
    const values = { size: Math.ceil(size / 1_000_000), limit: LARGEST / 1_000_000 };
    return { refusal: { kind: "size", values } };
  }
  let found = convert(html || fromText(text), options);
  if (!found.parts.length && html && text.trim()) {
    found = { ...convert(fromText(text), options), dropped: found.dropped };
  }
  return found.parts.length ? found : { ...found, refusal: { kind: "nothing" } };
};
