/* Nothing typed is lost. What the form holds is sent to the server a few seconds after a change,
   as a draft, and stays in this browser for as long as the server does not have it.

   The browser's copies are kept by user and tab. Another user's are never looked at. */
"use strict";

(() => {
  const QUIET = 1_500; // ms without a change before it is sent
  const LATEST = 4_000; // ms after a change, while typing goes on
  const COPY = 700; // ms after a change, in this browser
  const RETRY = 5_000; // ms
  const PATIENCE = 15_000; // ms that an answer may take
  const LAST_WORDS = 60_000; // bytes that a browser sends for a page that is being left
  const KEPT = 90 * 24 * 3_600_000; // ms that a copy may wait to be sent

  // What is no text of the article: tokens, buttons, the forms that new rows are made from.
  const LEFT_OUT = /^(csrfmiddlewaretoken|draft_.*|_(?!note_).*)$|-__prefix__-/;

  /* The browser's copies. Where it keeps none, as in some private windows, all of these fail. */
  const copies = (() => {
    let opened;
    const open = () =>
      (opened ??= new Promise((done, fail) => {
        const request = indexedDB.open("drafts", 1);
        request.onupgradeneeded = () => request.result.createObjectStore("copies", { keyPath: "id" });
        request.onsuccess = () => {
          // As when the site's storage is cleared by a log-out in another tab.
          request.result.onclose = () => (opened = undefined);
          done(request.result);
        };
        request.onerror = () => {
          opened = undefined;
          fail(request.error);
        };
      }));
    const act = async (mode, ask) => {
      const database = await open();
      return new Promise((done, fail) => {
        const transaction = database.transaction("copies", mode);
        const request = ask(transaction.objectStore("copies"));
        transaction.oncomplete = () => done(request.result);
        transaction.onabort = transaction.onerror = () => fail(transaction.error);
      });
    };
    const of = (user) => IDBKeyRange.bound(`${user}:`, `${user};`);
    return {
      put: (copy) => act("readwrite", (store) => store.put(copy)),
      remove: (id) => act("readwrite", (store) => store.delete(id)),
      all: (user) => act("readonly", (store) => store.getAll(of(user))),
      clear: (user) => act("readwrite", (store) => store.delete(of(user))),
    };
  })();

  const begin = (form, state) => {
    const labels = state.dataset;
    const user = Number(labels.user);
    const article = labels.article ? Number(labels.article) : null;
    const tab = form.elements.draft_tab.value;
    const continues = form.elements.draft_continues.value;
    const id = `${user}:${tab}`;
    let number = Number(form.elements.draft_number.value);

    /* A form that came back with something to be asked is based on what the other has saved. Its
       draft is based on what was there first, so that it is asked again. */
    const opened = {};
    for (const name of ["version", "base"]) {
      form.elements[`draft_${name}`].value ||= form.elements[name].value;
      opened[name] = form.elements[`draft_${name}`].value;
    }

    const read = () =>
      JSON.stringify(
        [...new FormData(form)]
          .filter(([name, value]) => typeof value === "string" && !LEFT_OUT.test(name))
          .map(([name, value]) => [name, opened[name] ?? value]),
      );

    /* What is in sight. Spoken when its kind changes, and not once more at every minute. */
    const tell = (kind, isCopied) => {
      const [words, time] = state.children;
      const parts = [labels[kind]];
      if (isCopied !== undefined) parts.push(isCopied ? labels.copied : labels.uncopied);
      const text = parts.join(" ");
      if (words.textContent !== text) words.textContent = text;
      time.textContent =
        kind === "kept"
          ? new Date().toLocaleTimeString(document.documentElement.lang, {
              hour: "2-digit",
              minute: "2-digit",
              hourCycle: "h23",
            })
          : "";
      state.dataset.now = kind;
    };

    /* Sending */

    let kept = null; // the text that is safe, on the server or with the saved form
    let sending = null;
    let since = null; // when what is not sent yet began to change
    let timer;

    const limit = Number(labels.limit);
    // In bytes, with what is sent besides.
    const length = (text) => new Blob([text]).size + 500;

    const post = (head, text, options = {}) =>
      fetch(labels.keep, {
        method: "POST",
        body: `${JSON.stringify({ user, ...head }).slice(0, -1)},"fields":${text}}`,
        headers: {
          "Content-Type": "application/json",
          "X-CSRFToken": form.elements.csrfmiddlewaretoken.value,
        },
        redirect: "manual",
        ...options,
      });

    /* The token may have become invalid by a new log-in, as in another tab. */
    const renew = async () => {
      const response = await fetch(labels.keep, { redirect: "manual" });
      if (!response.ok) return response.status === 401 ? "loggedOut" : "failed";
      const answer = await response.json();
      if (answer.user !== user) return "other";
      for (const field of document.getElementsByName("csrfmiddlewaretoken")) {
        field.value = answer.token;
      }
      return "renewed";
    };

    /* Why it was not kept. */
    const reason = async (response) => {
      const isOurs = response.headers.get("Content-Type")?.includes("json");
      if (response.status === 401) return "loggedOut";
      if (response.status === 409) return "other";
      if (response.status === 413) return "long";
      if (response.status === 403) return isOurs ? "refused" : renew();
      return "failed";
    };

    const after = (time) => {
      clearTimeout(timer);
      timer = setTimeout(() => keep(), time);
    };

    let isOthers = false; // who is logged in now is not who has written this

    const failed = async (kind) => {
      if (kind === "other") {
        isOthers = true;
        tell(kind);
        document.dispatchEvent(new Event("desk:other-user"));
        return;
      }
      const isCopied = await copy().then(() => true, () => false);
      tell(kind, isCopied);
      if (kind === "loggedOut") document.dispatchEvent(new Event("desk:logged-out"));
      if (kind === "offline" || kind === "failed") after(RETRY);
    };

    const isAskedToLogIn = () => document.getElementById("log-in-again").open;

    const keep = async (options, isAgain = false) => {
      clearTimeout(timer);
      const text = read();
      if (text === kept || text === sending) return;
      if (sending !== null && !options) return; // looked at again when the answer is there
      if (isAskedToLogIn()) return; // and sent afterwards
      since = null;
      number += 1;
      const head = { tab, number, article, continues };
      const bytes = length(text);
      if (bytes > limit) {
        await failed("long");
        return;
      }
      if (bytes > LAST_WORDS) options = undefined;
      sending = text;
      try {
        const response = await post(
          head,
          text,
          options ?? { signal: AbortSignal.timeout(PATIENCE) },
        );
        sending = null;
        if (!response.ok) {
          const why = await reason(response);
          if (why !== "renewed") await failed(why);
          else if (isAgain) await failed("failed");
          else await keep(options, true);
          return;
        }
        const answer = await response.json();
        // A save has begun meanwhile, or something newer is on its way.
        if (head.number !== number) return;
        if (!answer.is_here) {
          // A copy of this tab was sent from elsewhere: what is here is newer.
          number = Math.max(number, answer.number);
          await keep();
          return;
        }
        kept = text;
        tell("kept");
        if (read() === kept) await copies.remove(id).catch(() => {});
        else changed();
      } catch {
        sending = null;
        await failed("offline");
      }
    };

    /* The copy in this browser */

    let copying;
    const copy = () => {
      clearTimeout(copying);
      copying = undefined;
      const text = read();
      if (text === kept || isOthers) return Promise.resolve();
      const head = { tab, number: number + 1, article, continues };
      return copies.put({ id, head, text, at: Date.now() });
    };

    /* Noticing that something may have changed: not every script says so. */

    let isTouched = false;
    const look = () => {
      if (!isTouched) kept ??= read();
      isTouched = true;
    };
    const changed = () => {
      since ??= Date.now();
      after(Math.max(0, Math.min(QUIET, since + LATEST - Date.now())));
      copying ??= setTimeout(() => copy().catch(() => {}), COPY);
    };
    for (const type of ["pointerdown", "keydown"]) {
      form.addEventListener(type, look, true);
    }
    for (const type of ["input", "change", "click", "keyup", "drop"]) {
      form.addEventListener(type, changed);
    }
    form.addEventListener("input", (event) => {
      // Dictated, perhaps: no key was pressed.
      if (event.isTrusted) isTouched = true;
    });
    for (const type of ["formset:added", "formset:removed"]) {
      document.addEventListener(type, changed);
    }
    // The windows in which a picture or a person is chosen.
    addEventListener("focus", () => isTouched && changed());
    addEventListener("online", () => isTouched && keep());
    document.addEventListener("desk:logged-in", () => {
      isOthers = false;
      if (isTouched) keep();
    });

    /* Leaving */

    const leave = () => {
      if (!isTouched) return;
      // It may be too long for a last request.
      copy().catch(() => {});
      keep({ keepalive: true });
    };
    addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") leave();
    });
    form.addEventListener("submit", (event) => {
      // A preview opens in another tab and saves nothing.
      if (event.submitter?.formTarget === "_blank" || event.defaultPrevented) return;
      copy().catch(() => {});
      number += 1;
      form.elements.draft_number.value = number;
      // What comes from now on has not been saved with the form.
      kept = read();
      clearTimeout(timer);
    });
    document.getElementById("logout-form")?.addEventListener("submit", () => copies.clear(user));

    /* A form that was refused holds what no save has taken. */
    if ("unsaved" in labels) {
      isTouched = true;
      changed();
    }

    /* Coming back: what the server never got is sent now, and then all drafts are offered. */

    const sendLeft = async () => {
      const left = [];
      let isUnanswered = false;
      for (const each of await copies.all(user)) {
        const { id: name, head, text, at } = each;
        if (name === id) continue;
        const isOver = at < Date.now() - KEPT;
        let isSent = false;
        if (!isOver && length(text) <= limit) {
          const answer = await post(head, text, { signal: AbortSignal.timeout(PATIENCE) }).catch(
            () => null,
          );
          isSent = Boolean(answer?.ok);
          isUnanswered ||= !answer || answer.status >= 500;
        }
        if (isOver || isSent) await copies.remove(name);
        else left.push(each);
      }
      return { left, isUnanswered };
    };

    const offer = async (isAgain = false) => {
      const place = document.getElementById("draft-offers");
      const { left, isUnanswered } = await sendLeft().catch(() => ({ left: [] }));
      if (isUnanswered) setTimeout(() => offer(true).catch(() => {}), RETRY);
      if (isUnanswered && isAgain) return; // all is as it was
      const asked = new URLSearchParams({ article: labels.article });
      for (const shown of [tab, continues]) asked.append("but", shown);
      const response = await fetch(`${labels.offers}?${asked}`, { redirect: "manual" }).catch(
        () => null,
      );
      const html = response?.ok ? await response.text() : "";
      const page = new DOMParser().parseFromString(html, "text/html");
      place.replaceChildren(...page.body.children, ...left.map(inBrowserOnly));
    };

    /* A copy that the server does not take: its words can be had as a file. */
    const inBrowserOnly = (left) => {
      const line = document.createElement("div");
      line.className = "draft-offer";
      const words = document.createElement("p");
      const when = new Date(left.at).toLocaleString(document.documentElement.lang);
      words.textContent = labels.copy.replace("{when}", when);
      const link = document.createElement("a");
      const texts = JSON.parse(left.text).filter(([, value]) => value.trim());
      link.href = URL.createObjectURL(
        new Blob([texts.map(([field, value]) => `${field}\n${value}\n`).join("\n")]),
      );
      link.download = `${left.head.tab}.txt`;
      link.textContent = labels.download;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = labels.discard;
      let isThere = true;
      button.addEventListener("click", async () => {
        await (isThere ? copies.remove(left.id) : copies.put(left));
        isThere = !isThere;
        button.textContent = isThere ? labels.discard : labels.takeBack;
      });
      const actions = document.createElement("div");
      actions.className = "draft-actions";
      actions.append(link, button);
      line.append(words, actions);
      return line;
    };

    offer().catch(() => {});
  };

  /* Discarding asks nothing, for it can be taken back. The form is never left for it: who is
     logged out logs in again, and then does it once more. */
  const discard = async (form) => {
    const around = form.closest(".draft-offer");
    around.querySelector("[role=alert]")?.remove();
    const response = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
      redirect: "manual",
    });
    if (response.status === 404) {
      around.remove(); // another tab has saved it
      return;
    }
    if (response.status !== 204) {
      document.dispatchEvent(new Event("desk:logged-out"));
      throw new Error("It was refused.");
    }
    const isGone = form.classList.contains("draft-discard");
    for (const part of around.children) {
      part.hidden = part.classList.contains("draft-take-back") !== isGone;
    }
    around.querySelector(isGone ? ".draft-take-back button" : ".draft-continue").focus();
  };

  const tellFailure = (form) => {
    const note = document.createElement("p");
    note.setAttribute("role", "alert");
    note.textContent = document.getElementById("draft-state").dataset.undone;
    form.closest(".draft-offer").append(note);
  };

  addEventListener("DOMContentLoaded", () => {
    const state = document.getElementById("draft-state");
    if (state) begin(document.getElementById("article_form"), state);
    document.getElementById("draft-offers")?.addEventListener("submit", (event) => {
      event.preventDefault();
      discard(event.target).catch(() => tellFailure(event.target));
    });
  });
})();
