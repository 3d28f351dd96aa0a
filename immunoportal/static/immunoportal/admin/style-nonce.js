/* The editors add <style> elements of their own. The content policy lets in what carries
   the page's nonce, so each of them gets it; nothing else on the page can know it. */
"use strict";

(() => {
  const { nonce } = document.currentScript;
  const create = document.createElement.bind(document);
  document.createElement = (name, options) => {
    const element = create(name, options);
    if (String(name).toLowerCase() === "style") element.nonce = nonce;
    return element;
  };
})();
