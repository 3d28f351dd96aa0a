/* Plain text as HTML: blank lines part paragraphs, and lines become a list if that is certain. */
"use strict";

window.Paste.fromText = (source) => {
  const { escape, quoted } = window.Paste;
  const WRAPPED = [50, 90]; // characters of a line that was broken by a mail program
  const BULLET = /^(\s*)([-•‣◦▪])[ \t]+(?=\S)/;
  const NUMBER = /^(\s*)(\d{1,3})[.)][ \t]+(?=\S)/;

  const linked = (text) =>
    text
      .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}'’»])/)
      .map((part, index) =>
        index % 2 ? `<a href=${quoted(part)}>${escape(part)}</a>` : escape(part),
      )
      .join("");

  const lines = source.trim().replace(/\r\n?|[\u2028\u2029\v\f]/g, "\n").split("\n");

  /* The lines of a list that begins at a line: at least two, of one kind, counted without a gap. */
  const listAt = (from) => {
    const first = lines[from].match(BULLET) ?? lines[from].match(NUMBER);
    if (!first) return null;
    const isOrdered = /\d/.test(first[2]);
    let number = Number(first[2]);
    const items = [];
    let place = from;
    while (place < lines.length) {
      const line = lines[place];
      const found = line.match(isOrdered ? NUMBER : BULLET);
      const isNested = found && found[1].length > first[1].length;
      const isNext = isOrdered ? Number(found?.[2]) === number : found?.[2] === first[2];
      if (found && !isNested && isNext) {
        items.push({ words: [line.slice(found[0].length)], indent: 0 });
        number += 1;
      } else if (items.length && line.trim() && /^(?: {2,}|\t)/.test(line)) {
        // Further words of the item, or a list within it.
        const inner = line.match(BULLET);
        if (inner) items.push({ words: [line.slice(inner[0].length)], indent: 1 });
        else items.at(-1).words.push(NUMBER.test(line) ? "\n" : "", line.trim());
      } else if (line.trim() || !isAhead(place, isOrdered, first, number)) {
        break;
      }
      place += 1;
    }
    if (items.filter(({ indent }) => !indent).length < 2) return null;
    return { items, isOrdered, start: Number(first[2]), end: place };
  };

  const isAhead = (place, isOrdered, first, number) => {
    const next = lines.slice(place, place + 3).find((line) => line.trim());
    const found = next?.match(isOrdered ? NUMBER : BULLET);
    return Boolean(found) && (isOrdered ? Number(found[2]) === number : found[2] === first[2]);
  };

  const listed = ({ items, isOrdered, start }) => {
    const tag = isOrdered ? "ol" : "ul";
    let html = isOrdered && start > 1 ? `<ol start="${start}">` : `<${tag}>`;
    let isWithin = false;
    items.forEach(({ words, indent }, index) => {
      if (indent && !isWithin) html += "<ul>";
      if (!indent && isWithin) html += "</ul>";
      if (!indent && index) html += "</li>";
      isWithin = Boolean(indent);
      const text = linked(words.filter(Boolean).join(" ")).replaceAll(" \n ", "<br>");
      html += `<li><p>${text}</p>${indent ? "</li>" : ""}`;
    });
    return `${html}${isWithin ? "</ul>" : ""}</li></${tag}>`;
  };

  const hasBlanks = lines.some((line) => !line.trim());
  const isWrapped = (group) =>
    group.length > 1 &&
    group.slice(0, -1).every(({ length }) => length >= WRAPPED[0] && length <= WRAPPED[1]);

  let html = "";
  let group = [];
  const end = () => {
    const words = group.map((line) => linked(line.trim()));
    if (isWrapped(group)) html += `<p>${words.join(" ")}</p>`;
    else if (hasBlanks && words.length) html += `<p>${words.join("<br>")}</p>`;
    else html += words.map((line) => `<p>${line}</p>`).join("");
    group = [];
  };
  for (let place = 0; place < lines.length; place += 1) {
    const list = listAt(place);
    if (list) {
      end();
      html += listed(list);
      place = list.end - 1;
    } else if (lines[place].trim()) {
      group.push(lines[place]);
    } else {
      end();
    }
  }
  end();
  return html;
};
