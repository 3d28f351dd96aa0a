/* Links: the dialog that finds what they lead to, and the notes under the text editors about those
   that lead nowhere. How a link stands in a text is the business of own-link.js. */
"use strict";

(() => {
  const WAIT = 250; // milliseconds without a key, before the articles are searched
  const MOST = 100; // are asked about at once
  const PAUSE = 400; // milliseconds without a key, before a text is looked at

  let labels, dialog, phrases;
  // What is known of the articles and files to which links lead, by key; null for what is not there.
  const known = new Map();

  const fill = (label, values) =>
    label.replace(/\{(\w+)\}/g, (_whole, name) => values[name] ?? "");

  const keyIn = ({ article, file }) => article ?? file;

  const ask = async (query) => {
    const response = await fetch(`${dialog.dataset.find}?${new URLSearchParams(query)}`);
    if (!response.ok || response.redirected) throw new Error(response.statusText);
    const found = await response.json();
    for (const each of [...found.found, ...found.headings]) known.set(keyIn(each), each);
    return found;
  };

  const audience = () => document.getElementById("id_audience")?.value ?? labels.public;
  const isLive = ({ live }, language) => [labels.public, audience()].includes(live[language]);
  const isRefused = ({ reserved }) => reserved && audience() === labels.public;

  const languageOf = (element) => element.closest("[data-language]")?.dataset.language ?? "";

  // The headings of this article, as they stand in the form

  const parse = (html) => new DOMParser().parseFromString(html, "text/html").body;

  const keyOf = (block) => {
    const token = block.querySelector('input[name$="-block_key"]')?.value ?? "";
    return token.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  /* The words of a heading as the server reads them: a break parts two words, and a raised or lowered
     minus is a sign of its own. */
  const wordsOf = (heading) => {
    for (const end of heading.querySelectorAll("br")) end.replaceWith(" ");
    for (const part of heading.querySelectorAll("sup, sub")) {
      if (/^[-+=()−0-9]+$/.test(part.textContent)) {
        part.textContent = part.textContent.replaceAll("-", "−");
      }
    }
    return heading.textContent.trim();
  };

  /* As the server names them (articles/text/headings.py). One whose block has no key yet is named by
     its words alone. */
  const headings = (language) =>
    window.Desk.blocks().flatMap((block) => {
      const text = block.querySelector(
        `textarea[name^="articles_richtext_set-"][name$="-text_${language}"]`,
      );
      if (!text?.value.includes("<h")) return [];
      const key = keyOf(block);
      const taken = new Set();
      return [...parse(text.value).querySelectorAll("h2, h3")].map((heading) => {
        const words = wordsOf(heading);
        const stem = window.URLify(words, 60) || "section";
        let name = stem;
        for (let count = 2; taken.has(name); count += 1) name = `${stem}-${count}`;
        taken.add(name);
        return { words, stem, heading: key ? `${key}/${name}` : name, name };
      });
    });

  // Notes under the editors

  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };

  const noteOn = (link, language, here) => {
    const { heading } = link.dataset;
    const key = keyIn(link.dataset);
    const target = link.getAttribute("href") ?? "";
    const words = { words: link.textContent.trim(), target, language: phrases[language] ?? "" };
    if (key) {
      const found = known.get(key);
      if (key === labels.article || found === undefined) return "";
      if (!found) return fill(labels.noteGone, words);
      words.target = found.title;
      if (isRefused(found)) return fill(labels.noteReserved, words);
      return isLive(found, language) ? "" : fill(labels.noteNotLive, words);
    }
    if (heading) {
      const name = heading.split("/").at(-1);
      const isHere = here().some((each) => each.heading === heading || each.name === name);
      return isHere ? "" : fill(labels.noteHeading, words);
    }
    if (target.startsWith("#")) {
      const anchor = decoded(target.slice(1));
      const stems = [anchor, anchor.replace(/-\d+$/, "")];
      const isHere = here().some(({ stem }) => stems.includes(stem));
      const isSource = /^(sources|r\d+)$/.test(anchor);
      return isHere || isSource ? "" : fill(labels.noteAnchor, words);
    }
    const isWhole = /^([a-z][a-z0-9+.-]*:|\/)/i.test(target);
    return isWhole ? "" : fill(labels.noteAddress, words);
  };

  const learn = async (links) => {
    const unknown = links.filter(({ dataset }) => keyIn(dataset) && !known.has(keyIn(dataset)));
    if (!unknown.length) return;
    const query = unknown
      .slice(0, MOST)
      .map(({ dataset: { article, file } }) => (article ? ["article", article] : ["file", file]));
    await ask(query).then(
      () => query.filter(([, key]) => !known.has(key)).forEach(([, key]) => known.set(key, null)),
      () => {},
    );
  };

  const notesOf = (text) => {
    const editor = text.closest(".prose-editor");
    let list = editor.nextElementSibling;
    if (!list?.matches(".link-notes")) {
      list = document.createElement("ul");
      list.className = "link-notes";
      list.setAttribute("aria-live", "polite");
      editor.after(list);
    }
    return list;
  };

  /* Look at a text; what was found of the headings serves the next one too. */
  const look = async (text, found = new Map()) => {
    const list = notesOf(text);
    const language = languageOf(text);
    const links = text.value.includes("<a ") ? [...parse(text.value).querySelectorAll("a")] : [];
    await learn(links);
    const here = () => {
      if (!found.has(language)) found.set(language, headings(language));
      return found.get(language);
    };
    const notes = [...new Set(links.map((link) => noteOn(link, language, here)).filter(Boolean))];
    if (notes.join("\n") === [...list.children].map((item) => item.textContent).join("\n")) return;
    list.replaceChildren(
      ...notes.map((note) => {
        const item = document.createElement("li");
        item.textContent = note;
        return item;
      }),
    );
  };

  const texts = () => [...document.querySelectorAll(".prose-editor > textarea")];

  /* The texts that were changed, and all in which a link depends on something else in the form. */
  let later = 0;
  const changed = new Set();
  const lookAround = () => {
    clearTimeout(later);
    later = setTimeout(() => {
      const depending = texts().filter((text) => /<a (data-|href="#)/.test(text.value));
      const found = new Map();
      for (const text of new Set([...changed, ...depending])) look(text, found);
      changed.clear();
    }, PAUSE);
  };

  document.addEventListener("input", ({ target }) => {
    if (!labels || !target.matches(".prose-editor > textarea")) return;
    changed.add(target);
    lookAround();
  });
  document.addEventListener("prose-editor:ready", ({ target }) => {
    if (labels) look(target);
  });
  for (const name of ["change", "desk:blocks"]) {
    document.addEventListener(name, () => labels && lookAround());
  }

  // The dialog

  const ADDRESSES = [
    [/^(?:mailto:)?([^\s@/:]+@[^\s@]+\.[^\s@.]+)$/i, "mail", ([, email]) => `mailto:${email}`],
    [/^(?:tel:)?\+?[\d\s()./-]{5,}$/i, "phone", ([all]) => `tel:${all.replace(/[^\d+]/g, "")}`],
    [/^https?:\/\/[^\s/?#]+\S*$/i, "web", ([all]) => all],
    [/^(?:[\p{L}\d-]+\.)+\p{L}{2,}(?:[/?#:]\S*)?$/iu, "web", ([all]) => `https://${all}`],
    [/^\/(?!\/)\S*$/, "web", ([all]) => all],
  ];
  // What was meant as an address, and is none that leads anywhere.
  const DEAD = /^(#|\.{1,2}\/|[a-z][a-z0-9+.-]*:\S)/i;

  const addressIn = (text) => {
    for (const [form, kind, make] of ADDRESSES) {
      const match = text.match(form);
      if (match) return { kind, href: make(match) };
    }
    return null;
  };

  const begin = () => {
    const search = dialog.querySelector("#link-search");
    const state = dialog.querySelector(".link-state");
    const now = dialog.querySelector(".link-now");
    const [address, here, articles, files, elsewhere] = dialog.querySelectorAll(".link-group");
    let task = null; // where the link is made, and what it leads to now

    const say = (label, values = {}) => (state.textContent = fill(label, values));
    const language = () => languageOf(task.field);

    const take = (target, words) => {
      const { field, lead } = task;
      task.back = null;
      dialog.close();
      lead(target, words);
      window.Desk.touch(field.closest(".prose-editor").querySelector("textarea"));
    };

    const remarkOn = (target) => {
      if (isRefused(target)) return labels.reserved;
      const words = { language: phrases[language()] };
      return isLive(target, language()) ? "" : fill(labels.notLive, words);
    };

    /* A result: a button that makes the link. */
    const result = (words, target, { remark = "", more = null, text = words } = {}) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link-result";
      const name = document.createElement("span");
      name.textContent = words;
      button.append(name);
      if (remark) {
        const small = document.createElement("small");
        small.textContent = remark;
        button.append(" ", small);
      }
      button.addEventListener("click", () => take(target, text));
      item.append(button, ...(more ? [more] : []));
      return item;
    };

    const show = (group, items) => {
      group.querySelector("ul").replaceChildren(...items);
      group.hidden = !items.length;
    };

    /* What opens the headings of an article that was found. */
    const headingsOf = (article) => {
      const details = document.createElement("details");
      const summary = document.createElement("summary");
      summary.textContent = fill(labels.headings, article);
      details.append(summary);
      details.addEventListener("toggle", async () => {
        if (!details.open || details.childElementCount > 1) return;
        const list = document.createElement("ul");
        details.append(list);
        try {
          const found = await ask({ of: article.article, language: language() });
          list.append(...found.headings.map((each) => result(each.text, targetOf(each))));
          if (!found.headings.length) {
            const none = document.createElement("p");
            none.textContent = fill(labels.noHeadings, { language: phrases[language()] });
            list.replaceWith(none);
          }
        } catch {
          list.remove();
          say(labels.failed);
        }
      });
      return details;
    };

    const targetOf = ({ article, heading = null }) => ({ article, heading });

    const showFound = (found) => {
      const others = found.found.filter(({ article }) => article && article !== labels.article);
      show(
        articles,
        others.map((each) =>
          result(each.title, targetOf(each), { remark: remarkOn(each), more: headingsOf(each) }),
        ),
      );
      show(
        files,
        found.found
          .filter(({ file }) => file)
          .map((each) => result(each.title, { file: each.file }, { remark: remarkOn(each) })),
      );
      const far = found.headings.filter(({ article }) => article !== labels.article);
      show(
        elsewhere,
        far.map((each) =>
          result(fill(labels.toHeading, { heading: each.text, title: each.title }), targetOf(each), {
            remark: remarkOn(each),
            text: each.text,
          }),
        ),
      );
    };

    const results = () => [...dialog.querySelectorAll(".link-group:not([hidden]) .link-result")];

    let asked = 0;
    const find = async () => {
      const wanted = search.value.trim();
      const mine = ++asked;
      if (wanted.length < 2 || DEAD.test(wanted)) {
        showFound({ found: [], headings: [] });
        return;
      }
      try {
        const found = await ask({ q: wanted, language: language() });
        if (mine !== asked || !task) return;
        showFound(found);
        const count = results().length;
        say(count ? labels.found : labels.none, { count });
      } catch {
        if (mine === asked) say(labels.failed);
      }
    };

    /* What can be told at once. */
    const list = () => {
      const wanted = search.value.trim();
      const found = addressIn(wanted);
      const name = found && labels[found.kind];
      show(
        address,
        found ? [result(found.href, { href: found.href }, { remark: name, text: wanted })] : [],
      );
      const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
      const fitting = task.headings.filter((each) =>
        words.every((word) => each.words.toLowerCase().includes(word)),
      );
      show(here, fitting.map((each) => result(each.words, { heading: each.heading })));
      if (!found && DEAD.test(wanted)) say(labels.refused, { address: wanted });
      else say("");
    };

    let timer = 0;
    search.addEventListener("input", () => {
      list();
      clearTimeout(timer);
      timer = setTimeout(find, WAIT);
    });

    dialog.querySelector(".link-choice").addEventListener("submit", (event) => {
      event.preventDefault();
      const found = results();
      // An address is meant as it is written; what is the only one that fits need not be chosen.
      if (!address.hidden || found.length === 1) found[0].click();
      else if (found.length) {
        say(labels.choose);
        found[0].focus();
      } else if (!state.textContent) say(labels.type);
    });

    dialog.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      const places = [search, ...results().filter((each) => each.checkVisibility())];
      const next = places[places.indexOf(document.activeElement) + step];
      if (!next || !places.includes(document.activeElement)) return;
      event.preventDefault();
      next.focus();
    });

    const shownNow = (target) => {
      const { heading, href } = target;
      const found = known.get(keyIn(target));
      if (found) return fill(labels.nowTitle, found);
      if (heading && !keyIn(target)) return labels.nowHere;
      return href ?? "";
    };

    document.addEventListener("link:choose", ({ detail }) => {
      task = { ...detail, headings: headings(languageOf(detail.field)) };
      const { target } = task;
      dialog.querySelector("h2").textContent = target ? labels.change : labels.make;
      const leadsTo = target ? shownNow(target) : "";
      now.hidden = !target;
      now.querySelector("span").textContent = leadsTo && fill(labels.now, { target: leadsTo });
      search.value = target?.href?.replace(/^(mailto|tel):/, "") ?? "";
      showFound({ found: [], headings: [] });
      list();
      dialog.showModal();
      search.select();
      search.focus();
    });

    dialog.querySelector(".link-remove").addEventListener("click", () => {
      const { field, remove } = task;
      task.back = null;
      dialog.close();
      remove();
      window.Desk.touch(field.closest(".prose-editor").querySelector("textarea"));
    });
    dialog.querySelector(".link-close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      clearTimeout(timer);
      task?.back?.();
      task = null;
    });
  };

  addEventListener("DOMContentLoaded", () => {
    dialog = document.getElementById("link-dialog");
    if (!dialog) return;
    labels = document.getElementById("link-labels").dataset;
    phrases = JSON.parse(labels.phrases);
    for (const [key, target] of Object.entries(JSON.parse(labels.targets))) known.set(key, target);
    begin();
    for (const text of texts()) look(text);
  });
})();
