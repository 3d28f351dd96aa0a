/* A paste in the text editor: what paste.js makes of it goes where the cursor is, and what has no
   place within a text becomes blocks of its own (pasted.js). */
import { Extension, getHTMLFromFragment, Plugin, pm } from "django-prose-editor/editor";

const { DOMParser: Reader, Fragment, Slice } = pm.model;
const { TextSelection } = pm.state;
const { ReplaceStep } = pm.transform;

/* The rows and columns of the largest table of a text. */
const sizeOf = (doc) => {
  let rows = 0;
  let columns = 0;
  doc.descendants((node) => {
    if (node.type.name === "table") rows = Math.max(rows, node.childCount);
    if (node.type.name !== "tableRow") return node.type.name === "table";
    let width = 0;
    node.forEach((cell) => (width += cell.attrs.colspan));
    columns = Math.max(columns, width);
    return false;
  });
  return { rows, columns };
};

/* The step from a text, after what has just changed it, to another version of it. */
const stepTo = (other, { doc, selection }) => {
  const more = other.content.size - doc.content.size;
  // What changed ends where the cursor is, even if the words behind it are like its last ones.
  const last = doc.content.findDiffEnd(other.content)?.a ?? 0;
  const end = Math.max(last, selection.to, -more);
  const start = Math.min(doc.content.findDiffStart(other.content) ?? end, end, end + more);
  return new ReplaceStep(start, end, other.slice(start, end + more));
};

const hasWords = (content) => {
  let found = false;
  content.descendants((node) => {
    found ||= node.isText ? node.text.trim() !== "" : node.type.name === "citation";
  });
  return found;
};

