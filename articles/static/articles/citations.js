/* The sources of an article: the dialog that cites and adds them, and the numbers of the markers in
   the text editors. What is chosen goes into the form; saving stores it, as everything there. */
"use strict";

addEventListener("DOMContentLoaded", () => {
  const dialog = document.getElementById("citation-dialog");
  const group = document.getElementById("citations-group");
  if (!dialog || !group) return;
  const { dataset: labels } = document.getElementById("citation-labels");
  const choice = dialog.querySelector(".citation-choice");
  const search = dialog.querySelector("#citation-search");
  const listed = dialog.querySelector(".citation-listed");
  const others = dialog.querySelector(".citation-others");
  const state = dialog.querySelector(".citation-state");
  const paste = dialog.querySelector(".citation-paste");
  // Whoever may not add to the list cites what is in it.
  const mayAdd = group.querySelector(".empty-form") !== null;
  if (!mayAdd) dialog.querySelector(".citation-add").hidden = true;
  const WAIT = 250; // milliseconds without a key, before the site's sources are searched

  /* Of sources that were chosen or found since the page was opened: by number. */
  const known = new Map();

  const rows = () =>
    [...group.querySelectorAll(".inline-related:not(.empty-form)")].map((row) => ({
      row,
      select: row.querySelector('select[name$="-source"]'),
      removal: row.querySelector('input[name$="-DELETE"]'),
    }));

  const sourceIn = ({ select }) => {
    const option = select?.selectedOptions[0];
    if (!option?.value) return null;
    const { key, citation, numbers } = option.dataset;
    return key ? { pk: option.value, key, citation, numbers } : known.get(option.value);
  };

  /* The sources in the list as the form has it now. */
  const sources = () =>
    rows()
      .filter(({ removal }) => !removal?.checked)
      .map(sourceIn)
      .filter(Boolean);

  const find = async (query) => {
    const response = await fetch(`${dialog.dataset.find}?${query}`);
    if (!response.ok || response.redirected) throw new Error(response.statusText);
    const { sources: found } = await response.json();
    for (const source of found) known.set(String(source.pk), { ...source, pk: String(source.pk) });
    return found.map((source) => known.get(String(source.pk)));
  };

  /* What was chosen with the form's own list is named by its number only. */
  const asked = new Set();
  const learn = async () => {
    const unknown = rows()
      .filter((each) => each.select?.value && !sourceIn(each) && !asked.has(each.select.value))
      .map(({ select }) => select.value);
    if (!unknown.length) return;
    unknown.forEach((pk) => asked.add(pk));
    await find(new URLSearchParams(unknown.map((pk) => ["pk", pk]))).catch(() => {});
  };

  const addToList = (source) => {
    const there = rows().find((each) => sourceIn(each)?.key === source.key);
    if (there) {
      if (there.removal?.checked) there.removal.click();
      return;
    }
    group.querySelector(".add-row :is(a, button)").click();
    const { row, select } = rows().at(-1);
    const option = new Option(source.citation, source.pk, true, true);
    const { key, citation, numbers } = source;
    Object.assign(option.dataset, { key, citation, numbers });
    select.append(option);
    select.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: "desk" }));
    const places = [...group.querySelectorAll('input[name$="-ordering"]')];
    const last = Math.max(0, ...places.map((place) => Number(place.value) || 0));
    const place = row.querySelector('input[name$="-ordering"]');
    if (place) place.value = last + 1;
  };

  // Numbers in the text editors, as readers will see them

  const placeOf = (element) =>
    Number(element.closest(".inline-related")?.querySelector(".order-machine-ordering")?.value);

  /* A block that is in one language only has no place on the other page. */
  const isOnPage = (marker, language) => {
    const only = marker.closest(".inline-related")?.querySelector('select[name$="-only_in"]');
    return !only?.value || only.value === language;
  };

  const number = async () => {
    const all = [...document.querySelectorAll(".citation-marker")];
    const markers = all.filter((marker) => !marker.closest(".desk-removed"));
    if (!markers.length) return;
    await learn();
    const byKey = new Map(sources().map((source) => [source.key, source]));
    const orders = {};
    for (const marker of markers.sort((a, b) => placeOf(a) - placeOf(b))) {
      const language = marker.closest("[data-language]")?.dataset.language ?? "";
      const order = (orders[language] ??= new Map());
      const { source: key } = marker.dataset;
      const source = byKey.get(key);
      const isShown = isOnPage(marker, language);
      if (source && isShown && !order.has(key)) order.set(key, order.size + 1);
      const shown = !source ? "?" : isShown ? order.get(key) : "–";
      marker.textContent = `[${shown}]`;
      marker.classList.toggle("is-unknown", !source);
      marker.title = source
        ? interpolate(labels.marker, { number: shown, citation: source.citation }, true)
        : labels.unknown;
    }
  };

  let waits = false;
  const numberSoon = () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      number();
    });
  };
  for (const name of ["citation:changed", "desk:blocks", "formset:removed", "change"]) {
    document.addEventListener(name, numberSoon);
  }
  django.jQuery(group).on("change", numberSoon);

  // The dialog

  let task = null; // what to do with the keys that are chosen, and where the focus goes back to

  const open = (wanted) => {
    task = wanted;
    dialog.querySelector("#citation-title").textContent = task.insert ? labels.cite : labels.list;
    choice.querySelector("[type=submit]").textContent = task.insert
      ? labels.doCite
      : labels.toList;
    search.value = "";
    state.textContent = "";
    show(listed, [], new Set());
    show(others, [], new Set());
    list();
    dialog.showModal();
    search.focus();
  };

  const close = dialog.querySelector(".citation-close");
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    paste.replaceChildren();
    dialog.querySelector(".citation-add").open = false;
    task?.back();
    task = null;
  });

  const chosenIn = (part) => [...part.querySelectorAll("input:checked")].map(({ value }) => value);

  const show = (part, found, chosen) => {
    part.querySelector("ul").replaceChildren(
      ...found.map((source) => {
        const item = document.createElement("li");
        const label = document.createElement("label");
        const tick = document.createElement("input");
        tick.type = "checkbox";
        tick.value = source.pk;
        tick.checked = chosen.has(source.pk);
        const words = document.createElement("span");
        words.textContent = source.citation;
        label.append(tick, words);
        item.append(label);
        return item;
      }),
    );
    part.querySelector(".help").hidden = found.length > 0;
  };

  const words = () =>
    search.value
      .toLowerCase()
      .replace(/https?:\/\/(dx\.)?doi\.org\//, "")
      .split(/\s+/)
      .filter(Boolean);

  /* The article's own sources: what is ticked stays in sight, whatever is searched for. */
  const list = (ticked = []) => {
    listed.hidden = !task.insert;
    const chosen = new Set([...chosenIn(listed), ...ticked]);
    const fitting = sources().filter(
      ({ pk, citation, numbers }) =>
        chosen.has(pk) ||
        words().every((word) => `${citation} ${numbers}`.toLowerCase().includes(word)),
    );
    for (const source of fitting) known.set(source.pk, source);
    show(listed, fitting, chosen);
  };

  const listOthers = async () => {
    const wanted = search.value.trim();
    others.hidden = !mayAdd || wanted.length < 2;
    if (others.hidden) return;
    try {
      const found = await find(new URLSearchParams({ q: wanted }));
      if (search.value.trim() !== wanted) return;
      const own = new Set(sources().map(({ key }) => key));
      const chosen = new Set(chosenIn(others));
      const kept = [...chosen].map((pk) => known.get(pk));
      const fresh = found.filter(({ pk, key }) => !own.has(key) && !chosen.has(pk));
      show(others, [...kept, ...fresh], chosen);
    } catch {
      state.textContent = labels.failed;
      document.dispatchEvent(new Event("desk:unanswered"));
    }
  };

  let timer = 0;
  search.addEventListener("input", () => {
    list();
    clearTimeout(timer);
    timer = setTimeout(listOthers, WAIT);
  });

  choice.addEventListener("submit", (event) => {
    event.preventDefault();
    const shown = [...choice.querySelectorAll("fieldset:not([hidden]) input")];
    let pks = [...chosenIn(listed), ...chosenIn(others)];
    // What is the only one that fits need not be ticked.
    if (!pks.length && shown.length === 1) pks = [shown[0].value];
    if (!pks.length) {
      state.textContent = labels.choose;
      (shown[0] ?? search).focus();
      return;
    }
    const chosen = pks.map((pk) => known.get(pk));
    chosen.forEach(addToList);
    const { insert } = task;
    dialog.close();
    insert?.(chosen.map(({ key }) => key));
    numberSoon();
  });

  // New sources: the page that reads pasted records, within the dialog

  const askPage = async (options) => {
    try {
      const response = await fetch(dialog.dataset.paste, {
        ...options,
        headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      if (!response.ok || response.redirected) throw new Error(response.statusText);
      if (response.headers.get("Content-Type").includes("json")) {
        added((await response.json()).sources);
        return;
      }
      paste.innerHTML = await response.text();
      const result = paste.querySelector(".errorlist, .paste-found");
      if (result) {
        result.tabIndex = -1;
        result.focus();
      } else {
        paste.querySelector("textarea").focus();
      }
    } catch {
      state.textContent = labels.failed;
      document.dispatchEvent(new Event("desk:unanswered"));
    }
  };

  const added = (found) => {
    for (const source of found) {
      const described = { ...source, pk: String(source.pk) };
      known.set(described.pk, described);
      addToList(described);
    }
    dialog.querySelector(".citation-add").open = false;
    paste.replaceChildren();
    list(found.map(({ pk }) => String(pk)));
    state.textContent = interpolate(labels.added, { count: found.length }, true);
    numberSoon();
    const next = task.insert ? choice.querySelector("[type=submit]") : close;
    next.focus();
  };

  dialog.querySelector(".citation-add").addEventListener("toggle", (event) => {
    if (event.target.open && !paste.childElementCount) askPage({});
  });

  paste.addEventListener("submit", (event) => {
    event.preventDefault();
    askPage({ method: "POST", body: new FormData(event.target, event.submitter) });
  });

  document.addEventListener("citation:choose", (event) => open(event.detail));

  if (mayAdd) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "pill citation-open";
    button.textContent = `+ ${labels.list}`;
    button.addEventListener("click", () => open({ insert: null, back: () => button.focus() }));
    group.append(button);
    group.classList.add("has-dialog");
  }
  numberSoon();
});
