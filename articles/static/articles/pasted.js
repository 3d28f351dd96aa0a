/* After a paste: the blocks that it has made, and the line under the text that says what was left
   out and takes the paste back. */
"use strict";

window.Pasted = (() => {
  const MOST_TABLES = 20; // in one paste
  const KINDS = [
    "pictures", "media", "formulas", "comments", "deletions", "links", "unrolled", "fields",
    "colours", "underlining", "strike", "backwards", "contents",
  ]; // in the order of the sentence

  const labels = () => document.getElementById("paste-labels").dataset;
  const number = (value) => value.toLocaleString(document.documentElement.lang);
  const counted = (name, count) =>
    window.Desk.fill(labels()[count === 1 ? `${name}One` : name], { count: number(count) });

  const rowOf = (editor) => editor.view.dom.closest(".form-row");
  const fieldOf = (editor) => editor.view.dom.closest(".prose-editor").querySelector("textarea");

  /* The same text in the other languages. */
  const others = (editor) => {
    const { language } = rowOf(editor).dataset;
    const { name } = fieldOf(editor);
    const stem = name.slice(0, -language.length);
    return [...fieldOf(editor).form.elements].filter(
      (field) =>
        field !== fieldOf(editor) &&
        field.name?.startsWith(stem) &&
        field.name.slice(stem.length) === field.closest(".form-row")?.dataset.language,
    );
  };
  const isOnlyHere = (editor) => others(editor).every(({ value }) => !value);

  const prefixOf = (block) => block.id.replace(/-\d+$/, "");
  const mayAdd = (prefix) => document.querySelector(`#${prefix}-group .add-row`) !== null;

  /* Whether what has no place in a text may stand in a block after it. */
  const takesBlocks = (editor) => {
    const block = window.Desk.blockOf(editor.view.dom);
    const isText = block && prefixOf(block) === labels().texts;
    return Boolean(isText) && mayAdd(labels().texts) && mayAdd(labels().tables);
  };

  const encoded = (entries) => new URLSearchParams(entries).toString().length;

  /* Why these parts cannot be pasted; nothing if they can. */
  const refusal = (parts) => {
    const { longest, longestTable, rows, columns, form } = labels();
    const tables = parts.filter(({ type }) => type === "table");
    if (tables.length > MOST_TABLES) {
      return { kind: "tables", values: { count: number(tables.length), limit: MOST_TABLES } };
    }
    for (const part of parts) {
      const isTable = part.type === "table" || part.hasTables;
      const limit = Number(isTable ? longestTable : longest);
      if (part.html.length > limit) {
        const values = { length: number(part.html.length), limit: number(limit) };
        return { kind: "long", values };
      }
      if (part.rows > rows || part.columns > columns) {
        const values = { rows: number(part.rows), columns: number(part.columns) };
        return { kind: "table", values: { ...values, mostRows: rows, mostColumns: columns } };
      }
    }
    const now = encoded(new FormData(document.getElementById("article_form")));
    const more = encoded(parts.map(({ html }) => ["", html]));
    return now + more > form ? { kind: "form" } : null;
  };

  const leftOut = (dropped) => {
    const named = KINDS.filter((kind) => dropped[kind]).map((kind) =>
      dropped[kind] === true ? labels()[kind] : counted(kind, dropped[kind]),
    );
    return named.length ? window.Desk.fill(labels().leftOut, { what: named.join(", ") }) : "";
  };

  const show = (editor, words, ...buttons) => {
    const row = rowOf(editor);
    row.querySelector(".pasted-line")?.remove();
    const line = document.createElement("div");
    line.className = "pasted-line";
    const text = document.createElement("p");
    text.textContent = words;
    const close = window.Desk.iconButton("×", window.Desk.labels().close, () => {
      line.remove();
      editor.commands.focus();
    });
    close.className = "pasted-close";
    line.append(text, ...buttons, close);
    editor.view.dom.closest(".prose-editor").after(line);
    window.Desk.say(words);
    return line;
  };

  const quotesFor = (editor) => JSON.parse(labels().quotes)[rowOf(editor).dataset.language];

  const refuse = (editor, { kind, values = {} }, { dropped = {} } = {}) => {
    const words = window.Desk.fill(labels()[`${kind}Refused`], values);
    show(editor, [words, leftOut(dropped)].filter(Boolean).join(" ")).classList.add("is-refusal");
  };

  /* Blocks */

  const inputOf = (block, name) => block.querySelector(`[name="${block.id}-${name}"]`);

  const added = (prefix) => {
    let made = null;
    const take = ({ target }) => (made = target);
    document.addEventListener("formset:added", take, { once: true });
    window.ContentEditor._insertBefore = null;
    window.ContentEditor.addContent(prefix);
    document.removeEventListener("formset:added", take);
    return made;
  };

  /* Add a block for each part, in order, before or behind the block of the editor. */
  const addBlocks = (editor, parts, areBefore) => {
    const { language } = rowOf(editor).dataset;
    const home = window.Desk.blockOf(editor.view.dom);
    const onlyIn = inputOf(home, "only_in")?.value ?? "";
    // Where the others have this text whole, they need no second part of it.
    const elsewhere = onlyIn ? [] : others(editor);
    const isWholeElsewhere = elsewhere.length > 0 && elsewhere.every(({ value }) => value);
    let last = home;
    const blocks = parts.map((part) => {
      const block = added(part.type === "table" ? labels().tables : labels().texts);
      // Its editor reads what is in the field in a moment.
      inputOf(block, `text_${language}`).value = part.html;
      if (part.type === "table") {
        inputOf(block, `caption_${language}`).value = part.caption;
        if (part.headerRow !== undefined) inputOf(block, "header_row").checked = part.headerRow;
        if (part.headerColumn !== undefined) {
          inputOf(block, "header_column").checked = part.headerColumn;
        }
      }
      const isOnlyHere = isWholeElsewhere && part.type === "text";
      inputOf(block, "only_in").value = isOnlyHere ? language : onlyIn;
      window.Desk.place(block, last, !(areBefore && last === home));
      last = block;
      return block;
    });
    // Whoever pastes goes on writing behind it; a table first asks for its caption.
    if (!areBefore && prefixOf(last) === labels().tables) return blocks;
    const field = inputOf(last, `text_${language}`);
    last.addEventListener("prose-editor:ready", ({ target, detail }) => {
      if (target === field) (areBefore ? editor : detail.editor).commands.focus("end");
    });
    return blocks;
  };

  /* What was done, with the way back, on which nothing is lost that was typed meanwhile. */
  const tell = (editor, { dropped, doc, blocks, dispatch, stepTo }) => {
    const { Desk } = window;
    const tables = blocks.filter((block) => prefixOf(block) === labels().tables).length;
    const only = (block) => inputOf(block, "only_in")?.value ?? "";
    const home = Desk.blockOf(editor.view.dom);
    const isOnly = blocks.some((block) => only(block) !== only(home));
    const words = [
      tables && counted("apart", tables),
      isOnly && labels().only,
      dropped.footnotes && counted("footnotes", dropped.footnotes),
      leftOut(dropped),
    ].filter(Boolean);
    if (!words.length) {
      rowOf(editor).querySelector(".pasted-line")?.remove();
      return;
    }

    let isUndone = false;
    const texts = { true: [], false: [] }; // without and with the paste, as they were and are
    let step; // that leads from the one to the other
    let replaced; // what it replaces
    const lead = (from, back) => {
      step = back;
      replaced = step.invert(editor.state.doc).slice;
      texts[!isUndone].push(from);
      texts[isUndone].push(editor.state.doc);
    };
    const isOneOf = (known, text) => known.some((each) => each.eq(text));
    const isOpen = () => {
      const { doc: now, tr } = editor.state;
      if (!step || tr.maybeStep(step).failed) return false;
      // What was typed into a pasted text goes and comes with it; nothing else ever goes.
      return !isUndone || now.slice(step.from, step.to).eq(replaced);
    };

    const toggle = () => {
      isUndone = !isUndone;
      // What was removed since then, on its own, stays so.
      const left = blocks.filter((block) => !block.querySelector(".desk-removed-line"));
      for (const block of left) Desk.markRemoved(block, isUndone);
      text.textContent = isUndone ? labels().undone : words.join(" ");
      button.textContent = isUndone ? labels().again : labels().undo;
      Desk.say(text.textContent);
    };
    const button = Desk.button(labels().undo, () => {
      const { doc: now, tr } = editor.state;
      const back = step.invert(now);
      editor.off("transaction", follow);
      dispatch(tr.step(step));
      editor.on("transaction", follow);
      toggle();
      lead(now, back);
    });
    const follow = ({ transaction, appendedTransactions }) => {
      const changes = [transaction, ...appendedTransactions].filter(({ docChanged }) => docChanged);
      if (!changes.length) return;
      const history = editor.state.plugins.find(({ key }) => key.startsWith("history$"));
      const { before, doc: now } = transaction;
      const isOther = () => isOneOf(texts[!isUndone], now) && !isOneOf(texts[isUndone], now);
      if (transaction.getMeta(history) && isOther()) {
        // Ctrl-Z does the same: what the paste has made goes and comes with it.
        toggle();
        lead(before, stepTo(before, editor.state));
      } else {
        for (const { mapping } of changes) step = step?.map(mapping);
      }
      button.hidden = !isOpen();
    };
    lead(doc, stepTo(doc, editor.state));
    editor.on("transaction", follow);
    const line = show(editor, words.join(" "), button);
    const text = line.querySelector("p");
    button.className = "pill desk-undo";
  };

  return { addBlocks, isOnlyHere, quotesFor, refusal, refuse, takesBlocks, tell };
})();
