// Proposes slugs as the server does (articles/text/slugs.py), in the place of Django's own rules,
// which join the two words of an Italian elision.
(() => {
  "use strict";

  const ELISION =
    /(?<=\p{L})['’](?!(?:s|t|d|m|re|ve|ll)(?![\p{L}\p{N}]))(?=[\p{L}\p{N}])/giu;

  const stripped = (text) => text.replace(/^[-_]+|[-_]+$/g, "");

  window.URLify = (title, maxLength) => {
    const plain = title
      .replace(ELISION, "-")
      .normalize("NFKD")
      .replace(/[^\0-\x7f]/g, "")
      .toLowerCase()
      .replace(/[^\w\s-]/g, "");
    return stripped(stripped(plain.replace(/[-\s]+/g, "-")).slice(0, maxLength));
  };
})();
