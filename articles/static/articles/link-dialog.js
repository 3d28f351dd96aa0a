/* The dialog of links: what is typed is an address, or is searched for among the headings of this
   article, the other articles, their headings, and the files. */
"use strict";

(() => {
  const { Links } = window;
  const { ask, headings, isLive, isRefused, keyIn, known, languageOf } = Links;
  const WAIT = 250; // milliseconds without a key, before the articles are searched

  // Emergency numbers have three digits; of other words that are so short, few are numbers to call.
  const PHONE = /^(?:tel:\+?(?:[\s()./-]*\d){3,}|\+?(?:[\s()./-]*\d){5,})[\s()./-]*$/i;
  const ADDRESSES = [
    [/^(?:mailto:)?([^\s@/:]+@[^\s@]+\.[^\s@.]+)$/i, "mail", ([, email]) => `mailto:${email}`],
    [PHONE, "phone", ([all]) => `tel:${all.replace(/[^\d+]/g, "")}`],
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
    const { labels, phrases } = Links;
    const { fill } = window.Desk;
    const dialog = document.getElementById("link-dialog");
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
          document.dispatchEvent(new Event("desk:unanswered"));
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
        if (mine !== asked) return;
        say(labels.failed);
        document.dispatchEvent(new Event("desk:unanswered"));
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
    let finding = Promise.resolve();
    const findNow = () => {
      if (timer) finding = find();
      clearTimeout(timer);
      timer = 0;
      return finding;
    };
    search.addEventListener("input", () => {
      list();
      clearTimeout(timer);
      timer = setTimeout(findNow, WAIT);
    });

    dialog.querySelector(".link-choice").addEventListener("submit", async (event) => {
      event.preventDefault();
      const mine = task;
      // Until it has come, what is shown was found by other words.
      if (address.hidden) await findNow();
      if (task !== mine) return;
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
      timer = 0;
      task?.back?.();
      task = null;
    });
  };

  addEventListener("DOMContentLoaded", () => {
    if (Links.labels) begin();
  });
})();
