/* Clean HTML from blocks: paragraphs, headings, tables, and items of lists with their level. */
"use strict";

window.Paste = (() => {
  const DEEPEST = 9; // levels of lists, as word processors have them

  const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\xa0": "&nbsp;" };
  const escape = (text) => text.replace(/[&<>\xa0]/g, (sign) => SIGNS[sign]);
  const quoted = (text) => `"${escape(text).replaceAll('"', "&quot;")}"`;

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
        list?.tag === tag && list.numbering === numbering && (start === null || start === list.next);
      if (goesOn) {
        html += "</li>";
        list.level = Math.min(list.level, level);
      } else {
        closeTo(depth);
        const from = isOrdered && (start ?? 1) !== 1 ? ` start="${start}"` : "";
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

  return { escape, inline, parts, quoted, write, written };
})();