export const Paste = Extension.create({
  name: "pasting",
  // Before what makes italics of pasted asterisks.
  priority: 1_000,

  addProseMirrorPlugins() {
    const { editor } = this;
    const { schema } = editor;
    const { Pasted } = window;
    const hasTables = Boolean(schema.nodes.table);

    const htmlOf = (content) => getHTMLFromFragment(content, schema);
    const contentOf = (html) => {
      const page = new DOMParser().parseFromString(html, "text/html");
      return Reader.fromSchema(schema).parse(page.body).content;
    };
    /* A piece for where the selection is. A few words join the paragraph there; several paragraphs
       stay paragraphs, however much of it stands before and behind them. */
    const pieceOf = (html, { $from, $to }, isPart = false) => {
      const open = Slice.maxOpen(contentOf(html), false);
      const { content, openStart, openEnd } = open;
      if (content.childCount < 2 && !isPart) return open;
      const isBehindWords = content.firstChild.isTextblock && $from.parentOffset > 0;
      const isBeforeWords =
        content.lastChild.isTextblock && $to.parentOffset < $to.parent.content.size;
      return new Slice(content, isBehindWords ? 0 : openStart, isBeforeWords ? 0 : openEnd);
    };

    let isPasting = false;
    const isRefused = (transaction) => {
      const isPaste = isPasting || transaction.getMeta("uiEvent") === "paste";
      if (!isPaste || !transaction.docChanged) return false;
      const { doc } = transaction;
      const refusal = Pasted.refusal([{ html: htmlOf(doc.content), hasTables, ...sizeOf(doc) }]);
      if (refusal) Pasted.refuse(editor, refusal);
      return Boolean(refusal);
    };

    /* One step for whoever undoes it, without what is typed before and behind it, and exactly what it
       says: no address in it becomes a link. */
    const dispatch = (transaction) => {
      transaction.setMeta("preventAutolink", true).setMeta("paste", true).scrollIntoView();
      editor.view.dispatch(pm.history.closeHistory(transaction));
      editor.view.dispatch(pm.history.closeHistory(editor.state.tr));
    };

    const insert = (view, event, html) => {
      const piece = pieceOf(html, view.state.selection);
      // Cells go into cells.
      const isTaken = hasTables && view.someProp("handlePaste", (take) => take(view, event, piece));
      if (!isTaken) dispatch(view.state.tr.replaceSelection(piece));
    };

    /* Text, table, text: the first text stays in this block, unless it has nothing to say. */
    const spread = (view, found) => {
      const transaction = view.state.tr.deleteSelection();
      const { from } = transaction.selection;
      const before = transaction.doc.cut(0, from).content;
      let behind = transaction.doc.cut(from).content;
      // The cursor stood at the end of a paragraph.
      if (!behind.firstChild?.content.size) behind = behind.cut(behind.firstChild?.nodeSize ?? 0);
      const parts = [...found.parts];
      if (parts[0].type !== "text") parts.unshift({ type: "text", html: "" });
      if (parts.at(-1).type !== "text") parts.push({ type: "text", html: "" });
      const staysLast = !parts[0].html && !hasWords(before) && Pasted.isOnlyHere(editor);
      const kept = staysLast ? parts.pop() : parts.shift();
      if (!staysLast && hasWords(behind)) parts.at(-1).html += htmlOf(behind);
      const others = parts.filter(({ html }) => html);
      for (const part of others) if (part.type === "text") part.html = htmlOf(contentOf(part.html));

      const left = staysLast ? behind : before;
      const emptyText = Fragment.from(schema.nodes.paragraph.create());
      const { size } = transaction.doc.content;
      transaction.replaceWith(0, size, left.size ? left : emptyText);
      transaction.setSelection(
        staysLast ? TextSelection.atStart(transaction.doc) : TextSelection.atEnd(transaction.doc),
      );
      if (kept.html) transaction.replaceSelection(pieceOf(kept.html, transaction.selection, true));
      const html = htmlOf(transaction.doc.content);
      const refusal = Pasted.refusal([{ html }, ...others]);
      if (refusal) {
        Pasted.refuse(editor, refusal);
        return [];
      }
      dispatch(transaction);
      return Pasted.addBlocks(editor, others, staysLast);
    };

    const isInCell = ({ $from }) => {
      const depths = [...Array($from.depth + 1).keys()];
      return depths.some((depth) => $from.node(depth).type.spec.tableRole?.endsWith("cell"));
    };
    const isTable = ({ parts }) => {
      const content = contentOf(parts.map(({ html }) => html).join(""));
      return content.childCount === 1 && content.firstChild.type.name === "table";
    };
    /* A table goes into the cells from the cursor on. Of one among other words the words do: no cell
       holds a table. */
    const read = (data, options) => {
      const { fromClipboard } = window.Paste;
      const found = fromClipboard(data, options);
      const isWhole = !hasTables || !found?.parts || !isInCell(editor.state.selection);
      return isWhole || isTable(found) ? found : fromClipboard(data, { ...options, tables: "words" });
    };

    const paste = (view, event) => {
      if (!view.editable) return false;
      const tables = hasTables ? "within" : Pasted.takesBlocks(editor) ? "apart" : "words";
      const quotes = Pasted.quotesFor(editor);
      const options = { headings: Boolean(schema.nodes.heading), tables, quotes };
      const found = read(event.clipboardData, options);
      if (!found) return false;
      event.preventDefault();
      const refusal =
        found.refusal ?? Pasted.refusal(found.parts.map((part) => ({ ...part, hasTables })));
      if (refusal) {
        Pasted.refuse(editor, refusal, found);
        return true;
      }
      const { doc } = view.state;
      let blocks = [];
      isPasting = true;
      try {
        if (found.parts.some(({ type }) => type === "table")) blocks = spread(view, found);
        else insert(view, event, found.parts.map(({ html }) => html).join(""));
      } finally {
        isPasting = false;
      }
      if (!view.state.doc.eq(doc) || blocks.length) {
        Pasted.tell(editor, { ...found, doc, blocks, dispatch, stepTo });
      }
      return true;
    };

    return [
      new Plugin({
        filterTransaction: (transaction) => !isRefused(transaction),
        props: { handleDOMEvents: { paste } },
      }),
    ];
  },
});
