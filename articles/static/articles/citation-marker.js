/* The marker of a citation in the text editor: it holds the key of a source and nothing else.
   Which number it shows, and what the button asks, is the business of citations.js. */
import { Node } from "django-prose-editor/editor";

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

/* In the place of a chosen marker, or behind the words that are chosen. */
const insert = (editor, keys) => {
  const { selection } = editor.state;
  const isMarker = selection.node?.type.name === "citation";
  const place = isMarker ? { from: selection.from, to: selection.to } : selection.to;
  const markers = keys.map((source) => ({ type: "citation", attrs: { source } }));
  editor.chain().focus().insertContentAt(place, markers).run();
};

export const Citation = Node.create({
  name: "citation",
  group: "inline",
  inline: true,
  atom: true,

  addAttributes() {
    return {
      source: {
        default: "",
        parseHTML: (element) => element.dataset.source,
        renderHTML: ({ source }) => ({ "data-source": source }),
      },
    };
  },

  parseHTML() {
    return [{ tag: "cite[data-source]" }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["cite", HTMLAttributes];
  },

  addNodeView() {
    return ({ node }) => {
      const dom = document.createElement("cite");
      dom.className = "citation-marker";
      dom.dataset.source = node.attrs.source;
      dom.textContent = "[…]";
      tell("citation:changed");
      return { dom, ignoreMutation: () => true, destroy: () => tell("citation:changed") };
    };
  },

  addMenuItems({ buttons, menu }) {
    const labels = document.getElementById("citation-labels")?.dataset;
    if (!labels) return;
    menu.defineItem({
      name: "citation",
      groups: "link",
      button: buttons.material("menu_book", labels.cite),
      active: (editor) => editor.isActive("citation"),
      command: (editor) =>
        tell("citation:choose", {
          insert: (keys) => insert(editor, keys),
          back: () => editor.commands.focus(),
        }),
    });
  },
});
