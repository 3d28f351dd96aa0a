/* The blocks of an article: real buttons, for a mouse and for a keyboard, to add, fold and move
   them, and what the other scripts of the desk know of them (window.Desk). */
"use strict";

window.Desk = (() => {
  const LONGEST = 90; // characters of a block's first words

  const labels = () => document.getElementById("desk-labels").dataset;

  const button = (label, act, className = "") => {
    const element = document.createElement("button");
    element.type = "button";
    element.className = className;
    element.textContent = label;
    element.addEventListener("click", act);
    return element;
  };

  const iconButton = (sign, label, act) => {
    const element = button(sign, act, "pill");
    element.setAttribute("aria-label", label);
    element.title = label;
    return element;
  };

  const ordering = (block) => block.querySelector(".order-machine-ordering");

  const all = () =>
    [...document.querySelectorAll(".order-machine .inline-related:not(.empty-form)")].sort(
      (a, b) => ordering(a).value - ordering(b).value,
    );

  /* The blocks that have not been removed, in their order. */
  const blocks = () => all().filter((block) => !block.classList.contains("desk-removed"));

  /* The block in which something is, or which an entry of the outline stands for. */
  const blockOf = (element) =>
    element.closest?.(".order-machine .inline-related") ??
    element.closest?.(".desk-outline li")?.block;

  /* What the form does by itself counts as a change too, for whoever listens. */
  const touch = (input) =>
    input.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: "desk" }));

  const announce = () => document.dispatchEvent(new CustomEvent("desk:blocks"));

  const say = (text) => {
    document.getElementById("desk-said").textContent = text;
  };

  const fill = (label, values) =>
    label.replace(/\{(\w+)\}/g, (_whole, name) => values[name] ?? "");

  /* Put a block before or behind another one. */
  const place = (block, neighbour, behind) => {
    const order = all().filter((each) => each !== block);
    order.splice(order.indexOf(neighbour) + (behind ? 1 : 0), 0, block);
    order.forEach((each, index) => {
      ordering(each).value = (index + 1) * 10;
      each.style.order = (index + 1) * 10;
    });
    touch(ordering(block));
    announce();
    const shown = blocks();
    say(fill(labels().moved, { place: shown.indexOf(block) + 1, total: shown.length }));
  };

  /* Have a block change places with the one before (-1) or after (+1). */
  const move = (block, step) => {
    const shown = blocks();
    const neighbour = shown[shown.indexOf(block) + step];
    if (!neighbour) return;
    place(block, neighbour, step > 0);
    block.scrollIntoView({ block: "nearest" });
  };

  const moveButtons = (block) => {
    const moves = document.createElement("span");
    moves.className = "desk-move";
    for (const [label, sign, step] of [[labels().up, "↑", -1], [labels().down, "↓", 1]]) {
      moves.append(
        iconButton(sign, label, (event) => {
          move(block, step);
          event.currentTarget.focus();
        }),
      );
    }
    // The heading folds the block when it is clicked: not by these buttons.
    moves.addEventListener("click", (event) => event.stopPropagation());
    return moves;
  };

  /* What a block is: "Text", "Figure". */
  const kind = (block) => block.querySelector(".desk-fold").textContent.trim();

  const textOf = (field) => {
    const value = field.selectedOptions
      ? [...field.selectedOptions].map((option) => option.textContent).join(" ")
      : (field.value ?? field.textContent);
    const isHtml = field.closest(".prose-editor") || /^\s*</.test(value);
    const parts = value.slice(0, 600).replace(/<\/(p|h\d|li)>|<br>/g, " $&");
    const text = isHtml
      ? new DOMParser().parseFromString(parts, "text/html").body.textContent
      : parts;
    return text.replace(/\s+/g, " ").trim();
  };

  /* The first words of a block, in a language that is shown if it has any there. */
  const words = (block) => {
    const fields = [
      ...block.querySelectorAll(
        ".form-row:not(.hidden) :is(textarea, input[type=text], .file-title, .admin-autocomplete)",
      ),
    ].filter(
      (field) =>
        !field.matches(".file-choice input") &&
        !field.closest(".image-choice, .prose-menubar"),
    );
    const isShown = (field) => !field.closest(".in-another-language");
    for (const candidates of [fields.filter(isShown), fields]) {
      for (const field of candidates) {
        const text = textOf(field);
        if (text) return text.length > LONGEST ? `${text.slice(0, LONGEST).trimEnd()}…` : text;
      }
    }
    return "";
  };

  /* A block's picture, if it has one, in small. */
  const thumbnail = (block) => {
    const picture = block.querySelector("fieldset img.thumbnail");
    if (!picture) return null;
    const small = new Image();
    small.src = picture.src;
    small.alt = "";
    small.className = "desk-thumbnail";
    return small;
  };

  /* Show, in an element, what a block says and shows. */
  const glance = (element, block) => {
    const text = document.createElement("span");
    text.className = "desk-words";
    text.textContent = words(block) || labels().empty;
    element.replaceChildren(...[thumbnail(block), text].filter(Boolean));
  };

  const refresh = (block) => glance(block.querySelector(".desk-glance"), block);

  /* The block after which the next one is added; without one it comes to the end. */
  let before = null;
  const aim = (block) => {
    before = block;
    const what = block && [kind(block), words(block)].filter(Boolean).join(": ");
    document.querySelector(".desk-add-where").textContent = block
      ? fill(labels().after, { what })
      : "";
  };
  /* The block that the next one is put before; null at the end. */
  const successor = () => {
    const shown = blocks();
    return (before && shown[shown.indexOf(before) + 1]) ?? null;
  };

  /* Give a block's heading its buttons. */
  const equip = (block) => {
    const heading = block.querySelector(":scope > h3");
    if (!heading || heading.querySelector(".desk-fold")) return;
    heading.querySelector(".material-icons")?.setAttribute("aria-hidden", "true");
    const name = heading.querySelector("b");
    // A click on it is one on the heading, which folds the block.
    const fold = button(name.textContent.replace(/:\s*$/, ""), () => {}, "desk-fold");
    const tell = () =>
      fold.setAttribute("aria-expanded", !block.classList.contains("collapsed"));
    new MutationObserver(tell).observe(block, { attributeFilter: ["class"] });
    tell();
    name.replaceWith(fold);
    const shown = document.createElement("span");
    shown.className = "desk-glance";
    const tools = document.createElement("span");
    tools.className = "desk-tools";
    tools.append(moveButtons(block));
    if (window.ContentEditor.allowChange) {
      tools.append(
        iconButton("+", labels().addAfter, (event) => {
          event.stopPropagation();
          aim(block);
          document.querySelector("#add-block button").focus();
        }),
      );
    }
    heading.querySelector(".inline_label").after(shown, tools);
    refresh(block);
  };

  const FIELDS = "input:not([type=hidden]), select, textarea, button, a.button";

  /* Put the focus into the first field of a block that has just been added. */
  const enter = (block) => {
    block.scrollIntoView({ block: "nearest" });
    const row = [...block.querySelectorAll(".form-row")].find(
      (each) => each.offsetParent && each.querySelector(FIELDS),
    );
    const field = [...(row?.querySelectorAll(FIELDS) ?? [])].find(
      (each) => !each.matches(":is(.image-choice, .file-choice) input, .prose-menubar *"),
    );
    // A text editor takes the place of its field, in a moment.
    block.addEventListener("prose-editor:ready", ({ target, detail }) => {
      if (target === field) detail.editor.commands.focus();
    });
    field?.focus();
  };

  document.addEventListener("content-editor:ready", () => {
    const editor = window.ContentEditor;
    all().forEach(equip);
    if (!editor.allowChange) return;

    const bar = document.createElement("div");
    bar.className = "desk-add";
    bar.id = "add-block";
    bar.tabIndex = -1;
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", labels().add);
    const where = document.createElement("p");
    where.className = "desk-add-where";
    where.setAttribute("role", "status");
    bar.append(where);
    bar.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !before) return;
      before.querySelector(".desk-fold").focus();
      aim(null);
    });
    const rare = document.createElement("details");
    rare.append(document.createElement("summary"));
    rare.firstChild.textContent = labels().more;
    for (const plugin of editor.plugins) {
      (plugin.isRare ? rare : bar).append(
        button(
          `+ ${plugin.title}`,
          () => {
            editor._insertBefore = successor();
            aim(null);
            editor.addContent(plugin.prefix);
          },
          "pill",
        ),
      );
    }
    bar.append(rare);
    document.querySelector(".order-machine-wrapper").after(bar);

    document.addEventListener("formset:added", (event) => {
      if (!(event.detail.formsetName in editor.pluginsByPrefix)) return;
      equip(event.target);
      enter(event.target);
      announce();
    });
    // Blocks that were drawn to another place with the mouse.
    document.querySelector(".order-machine").addEventListener("drop", (event) => {
      touch(ordering(blockOf(event.target) ?? blocks()[0]));
      setTimeout(announce);
    });
  });

  return {
    announce, blockOf, blocks, button, fill, glance, iconButton, kind, labels, move, moveButtons,
    place, refresh, say, touch, words,
  };
})();
