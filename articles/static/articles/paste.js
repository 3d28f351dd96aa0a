/* What is pasted, as the page can show it: a pure function from HTML to clean HTML.

   The document that is read is inert: nothing of it runs and nothing is fetched. The policy of the
   page forbids its styles, so they are read as what they are called before. What is left out is
   counted. */
"use strict";

window.Paste = (() => {
  const DEEPEST = 9; // levels of lists, as word processors have them
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
  const NUMBERS = { "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A",
    "upper-latin": "A", "lower-roman": "i", "upper-roman": "I" };
  const BLACK = /^(?:|inherit|initial|auto|windowtext|currentcolor|black|#0{3}|#0{6}|rgba?\(0, ?0, ?0(?:, ?1)?\))$/;
  const NO_GROUND = /^(?:|none|inherit|initial|auto|transparent|white|window|#f{3}|#f{6}|rgba?\(255, ?255, ?255(?:, ?1)?\)|rgba\(0, ?0, ?0, ?0\))$/;

  const known = new Map();
  /* The style of an element, from its text. */
  const styleOf = (element) => {
    const text = element.dataset.style;
    if (!text) return {};
    if (!known.has(text)) {
      if (known.size > 1_000) known.clear();
      const style = {};
      for (const rule of text.split(";")) {
        const at = rule.indexOf(":");
        if (at > 0) style[rule.slice(0, at).trim().toLowerCase()] = rule.slice(at + 1).trim().toLowerCase();
      }
      known.set(text, style);
    }
    return known.get(text);
  };

  const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\xa0": "&nbsp;" };
  const escape = (text) => text.replace(/[&<>\xa0]/g, (sign) => SIGNS[sign]);
  const quoted = (text) => `"${escape(text).replaceAll('"', "&quot;")}"`;

  /* Where a link leads; empty where that is no place that every reader can reach. */
  const target = (element) => {
    let href = (element.getAttribute("href") ?? "").trim();
    const google = href.match(/^https:\/\/www\.google\.com\/url\?(?:.*&)?q=([^&]+)/);
    try {
      if (google) href = decodeURIComponent(google[1]);
    } catch {
      return href;
    }
    if (/^www\./i.test(href)) return `https://${href}`;
    if (/^\/\/\w/.test(href)) return `https:${href}`;
    return /^(?:https?:\/\/[^/\s]|mailto:|tel:)/i.test(href) ? href : "";
  };

  const headingLevel = (element, name) => {
    if (/^h[1-6]$/.test(name)) return Number(name[1]);
    if (element.getAttribute("role") !== "heading") return 0;
    return Number(element.getAttribute("aria-level")) || 2;
  };

  const isHidden = (element, style) =>
    element.hidden || style.display === "none" || style["mso-hide"] === "all";

  /* What an element says of the words in it, with its name and with its style. */
  const marked = (element, name, style, state) => {
    const next = { ...state };
    if (name === "b" || name === "strong") next.strong = true;
    if (name === "i" || name === "em" || name === "cite") next.em = true;
    if (name === "sup" || name === "sub") Object.assign(next, { sup: false, sub: false, [name]: true });
    if (name === "u" || name === "ins") next.underline = name === "u";
    if (name === "s" || name === "strike") next.strike = true;
    if (name === "font" && element.color) next.colour = element.color.toLowerCase();
    if (name === "mark") next.ground = true;
    if (name === "pre") next.pre = true;
    const weight = style["font-weight"];
    if (/^(?:bold|bolder|[6-9]00)$/.test(weight)) next.strong = true;
    if (/^(?:normal|lighter|[1-5]00)$/.test(weight)) next.strong = false;
    const slant = style["font-style"];
    if (/^(?:italic|oblique)/.test(slant)) next.em = true;
    if (slant === "normal") next.em = false;
    const height = style["vertical-align"];
    if (height === "super") Object.assign(next, { sup: true, sub: false });
    if (height === "sub") Object.assign(next, { sup: false, sub: true });
    const line = `${style["text-decoration"] ?? ""} ${style["text-decoration-line"] ?? ""}`;
    if (line.includes("underline")) next.underline = true;
    if (line.includes("line-through")) next.strike = true;
    if (style.color !== undefined) next.colour = style.color;
    const ground = style["background-color"] ?? style.background ?? style["mso-highlight"];
    if (ground !== undefined) next.ground = !NO_GROUND.test(ground);
    return next;
  };

  /* Read the content of an element as a row of blocks: paragraphs, headings, items of lists with
     their level, and tables. */
  const read = (root, { tables }, dropped, colours) => {
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
        if (state.underline && !state.href) dropped.underlining = true;
        if (state.strike) dropped.strike = true;
        if (!state.href) colours.add(BLACK.test(state.colour ?? "") ? "" : state.colour);
        if (state.ground) dropped.colours = true;
      }
      const marks = [];
      if (state.href) marks.push(`a href=${quoted(state.href)}`);
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
      } else if (name in LEFT_OUT) {
        leaveOut(node, name);
      } else if (name === "cite" && node.dataset.source) {
        const { source } = node.dataset;
        runs.push({ text: "", marks: [], html: `<cite data-source=${quoted(source)}></cite>` });
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
      const isTrace = element.getAttribute("width") === "1" && element.getAttribute("height") === "1";
      const isSign = name === "svg" && element.getAttribute("aria-hidden") === "true";
      const isSilent = name === "input" && element.getAttribute("type") === "hidden";
      if (!isTrace && !isSign && !isSilent) drop(LEFT_OUT[name]);
    };

    const readLink = (element, style, state) => {
      const next = marked(element, "a", style, state);
      const href = target(element);
      if (href) next.href = href;
      else if (element.hasAttribute("href") && element.textContent.trim()) drop("links");
      walkAll(element, next);
    };

    const readList = (list, name, state) => {
      flush(state.heading);
      const around = item;
      const style = styleOf(list);
      const level = (around?.level ?? 0) + 1;
      let start = name === "ol" ? Number(list.getAttribute("start")) || 1 : null;
      for (const child of list.childNodes) {
        if (child.localName === "ul" || child.localName === "ol") {
          // A list within a list, and in none of its items: it goes on in the last one.
          item = { level };
          readList(child, child.localName, state);
          item = around;
        } else if (child.nodeType === Node.ELEMENT_NODE && !SILENT.has(child.localName)) {
          if (isHidden(child, styleOf(child))) continue;
          const numbering = NUMBERS[style["list-style-type"] ?? styleOf(child)["list-style-type"]];
          readItem(
            child,
            { level, isOrdered: name === "ol", start, numbering: list.getAttribute("type") ?? numbering },
            state,
          );
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

    const cellsOf = (table) => [...table.rows].map((row) => [...row.cells]).filter((row) => row.length);

    const readTable = (table, state) => {
      flush(state.heading);
      const rows = cellsOf(table);
      const columns = Math.max(0, ...rows.map((row) => row.reduce((sum, { colSpan }) => sum + colSpan, 0)));
      const isLayout =
        columns < 2 || table.getAttribute("role") === "presentation" || table.querySelector("table");
      if (isLayout) {
        if (columns === 1 && rows.length > 1) drop("unrolled");
        for (const child of table.children) walkAll(child, state);
        flush(state.heading);
        return;
      }
      const html = new Map();
      for (const cell of rows.flat()) {
        const words = read(cell, { tables: "words" }, dropped, colours);
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

  /* Paragraphs as one line. */
  const inline = (html) =>
    html
      .replace(/<\/(?:p|li)>(?=.)/g, " ")
      .replace(/<\/?(?:p|li|ul|ol)\b[^>]*>/g, "")
      .replace(/ {2,}/g, " ")
      .trim();

  /* Words with their marks, as HTML. */
  const written = (source) => {
    const runs = source.map((run) => ({ ...run }));
    const isBlank = (run) => run && !run.html && !run.text.trim();
    while (isBlank(runs.at(-1))) runs.pop();
    while (isBlank(runs[0])) runs.shift();
    if (!runs.length) return "";
    runs[0].text = runs[0].text.replace(/^\s+/, "");
    runs.at(-1).text = runs.at(-1).text.replace(/\s+$/, "");
    const open = [];
    let html = "";
    const close = (depth) => {
      while (open.length > depth) html += `</${open.pop().split(" ")[0]}>`;
    };
    for (const { text, marks, isBreak, html: made } of runs) {
      let same = 0;
      while (same < open.length && open[same] === marks[same]) same += 1;
      close(same);
      for (const mark of marks.slice(same)) {
        open.push(mark);
        html += `<${mark}>`;
      }
      html += isBreak ? "<br>" : (made ?? escape(text));
    }
    close(0);
    return html.replaceAll(" <br>", "<br>");
  };

  /* h1 to h6 become h2 and h3: the highest level that parts the text, and those beneath it. */
  const highest = (blocks) => {
    const levels = blocks.filter(({ type }) => type === "heading").map(({ level }) => level);
    const below = levels.filter((level) => level > 1);
    // One of the first level is the title of the whole.
    return levels.length - below.length > 1 || !below.length ? 1 : Math.min(...below);
  };

  /* Write blocks as HTML, lists within one another. */
  const write = (blocks, { headings }, top = highest(blocks)) => {
    let html = "";
    const lists = []; // that are open: level, tag, the number of the next item
    const closeTo = (depth) => {
      while (lists.length > depth) html += `</li></${lists.pop().tag}>`;
    };
    const depthOf = (level) => lists.filter((list) => list.level < level).length;

    const openItem = ({ level, isOrdered, start, numbering, html: parts }) => {
      const depth = Math.min(depthOf(level), DEEPEST - 1);
      closeTo(depth + 1);
      const tag = isOrdered ? "ol" : "ul";
      const list = lists[depth];
      const goesOn =
        list?.tag === tag && list.numbering === numbering && (!start || start === list.next);
      if (goesOn) {
        html += "</li>";
        list.level = Math.min(list.level, level);
      } else {
        closeTo(depth);
        const from = isOrdered && start > 1 ? ` start="${start}"` : "";
        html += `<${tag}${from}${numbering ? ` type="${numbering}"` : ""}>`;
        lists.push({ level, tag, numbering, next: start ?? 1 });
      }
      lists.at(-1).next += 1;
      html += `<li><p>${parts.join("</p><p>")}</p>`;
    };

    for (const block of blocks) {
      if (block.type === "item") {
        // One that holds nothing but a list leaves it to the item before.
        if (block.html.length) openItem(block);
      } else if (block.type === "more" && lists.length) {
        closeTo(Math.max(1, depthOf(block.level + 1)));
        html += `<p>${block.html}</p>`;
      } else {
        closeTo(0);
        if (block.type === "table") html += block.html;
        else if (block.type !== "heading") html += `<p>${block.html}</p>`;
        else if (!headings) html += `<p><strong>${block.html}</strong></p>`;
        else html += block.level <= top ? `<h2>${block.html}</h2>` : `<h3>${block.html}</h3>`;
      }
    }
    closeTo(0);
    return html;
  };

  const parts = (blocks, options) => {
    const found = [];
    let rest = [];
    const top = highest(blocks);
    const end = () => {
      if (rest.length) found.push({ type: "text", html: write(rest, options, top) });
      rest = [];
    };
    for (const block of blocks) {
      if (block.type !== "table" || options.tables !== "apart") {
        rest.push(block);
        continue;
      }
      end();
      found.push(block);
    }
    end();
    return found;
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

  /* Pictures within the text may be many megabytes of it. */
  const withoutData = (html) => html.replace(/(["'=(])\s*data:[^"'\s>)]*/gi, "$1");

  /* Convert HTML of whatever origin.

     headings: whether the text may have any. tables: "apart" from the text, "within" it, or as
     "words". Returns the parts in order, texts and tables, and what was left out: counts, or true
     for what is not counted. */
  const convert = (source, options) => {
    const { page, sheets } = parsed(withoutData(source));
    const dropped = {};
    Paste.settleNotes(page, dropped);
    Paste.settleWord(page, sheets, dropped);
    const colours = new Set();
    const blocks = read(page.body, options, dropped, colours);
    if (colours.size > 1) dropped.colours = true;
    const found = parts(blocks, options);
    const tables = blocks.filter(({ type }) => type === "table");
    return { parts: found, dropped, tables };
  };

  return { convert, escape, quoted, styleOf, withoutData };
})();
