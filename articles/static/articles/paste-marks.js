/* What pasted elements say of the words in them, with their names and with their styles. */
"use strict";

(() => {
  // Colours that say nothing.
  const PLAIN = "inherit|initial|auto|currentcolor";
  const BLACK = new RegExp(
    `^(?:|${PLAIN}|windowtext|black|#0{3}|#0{6}|rgba?\\(0, ?0, ?0(?:, ?1)?\\))$`,
  );
  const NO_GROUND = new RegExp(
    `^(?:|${PLAIN}|none|transparent|white|window|#f{3}|#f{6}|rgba?\\(255, ?255, ?255(?:, ?1)?\\)` +
      "|rgba\\(0, ?0, ?0, ?0\\))$",
  );

  const isBlack = (colour = "") => BLACK.test(colour);

  const known = new Map();
  /* The style of an element, from its text. */
  const styleOf = (element) => {
    const text = element.dataset.style;
    if (!text) return {};
    if (!known.has(text)) {
      if (known.size > 1_000) known.clear();
      const style = {};
      for (const rule of text.split(";")) {
        const at = rule.indexOf(":");
        const [name, value] = [rule.slice(0, at), rule.slice(at + 1)];
        if (at > 0) style[name.trim().toLowerCase()] = value.trim().toLowerCase();
      }
      known.set(text, style);
    }
    return known.get(text);
  };

  /* Where a link leads; empty where that is no place that every reader can reach. */
  const target = (element) => {
    let href = (element.getAttribute("href") ?? "").trim();
    const google = href.match(/^https:\/\/www\.google\.com\/url\?(?:.*&)?q=([^&]+)/);
    try {
      if (google) href = decodeURIComponent(google[1]);
    } catch {
      return href;
    }
    if (/^www\./i.test(href)) return `https://${href}`;
    if (/^\/\/\w/.test(href)) return `https:${href}`;
    return /^(?:https?:\/\/[^/\s]|mailto:|tel:)/i.test(href) ? href : "";
  };

  const headingLevel = (element, name) => {
    if (/^h[1-6]$/.test(name)) return Number(name[1]);
    if (element.getAttribute("role") !== "heading") return 0;
    return Number(element.getAttribute("aria-level")) || 2;
  };

  const isHidden = (element, style) =>
    element.hidden || style.display === "none" || style["mso-hide"] === "all";

  /* What an element says of the words in it, with its name and with its style. */
  const marked = (element, name, style, state) => {
    const next = { ...state };
    if (name === "b" || name === "strong") next.strong = true;
    if (name === "i" || name === "em" || name === "cite") next.em = true;
    if (name === "sup" || name === "sub") {
      Object.assign(next, { sup: false, sub: false, [name]: true });
    }
    if (name === "u" || name === "ins") next.underline = name === "u";
    if (name === "s" || name === "strike") next.strike = true;
    if (name === "font" && element.color) next.colour = element.color.toLowerCase();
    if (name === "mark") next.ground = true;
    if (name === "pre") next.pre = true;
    const weight = style["font-weight"];
    if (/^(?:bold|bolder|[6-9]00)$/.test(weight)) next.strong = true;
    if (/^(?:normal|lighter|[1-5]00)$/.test(weight)) next.strong = false;
    const slant = style["font-style"];
    if (/^(?:italic|oblique)/.test(slant)) next.em = true;
    if (slant === "normal") next.em = false;
    const height = style["vertical-align"];
    if (height === "super") Object.assign(next, { sup: true, sub: false });
    if (height === "sub") Object.assign(next, { sup: false, sub: true });
    const line = `${style["text-decoration"] ?? ""} ${style["text-decoration-line"] ?? ""}`;
    if (line.includes("underline")) next.underline = true;
    if (line.includes("line-through")) next.strike = true;
    if (style.color !== undefined) next.colour = style.color;
    const ground = style["background-color"] ?? style.background ?? style["mso-highlight"];
    if (ground !== undefined) next.ground = !NO_GROUND.test(ground);
    return next;
  };

  Object.assign(window.Paste, { headingLevel, isBlack, isHidden, marked, styleOf, target });
})();
