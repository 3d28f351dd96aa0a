/* What Word says with classes and styles of its own: lists, headings, captions. It becomes the
   elements that mean the same. */
"use strict";

window.Paste.settleWord = (page, sheets, dropped) => {
  const { styleOf } = window.Paste;
  const FORMATS = {
    "alpha-lower": "a", "alpha-upper": "A", "roman-lower": "i", "roman-upper": "I",
  };

  const renamed = (element, name) => {
    const made = page.createElement(name);
    made.append(...element.childNodes);
    element.replaceWith(made);
    return made;
  };

  /* How the lists of the document are numbered, by list and level. */
  const formats = new Map();
  const LEVEL = /@list\s+(l\d+):(level\d+)[^{]*\{([^}]*)\}/g;
  for (const [, list, level, rules] of sheets.matchAll(LEVEL)) {
    const format = rules.match(/mso-level-number-format:\s*([\w-]+)/)?.[1] ?? "decimal";
    if (!formats.has(`${list} ${level}`)) formats.set(`${list} ${level}`, format);
  }

  const ROMAN = { i: 1, v: 5, x: 10, l: 50, c: 100, d: 500, m: 1000 };
  const fromRoman = (sign) =>
    [...sign].reduce((sum, letter, place) => {
      const value = ROMAN[letter];
      return sum + (value < (ROMAN[sign[place + 1]] ?? 0) ? -value : value);
    }, 0);

  /* What the mark before an item says: "2.", "b)", "iv." or a bullet. */
  const numberOf = (mark, format) => {
    const sign = mark.match(/^[([]?(?:\d+\.)*(\d+|[a-z]+)[.):\]]?$/i)?.[1];
    const isBullet = format ? format === "bullet" : !sign || !/[.):\]]$/.test(mark);
    if (isBullet) return { isOrdered: false };
    const numbering = FORMATS[format] ?? "";
    if (!sign) return { isOrdered: true, numbering };
    if (/\d/.test(sign)) return { isOrdered: true, start: Number(sign) };
    const letters = sign.toLowerCase();
    const isUpper = letters !== sign;
    const isRoman = format ? /roman/.test(format) : /^[ivx]{2,}$|^i$/.test(letters);
    if (isRoman && /^[ivxlcdm]+$/.test(letters)) {
      return { isOrdered: true, numbering: isUpper ? "I" : "i", start: fromRoman(letters) };
    }
    return { isOrdered: true, numbering: isUpper ? "A" : "a", start: letters.charCodeAt(0) - 96 };
  };

  const contents = page.querySelectorAll("p[class^=MsoToc], [data-style*='mso-element:toc']");
  for (const paragraph of contents) {
    paragraph.remove();
    dropped.contents = true;
  }

  for (const paragraph of page.querySelectorAll("p")) {
    const level =
      paragraph.className.match(/^(?:MsoHeading|Heading) ?([1-6])\b/)?.[1] ??
      styleOf(paragraph)["mso-outline-level"]?.match(/^[1-6]$/)?.[0] ??
      (paragraph.className === "MsoTitle" ? 1 : null);
    if (!level) continue;
    const heading = renamed(paragraph, `h${level}`);
    heading.dataset.style = paragraph.dataset.style ?? "";
  }

  for (const paragraph of page.querySelectorAll("[data-style*='mso-list']")) {
    const place = styleOf(paragraph)["mso-list"]?.match(/^(l\d+) (level(\d+))/);
    if (!place || !paragraph.isConnected) continue;
    const sign = paragraph.querySelector("[data-style*='mso-list:Ignore']");
    const mark = sign?.textContent.replace(/[\s\xa0]+/g, "") ?? "";
    if (/^h\d$/.test(paragraph.localName)) {
      // The number of a heading is one of its words.
      sign?.replaceWith(mark ? `${mark} ` : "");
      continue;
    }
    sign?.remove();
    const { isOrdered, numbering, start } = numberOf(mark, formats.get(`${place[1]} ${place[2]}`));
    const list = page.createElement(isOrdered ? "ol" : "ul");
    if (start > 1) list.setAttribute("start", start);
    if (numbering) list.setAttribute("type", numbering);
    const item = page.createElement("li");
    item.setAttribute("aria-level", place[3]);
    list.append(item);
    paragraph.replaceWith(list);
    item.append(paragraph);
  }

  // A further paragraph of the item before it.
  const further = page.querySelectorAll("p[class^=MsoListParagraph], p[class^=MsoListContinue]");
  for (const paragraph of further) {
    const before = paragraph.previousElementSibling;
    if (paragraph.closest("li") || !before?.matches("ul, ol")) continue;
    before.lastElementChild?.append(paragraph);
  }

  for (const caption of page.querySelectorAll(".MsoCaption, figure > figcaption")) {
    // Word puts a table that does not begin at the margin into an element of its own.
    const tableIn = (element) =>
      element?.matches("table") ? element : element?.querySelector(":scope > table");
    const table = tableIn(caption.previousElementSibling) ?? tableIn(caption.nextElementSibling);
    if (!table || table.caption) continue;
    table.createCaption().append(...caption.childNodes);
    caption.remove();
  }
};
