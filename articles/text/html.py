"""Clean, semantic HTML. Pure: takes text, returns text.

The allow-list is not here: it belongs to the editor's buttons (see ``articles.models.fields``).
"""

import re
from dataclasses import dataclass
from html import unescape

from django.utils.text import slugify

# What word processors and old pages paste, and what it means.
_SEMANTIC = {
    "b": "strong", "i": "em", "div": "p",
    "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3",
}  # fmt: skip
_TAG = re.compile(r"<(/?)(b|i|div|h1|h4|h5|h6)(?=[\s>/])", re.IGNORECASE)
_NOTHING = r"((?:\s|&nbsp;|<br>)*)"
_EMPTY_BLOCK = re.compile(rf"<(p|h2|h3|li|ul|ol)(?: [^>]*)?>{_NOTHING}</\1>")
_EMPTY_INLINE = re.compile(rf"<(strong|em|a|sub|sup)(?: [^>]*)?>{_NOTHING}</\1>")
# A link that the sanitiser has left without its address, and one that would leave its
# scheme to the page (``//example.org``).
_LINK_WITHOUT_ADDRESS = re.compile(r"<a(?: (?!href=)[^>]*)?>(.*?)</a>", re.DOTALL)
_SCHEMELESS = re.compile(r'(<a [^>]*?href=")//')
_HEADING = re.compile(r"<(h[23])>(.*?)</\1>", re.DOTALL)
_ANY_TAG = re.compile(r"<[^>]*>")
_BLOCK_END = re.compile(r"</(?:p|h2|h3|li|ul|ol)>|<br>")


@dataclass(frozen=True)
class Heading:
    """A heading of a text: its ``level`` (2 or 3), its plain ``text`` and its ``anchor``."""

    level: int
    text: str
    anchor: str


def semantic(html: str) -> str:
    """Say with elements what pasted HTML says with looks: ``<b>`` becomes ``<strong>``.

    Runs before the sanitiser, which is what makes the result safe.
    """
    return _TAG.sub(lambda tag: f"<{tag[1]}{_SEMANTIC[tag[2].lower()]}", html)


def tidy(html: str) -> str:
    """Drop the elements that hold nothing, which sanitised Word documents are full of, and
    links that lead nowhere."""
    html = _SCHEMELESS.sub(r"\1https://", _LINK_WITHOUT_ADDRESS.sub(r"\1", html))
    before = None
    while before != html:
        # A bold space still parts two words.
        before, html = html, _EMPTY_INLINE.sub(r"\2", _EMPTY_BLOCK.sub("", html))
    return html.strip()


def plain_text(html: str) -> str:
    """The words of an HTML text, blocks parted by line breaks."""
    text = unescape(_ANY_TAG.sub("", _BLOCK_END.sub("\n", html)))
    return re.sub(r"\n\s*\n+", "\n", text).strip()


def with_anchors(html: str, taken: set[str]) -> tuple[str, list[Heading]]:
    """Give every heading an id, so that "on this page" and other sites can link to it.

    Args:
        html: sanitised HTML, whose headings have no attributes.
        taken: the ids already used on the page; the new ones are added to it.

    Returns:
        The HTML with ids, and its headings in order.
    """
    headings = []

    def anchored(match: re.Match[str]) -> str:
        tag, inner = match.groups()
        text = plain_text(inner)
        stem = slugify(text)[:60].strip("-") or "section"
        anchor, count = stem, 1
        while anchor in taken:
            count += 1
            anchor = f"{stem}-{count}"
        taken.add(anchor)
        headings.append(Heading(int(tag[1]), text, anchor))
        return f'<{tag} id="{anchor}">{inner}</{tag}>'

    return _HEADING.sub(anchored, html), headings
