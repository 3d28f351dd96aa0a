/* What is pasted, as the page can show it: a pure function from HTML to clean HTML.

   The document that is read is inert: nothing of it runs and nothing is fetched. The policy of the
   page forbids its styles, so they are read as what they are called before. What is left out is
   counted. */
"use strict";

(() => {
  const { Paste } = window;
  const { escape, headingLevel, inline, isHidden, marked, quoted, styleOf, target } = Paste;
  const { parts, write, written } = Paste;
  const LONGEST_CAPTION = 300;

  const BLOCKS = new Set(
    `address article aside blockquote body caption center dd details dialog div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre
    section summary table tbody td tfoot th thead tr ul`.split(/\s+/),
  );
  const SILENT = new Set("head link meta noscript script style template title xml".split(" "));
  // What is left out, and what it is called.
  const LEFT_OUT = {
    audio: "media", button: "fields", canvas: "pictures", del: "deletions", embed: "media",
    iframe: "media", img: "pictures", input: "fields", math: "formulas", object: "media",
    picture: "pictures", select: "fields", svg: "pictures", textarea: "fields", video: "media",
  };
  const OWN = ["article", "file", "heading"]; // how a link of ours names what it leads to
  const NUMBERS = {
    "lower-alpha": "a", "lower-latin": "a", "lower-roman": "i",
    "upper-alpha": "A", "upper-latin": "A", "upper-roman": "I",
  };

  const wholeNumber = (element, name) => {
    const text = element.getAttribute(name) ?? "";
    return /^\s*-?\d{1,6}\s*$/.test(text) ? Number(text) : null;
  };

  const spans = ({ colSpan, rowSpan }, left) => {
    const rows = Math.min(rowSpan, left);
    return (colSpan > 1 ? ` colspan="${colSpan}"` : "") + (rows > 1 ? ` rowspan="${rows}"` : "");
  };

  /* Which cells name the others, where the table says it of any. */
  const headersOf = (table, rows) => {
    const isHeader = (cell) => cell?.localName === "th";
    const headerRow = Boolean(table.tHead) || rows[0].every(isHeader);
    const body = headerRow ? rows.slice(1) : rows;
    const headerColumn = body.length > 0 && body.every((row) => isHeader(row[0]));
    return headerRow || headerColumn ? { headerRow, headerColumn } : {};
  };

  /* Read the content of an element as a row of blocks: paragraphs, headings, items of lists with
     their level, and tables. */
  const read = (root, options, dropped, colours) => {
    const { tables, quotes } = options;
    const blocks = [];
    let runs = [];
    let item = null; // the item of a list that is being read

    const drop = (kind, count = 1) => {
      dropped[kind] = (dropped[kind] ?? 0) + count;
    };

    const flush = (heading = 0) => {
      const html = written(runs);
      runs = [];
      if (!html) return;
      if (heading && !item) blocks.push({ type: "heading", level: heading, html });
      else if (!item) blocks.push({ type: "paragraph", html });
      else if (blocks.at(-1) === item) item.html.push(html);
      else blocks.push({ type: "more", level: item.level, html });
    };

    const pushText = (source, state) => {
      let text = source.replace(/[\0-\x08\x0e-\x1f\u200b\ufeff]/g, "");
      if (state.pre) {
        text.split(/\r\n?|\n/).forEach((line, index) => {
          if (index) pushBreak(state);
          pushText(line, { ...state, pre: false });
        });
        return;
      }
      text = text.replace(/[ \t\r\n\f\v]+/g, " ").replace(/[ \xa0]{2,}/g, " ");
      const last = runs.at(-1);
      if (text.startsWith(" ") && (!last || last.isBreak || /[ \xa0]$/.test(last.text))) {
        text = text.slice(1);
      }
      if (!text) return;
      if (/[^ \xa0]/.test(text)) {
        if (state.underline && !state.link) dropped.underlining = true;
        if (state.strike) dropped.strike = true;
        if (!state.link) colours.add(Paste.isBlack(state.colour) ? "" : state.colour);
        if (state.ground) dropped.colours = true;
      }
      const marks = [];
      if (state.link) marks.push(state.link);
      if (/[^ \xa0]/.test(text)) {
        if (state.strong && !state.heading) marks.push("strong");
        if (state.em) marks.push("em");
        if (state.sup) marks.push("sup");
        else if (state.sub) marks.push("sub");
      }
      runs.push({ text, marks });
    };

    const pushBreak = (state) => {
      // A second one ends the paragraph, as readers see it.
      if (runs.at(-1)?.isBreak) flush(state.heading);
      else if (runs.length) runs.push({ isBreak: true, text: "", marks: [] });
    };

    const walkAll = (element, state) => {
      for (const child of element.childNodes) walk(child, state);
    };

    const walk = (node, state) => {
      if (node.nodeType === Node.TEXT_NODE) {
        pushText(node.data, state);
        return;
      }
      if (node.nodeType !== Node.ELEMENT_NODE) return;
      const name = node.localName;
      const style = styleOf(node);
      if (SILENT.has(name) || isHidden(node, style)) return;
      if (name === "br") {
        pushBreak(state);
      } else if (Object.hasOwn(LEFT_OUT, name) && !(name === "button" && state.heading)) {
        // A button in a heading unfolds what is beneath: its words are the heading.
        leaveOut(node, name);
      } else if (name === "cite" && node.dataset.source) {
        const { source } = node.dataset;
        runs.push({ text: "", marks: [], html: `<cite data-source=${quoted(source)}></cite>` });
      } else if (name === "q") {
        const depth = state.quoted ?? 0;
        const [first, last] = quotes.slice(depth % 2 ? 2 : 0);
        pushText(first, state);
        walkAll(node, { ...marked(node, name, style, state), quoted: depth + 1 });
        pushText(last, state);
      } else if (name === "ul" || name === "ol") {
        readList(node, name, state);
      } else if (name === "li") {
        // On its own, as it comes when a part of a list is copied.
        readItem(node, { level: (item?.level ?? 0) + 1 }, state);
      } else if (name === "table") {
        readTable(node, state);
      } else if (name === "a") {
        readLink(node, style, state);
      } else if (BLOCKS.has(name) || headingLevel(node, name)) {
        const heading = headingLevel(node, name);
        flush(state.heading);
        const next = marked(node, name, style, state);
        if (heading) Object.assign(next, { heading, strong: false });
        if (name === "dt" || name === "summary") next.strong = true;
        walkAll(node, next);
        flush(next.heading);
      } else {
        walkAll(node, marked(node, name, style, state));
      }
    };

    const leaveOut = (element, name) => {
      const isTrace = ["width", "height"].every((side) => element.getAttribute(side) === "1");
      const isSign = name === "svg" && element.getAttribute("aria-hidden") === "true";
      const isSilent = name === "input" && element.getAttribute("type") === "hidden";
      if (!isTrace && !isSign && !isSilent) drop(LEFT_OUT[name]);
    };

    const readLink = (element, style, state) => {
      const next = marked(element, "a", style, state);
      const href = target(element);
      const own = element.hasAttribute("href") ? [] : OWN.filter((name) => element.dataset[name]);
      const keys = own.map((name) => ` data-${name}=${quoted(element.dataset[name])}`);
      if (href) next.link = `a href=${quoted(href)}`;
      else if (keys.length) next.link = `a${keys.join("")}`;
      else if (element.hasAttribute("href") && element.textContent.trim()) drop("links");
      walkAll(element, next);
    };

    const readList = (list, name, state) => {
      flush(state.heading);
      const around = item;
      const style = styleOf(list);
      const level = (around?.level ?? 0) + 1;
      let start = name === "ol" ? (wholeNumber(list, "start") ?? 1) : null;
      if (name === "ol" && list.reversed) dropped.backwards = true;
      for (const child of list.childNodes) {
        if (child.localName === "ul" || child.localName === "ol") {
          // A list within a list, and in none of its items: it goes on in the last one.
          item = { level };
          readList(child, child.localName, state);
          item = around;
        } else if (child.nodeType === Node.ELEMENT_NODE && !SILENT.has(child.localName)) {
          if (isHidden(child, styleOf(child))) continue;
          const sign = style["list-style-type"] ?? styleOf(child)["list-style-type"];
          const numbering = list.getAttribute("type") ?? NUMBERS[sign];
          if (name === "ol") start = wholeNumber(child, "value") ?? start;
          readItem(child, { level, isOrdered: name === "ol", start, numbering }, state);
          start = null;
        } else if (child.nodeType === Node.TEXT_NODE && child.data.trim()) {
          pushText(child.data, state);
          flush();
        }
      }
      item = around;
    };

    const readItem = (element, { level, isOrdered = false, start = null, numbering }, state) => {
      flush(state.heading);
      const around = item;
      const said = Number(element.dataset.ariaLevel ?? element.getAttribute("aria-level"));
      item = { type: "item", level: said || level, isOrdered, start, html: [] };
      item.numbering = isOrdered && /^[aAiI]$/.test(numbering) ? numbering : "";
      blocks.push(item);
      const inside = marked(element, "li", styleOf(element), { ...state, heading: 0 });
      if (element.localName === "li") walkAll(element, inside);
      else walk(element, inside);
      flush();
      item = around;
    };

    const readTable = (table, state) => {
      flush(state.heading);
      const rows = [...table.rows].map((row) => [...row.cells]).filter((row) => row.length);
      const widths = rows.map((row) => row.reduce((sum, { colSpan }) => sum + colSpan, 0));
      const columns = Math.max(0, ...widths);
      const isLayout =
        columns < 2 || table.matches("[role=presentation]") || table.querySelector("table");
      if (isLayout) {
        if (columns === 1 && rows.length > 1) drop("unrolled");
        for (const child of table.children) walkAll(child, state);
        flush(state.heading);
        return;
      }
      const html = new Map();
      for (const cell of rows.flat()) {
        const words = read(cell, { ...options, tables: "words" }, dropped, colours);
        html.set(cell, write(words, { headings: false }));
      }
      if (![...html.values()].some(Boolean)) return;
      if (tables === "words") {
        drop("unrolled");
        for (const row of rows) {
          const words = row.map((cell) => inline(html.get(cell))).filter(Boolean);
          if (words.length) blocks.push({ type: "paragraph", html: words.join(" · ") });
        }
        return;
      }
      const caption = [...table.children].find(({ localName }) => localName === "caption");
      const words = (caption?.textContent ?? "").replace(/\s+/g, " ").trim();
      const isCaption = words.length <= LONGEST_CAPTION;
      if (!isCaption) blocks.push({ type: "paragraph", html: escape(words) });
      const lines = rows.map((row, place) =>
        row.map((cell) => `<td${spans(cell, rows.length - place)}>${html.get(cell)}</td>`).join(""),
      );
      blocks.push({
        type: "table",
        html: `<table><tbody>${lines.map((line) => `<tr>${line}</tr>`).join("")}</tbody></table>`,
        caption: isCaption ? words : "",
        rows: rows.length,
        columns,
        ...headersOf(table, rows),
      });
    };

    walkAll(root, marked(root, root.localName, styleOf(root), {}));
    flush();
    return blocks;
  };

  const TAG = /<[a-z](?:[^"'>]|"[^"]*"|'[^']*')*>/gi;
  const ACTIVE = /(\s)(style|on\w+)(?=\s*=)/gi;
  /* Parse HTML, with styles and scripts as mere data, and the text of its style sheets. */
  const parsed = (source) => {
    const sheets = [];
    const html = source
      .replace(/<style\b[^>]*>([^]*?)<\/style>/gi, (_whole, sheet) => {
        sheets.push(sheet);
        return "";
      })
      .replace(TAG, (tag) => tag.replace(ACTIVE, "$1data-$2"));
    return { page: new DOMParser().parseFromString(html, "text/html"), sheets: sheets.join() };
  };

  /* Pictures within the text may be many megabytes of it. In Italian "data:" is a word as well. */
  const DATA = /(["'=(])\s*data:(?:application|audio|font|image|text|video)\/[^"'\s>)]*/gi;
  const withoutData = (html) => html.replace(DATA, "$1");

  /* Convert HTML of whatever origin.

     headings: whether the text may have any. tables: "apart" from the text, "within" it, or as
     "words". quotes: the marks of a quotation, and of one within it. Returns the parts in order,
     texts and tables, and what was left out: counts, or true for what is not counted. */
  const convert = (source, options) => {
    const { page, sheets } = parsed(withoutData(source));
    const dropped = {};
    Paste.settleNotes(page, dropped);
    Paste.settleWord(page, sheets, dropped);
    const colours = new Set();
    const blocks = read(page.body, options, dropped, colours);
    if (colours.size > 1) dropped.colours = true;
    return { parts: parts(blocks, options), dropped };
  };

  Object.assign(Paste, { convert, withoutData });
})();
