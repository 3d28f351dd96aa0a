"""Clean, semantic HTML. Pure: takes text, returns text.

The allow-list is not here: it belongs to the editor's buttons (see ``articles.models.fields``).

Everything takes time in proportion to the length of the text, however it is nested.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import count

from articles.text.own_links import canonical
from articles.text.slugs import slug_from

MAX_LENGTH = 100_000  # characters, tags included
MAX_DEPTH = 100  # elements within one another

# What word processors and old pages paste, and what it means.
_SEMANTIC = {
    "b": "strong", "i": "em", "div": "p",
    "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3",
}  # fmt: skip
# Elements that end a paragraph where they begin and end. In the place of those that are not
# allowed, an empty ``div``, which no allow-list has, does the same.
_BLOCKS = {
    "address", "article", "aside", "blockquote", "center", "dd", "details", "dialog", "dir", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h2", "h3", "header", "hgroup",
    "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "ul",
}  # fmt: skip
_HEADINGS = {"h2", "h3"}
# Before another one of these opens, the last one is closed: by the parser, but for headings.
_NEVER_NESTED = {"a", "p", "heading"}

# An attribute's value may hold ">". What has no end goes on to the end of the text, as browsers
# take it; so no part of the pattern is ever tried twice at one place.
_ATTRIBUTES = r"""(?:[^>=]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?)*+"""
_UNTRUSTED_TAG = re.compile(
    rf"""(
        <!--(?:>|->|.*?(?:--!?>|\Z))
      | <script(?=[\s/>]){_ATTRIBUTES}(?:>|\Z).*?(?:</script(?=[\s/>])[^>]*+(?:>|\Z)|\Z)
      | <style(?=[\s/>]){_ATTRIBUTES}(?:>|\Z).*?(?:</style(?=[\s/>])[^>]*+(?:>|\Z)|\Z)
      | </?[a-z]{_ATTRIBUTES}(?:>|\Z)
      | <[!?/][^>]*+(?:>|\Z)
    )""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_TAG_NAME = re.compile(r"<(/?)([a-z][^\s/>]*)", re.IGNORECASE)
# ``www.example.org``, as people type it: without a scheme it would be a page of ours.
_BARE_HOST = re.compile(r"""(\shref\s*=\s*["']?\s*)(?=www\.)""", re.IGNORECASE)

