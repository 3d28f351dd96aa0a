/* Suggests pages and names while somebody types what to look for. Without this script the form
   works as it is.

   A field with data-suggestions asks that address for what begins so, and shows a list below it
   (the ARIA pattern "combobox with a listbox"): the arrows choose, Enter goes there or, where
   nothing is chosen, sends the form, Escape closes the list and leaves what was typed. */
"use strict";

for (const [number, field] of document.querySelectorAll("[data-suggestions]").entries()) {
  const list = document.createElement("ul");
  list.id = `suggestions-${number}`;
  list.className = "suggestions";
  list.role = "listbox";
  list.hidden = true;
  list.ariaLabel = field.dataset.suggestionsLabel;
  field.parentElement.append(list);
  field.autocomplete = "off";
  for (const [name, value] of [
    ["role", "combobox"],
    ["aria-autocomplete", "list"],
    ["aria-controls", list.id],
    ["aria-expanded", "false"],
  ]) {
    field.setAttribute(name, value);
  }

  let asked = "";
  let waiting;
  let chosen = null;

  const choose = (option) => {
    chosen?.setAttribute("aria-selected", "false");
    chosen = option;
    chosen?.setAttribute("aria-selected", "true");
    if (chosen) field.setAttribute("aria-activedescendant", chosen.id);
    else field.removeAttribute("aria-activedescendant");
  };

  const show = (suggestions) => {
    choose(null);
    list.replaceChildren(
      ...suggestions.map(({ text, url }, place) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${place}`;
        option.role = "option";
        option.ariaSelected = "false";
        option.textContent = text;
        option.dataset.url = url;
        return option;
      }),
    );
    list.hidden = !suggestions.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
  };

  const ask = async () => {
    const words = field.value.trim();
    if (words === asked) return;
    asked = words;
    if (words.length < 3) return show([]);
    try {
      const answer = await fetch(`${field.dataset.suggestions}?${new URLSearchParams({ q: words })}`);
      const { suggestions } = await answer.json();
      if (words === asked && field === document.activeElement) show(suggestions);
    } catch {
      show([]);
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 150);
  });
  field.addEventListener("keydown", (event) => {
    const options = [...list.children];
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      // Past either end nothing is chosen, and the field has the word again.
      const places = options.length + 1;
      const next = (options.indexOf(chosen) + 1 + step + places) % places;
      choose(options[next - 1] ?? null);
    } else if (event.key === "Enter" && chosen) {
      location.assign(chosen.dataset.url);
    } else if (event.key === "Escape") {
      show([]);
    } else {
      return;
    }
    event.preventDefault();
  });
  field.addEventListener("blur", () => {
    asked = "";
    show([]);
  });
  // The field keeps the focus while an option is pressed.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => {
    if (target.dataset.url) location.assign(target.dataset.url);
  });
}
