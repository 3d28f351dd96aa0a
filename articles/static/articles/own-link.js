/* The link in the text editor, in the place of the editor's own: it may lead to an article, a
   heading or a file, which it names by their keys. What the button asks is the business of
   link-dialog.js. */
import { Link as BaseLink } from "django-prose-editor/editor";

/* What tells where a link leads, by the names that the editor has for it. */
const TARGETS = { article: "data-article", file: "data-file", heading: "data-heading" };
const NOWHERE = { href: null, title: null, article: null, file: null, heading: null };

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

/* Return where the word at the cursor is, so that there is something to make a link of. */
const wordAt = (editor) => {
  const { $from, from } = editor.state.selection;
  const { parent, parentOffset } = $from;
  const text = parent.textBetween(0, parent.content.size, "", "\ufffc");
  const before = text.slice(0, parentOffset).match(/[\p{L}\p{N}’'-]*$/u)[0].length;
  const behind = text.slice(parentOffset).match(/^[\p{L}\p{N}’'-]*/u)[0].length;
  return { from: from - before, to: from + behind };
};

/* Make a link of the chosen words, or have the one at the cursor lead elsewhere; where nothing is
   chosen, of some words. */
const lead = (editor, target, words) => {
  const attributes = { ...NOWHERE, ...target };
  const chain = editor.chain().focus().setMeta("preventAutolink", true);
  if (editor.isActive("link")) {
    chain.extendMarkRange("link").updateAttributes("link", attributes).run();
  } else if (editor.state.selection.empty) {
    const marks = [{ type: "link", attrs: attributes }];
    chain.insertContent({ type: "text", text: words, marks }).unsetMark("link").run();
  } else {
    chain.setMark("link", attributes).run();
  }
};

export const Link = BaseLink.extend({
  addAttributes() {
    const own = Object.entries(TARGETS).map(([name, attribute]) => [
      name,
      {
        default: null,
        parseHTML: (element) => element.getAttribute(attribute),
        renderHTML: ({ [name]: value }) => (value ? { [attribute]: value } : {}),
      },
    ]);
    return { ...this.parent?.(), ...Object.fromEntries(own) };
  },

  parseHTML() {
    const tags = Object.values(TARGETS).map((attribute) => ({ tag: `a[${attribute}]` }));
    return [...tags, ...this.parent()];
  },

  addCommands() {
    return {
      ...this.parent?.(),
      addLink:
        () =>
        ({ editor, commands }) => {
          const isLink = editor.isActive("link");
          const isWord = !isLink && editor.state.selection.empty;
          if (isWord) commands.setTextSelection(wordAt(editor));
          const choice = {
            field: editor.view.dom,
            target: isLink ? editor.getAttributes("link") : null,
            lead: (target, words) => lead(editor, target, words),
            remove: () => editor.chain().focus().extendMarkRange("link").unsetLink().run(),
            back: () => editor.commands.focus(),
          };
          // Once the word is chosen.
          queueMicrotask(() => tell("link:choose", choice));
          return true;
        },
    };
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "link",
      groups: "link",
      button: buttons.material("insert_link", "insert link"),
      active: (editor) => editor.isActive("link"),
      command: (editor) => editor.commands.addLink(),
    });
  },
});