# In sanitised HTML, every ">" that ends no tag is written "&gt;".
_TAG = re.compile(r"(<[^>]*>)")
_BLOCK_END = re.compile(r"</(?:p|h2|h3|li|ul|ol|td|th|tr)>|<br>|(?=<[uo]l>)")
_RAISED_OR_LOWERED = re.compile(r"<(su[bp])>([-+=()−0-9]+)</\1>")
_CHARACTERS = {
    "sup": str.maketrans("-+=()−0123456789", "⁻⁺⁼⁽⁾⁻⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "sub": str.maketrans("-+=()−0123456789", "₋₊₌₍₎₋₀₁₂₃₄₅₆₇₈₉"),
}
_EMPTY_BLOCKS = {"p", "li", "ul", "ol", *_HEADINGS}
# The marker of a citation: which source stands behind the words before it. It holds nothing.
_MARKER = re.compile(
    r'<cite data-source="([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})">'
)
# A link that would leave its scheme to the page (``//example.org``).
_SCHEMELESS = re.compile(r'(?<= href=")(?=//)')


class Refused(ValueError):
    """This text is not cleaned: it is too long or too deeply nested."""


class TooLong(Refused):
    """It has ``length`` characters, more than ``limit``."""

    def __init__(self, length: int, limit: int = MAX_LENGTH):
        super().__init__(f"{length} characters of HTML; {limit} are allowed.")
        self.length = length
        self.limit = limit


class TooDeep(Refused):
    """Its elements are nested deeper than ``MAX_DEPTH``."""

    def __init__(self) -> None:
        super().__init__(f"HTML that is nested more than {MAX_DEPTH} elements deep.")


@dataclass(frozen=True)
class Heading:
    """A heading of a text: its ``level`` (2 or 3), its plain ``text`` and its ``anchor``."""

    level: int
    text: str
    anchor: str


def clean(html: str, sanitise: Callable[[str], str], allowed: Collection[str]) -> str:
    """Return HTML that is safe, semantic and tidy; cleaning it again changes nothing.

    Args:
        html: whatever somebody has typed, pasted or sent.
        sanitise: makes HTML safe, and returns it well-formed.
        allowed: the elements that ``sanitise`` lets pass.

    Raises:
        TooLong, TooDeep: before any costly work is done.
    """
    _demand_length(html)
    # Characters have become references, and elements have got their ends: what is stored must be
    # allowed once more when it is next saved.
    sanitised = sanitise(semantic(html, allowed))
    _demand_length(sanitised)
    whole = _with_schemes(sanitised)
    if whole != sanitised:  # only with a scheme is a host looked at
        sanitised = sanitise(whole)
    cleaned = re.sub("\r\n?", "\n", tidy(sanitised))
    _demand_length(cleaned)
    return cleaned


def _demand_length(html: str) -> None:
    if len(html) > MAX_LENGTH:
        raise TooLong(len(html))


def _with_schemes(html: str) -> str:
    """Complete the links of sanitised HTML that leave their scheme to the page."""
    return _TAG.sub(lambda tag: _SCHEMELESS.sub("https:", tag[0]), html)


def untrusted_parts(html: str) -> Iterator[tuple[str, str, bool]]:
    """Yield the parts of any HTML in order, tags and what is between them.

    Yields:
        The part, the name of the element (empty for what is no tag), and whether it is its end.
    """
    for number, part in enumerate(_UNTRUSTED_TAG.split(html)):
        match = _TAG_NAME.match(part) if number % 2 else None
        yield part, match[2].lower() if match else "", bool(match and match[1])


def semantic(html: str, allowed: Collection[str]) -> str:
    """Say with elements what pasted HTML says with looks: ``<b>`` becomes ``<strong>``.

    Runs before the sanitiser, which is what makes the result safe, and spares it what a parser
    takes long for: deep nesting, tables, and formats that differ in their attributes.

    Raises:
        TooDeep: see ``MAX_DEPTH``.
    """
    parts = _UNTRUSTED_TAG.split(html)
    read: dict[str, tuple[str, str, int]] = {}  # equal tags are read once
    opened: Counter[str] = Counter()
    depth = 0
    for place in range(1, len(parts), 2):
        tag = parts[place]
        if tag not in read:
            read[tag] = _read(tag, allowed)
        parts[place], name, step = read[tag]
        if not step:
            continue
        before = opened[name]
        if step < 0 and not before:
            parts[place] = ""
            continue
        if step > 0 and before and name == "heading":
            parts[place] = f"</h2>{parts[place]}"  # whatever its level, that ends it
        after = before + step
        if name in _NEVER_NESTED:
            after = min(after, 1)
        elif name == "li":
            # Within a heading, an item does not end the one that the heading stands in.
            after = min(after, opened["ul"] + opened["ol"] + opened["heading"] + 1)
        opened[name] = after
        depth += after - before
        if depth > MAX_DEPTH:
            raise TooDeep
    return "".join(parts)


def _read(tag: str, allowed: Collection[str]) -> tuple[str, str, int]:
    """Return what to write for a tag, the kind of element, and by how much it deepens the text."""
    match = _TAG_NAME.match(tag)
    if match is None or not tag.endswith(">"):
        return "", "", 0
    slash, name = match[1], match[2].lower()
    name = _SEMANTIC.get(name, name)
    if name not in allowed:
        return "<div></div>" if name in _BLOCKS else "", "", 0
    attributes = ""
    if name in ("a", "cite", "ol") and not slash:
        attributes = _BARE_HOST.sub(r"\1https://", tag[match.end() : -1])
    kind = "heading" if name in _HEADINGS else name
    return f"<{slash}{name}{attributes}>", kind, 0 if name == "br" else -1 if slash else 1


def tidy(html: str) -> str:
    """Drop the elements that hold nothing, of which sanitised Word documents are full, and
    links that lead nowhere. An own link keeps its keys and nothing else.

    The marker of a citation keeps its source's key and nothing else, and stands behind the link
    that it stood in. A ``cite`` that is no marker leaves its words.

    Raises:
        TooDeep: see ``MAX_DEPTH``.
    """
    kept: list[str] = []
    # Of each open element: its name, its place in ``kept``, whether it holds something.
    stack: list[list] = []
    behind_link: list[str] = []
    for number, part in enumerate(_TAG.split(html)):
        if number % 2 == 0:
            if stack and not _is_blank(part):
                stack[-1][2] = True
            kept.append(part)
        elif part == "<br>":
            kept.append(part)
        elif part[1] != "/":
            name = part[1:-1].split(" ", 1)[0]
            stack.append([name, len(kept), False])
            if len(stack) > MAX_DEPTH:
                raise TooDeep
            if name == "a":
                part = canonical(part)
            elif name == "cite" and not _MARKER.fullmatch(part):
                part = ""
            kept.append(part)
        elif stack:
            name, start, is_full = stack.pop()
            if name == "cite" and kept[start]:
                marker = f"{kept[start]}{part}"
                del kept[start:]
                if any(each[0] == "a" for each in stack):
                    behind_link.append(marker)
                    continue
                kept.append(marker)
                is_full = True
            elif is_full:
                kept.append(part if kept[start] else "")
            elif name in _EMPTY_BLOCKS:
                del kept[start:]
            else:
                # A bold space still parts two words.
                kept[start] = ""
            if name == "a" and behind_link:
                kept += behind_link
                behind_link.clear()
                is_full = True
            if is_full and stack:
                stack[-1][2] = True
    return "".join(kept).strip()


def _is_blank(text: str) -> bool:
    return not text or text.isspace() or not text.replace("&nbsp;", "").strip()


def plain_text(html: str) -> str:
    """Return the words of an HTML text, blocks parted by line breaks.

    Raised and lowered figures have characters of their own: 10⁹ is not 109.
    """
    html = _RAISED_OR_LOWERED.sub(lambda found: found[2].translate(_CHARACTERS[found[1]]), html)
    text = unescape(_TAG.sub("", _BLOCK_END.sub("\n", html)))
    return re.sub(r"\n\s*\n+", "\n", text).strip()


def with_anchors(html: str, taken: set[str]) -> tuple[str, list[Heading]]:
    """Give every heading an id, so that "on this page" and other sites can link to it.

    Args:
        html: sanitised HTML, whose headings have no attributes.
        taken: the ids already used on the page; the new ones are added to it.

    Returns:
        The HTML with ids, and its headings in order.
    """
    headings: list[Heading] = []
    parts = _TAG.split(html)
    start = None
    numbers: dict[str, count] = {}  # how far the equal names have been counted
    for place in range(1, len(parts), 2):
        tag = parts[place]
        if start is None and tag in ("<h2>", "<h3>"):
            start = place
        elif start is not None and tag == f"</{parts[start][1:]}":
            text = plain_text("".join(parts[start + 1 : place]))
            stem = slug_from(text, 60) or "section"
            anchor = stem
            while anchor in taken:
                anchor = f"{stem}-{next(numbers.setdefault(stem, count(2)))}"
            taken.add(anchor)
            headings.append(Heading(int(tag[3]), text, anchor))
            parts[start] = f'<{tag[2:4]} id="{anchor}">'
            start = None
    return "".join(parts), headings
