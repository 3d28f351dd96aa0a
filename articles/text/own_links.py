"""The own links in a text: they name what they lead to by its key. Pure: takes text, returns text.

A stored link is ``<a data-article="…">words</a>`` with the key of the article, and leads to one of
its headings with ``data-heading="…"`` (see ``articles.text.headings``); without an article, to a
heading of its own page. ``<a data-file="…">`` names a file of the library by its digest. Addresses
follow from what is there, so they are made with the page and are never stored.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

_KEY = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_HEADING = rf"(?:{_KEY}/)?[a-z0-9_-]{{1,80}}"
# What a link can lead to by a key, and what such a key is.
KINDS = {"article": _KEY, "file": r"[0-9a-f]{64}"}

# As it is stored.
_TARGET = "|".join(rf'data-{kind}="{key}"' for kind, key in KINDS.items())
_LINK = re.compile(
    rf'<a(?: ({_TARGET}))?(?: data-heading="({_HEADING})")?(?<!<a)>(.*?)</a>', re.DOTALL
)
# In the tags of sanitised HTML.
_ATTRIBUTE = re.compile(rf' data-({"|".join(KINDS)}|heading)="([^"]*)"')


@dataclass(frozen=True)
class OwnLink:
    """What a link leads to.

    Attributes:
        kind: one of ``KINDS``; empty where it stays on its page.
        key: of what it leads to.
        heading: the name of the heading; empty for the top.
    """

    kind: str = ""
    key: str = ""
    heading: str = ""

    @property
    def is_whole(self) -> bool:
        """Tell whether its key can be one of its kind."""
        return re.fullmatch(KINDS[self.kind], self.key) is not None

    @property
    def tag(self) -> str:
        """The tag that begins it, as it is stored."""
        target = f' data-{self.kind}="{self.key}"' if self.kind else ""
        heading = f' data-heading="{self.heading}"' if self.heading else ""
        return f"<a{target}{heading}>"


def canonical(tag: str) -> str:
    """Return the tag of a link as it is stored, from a sanitised one; empty if it leads nowhere."""
    named = dict(_ATTRIBUTE.findall(tag))
    heading = named.pop("heading", "")
    is_heading = re.fullmatch(_HEADING, heading)
    for kind, key in named.items():
        has_heading = is_heading and kind == "article"
        link = OwnLink(kind, key, heading if has_heading else "")
        if link.is_whole:
            return link.tag
    if is_heading and not named:
        return OwnLink(heading=heading).tag
    return _ATTRIBUTE.sub("", tag) if ' href="' in tag else ""


def own_links_in(html: str) -> list[tuple[OwnLink, str]]:
    """Return the own links of clean HTML in order, each with the HTML of its words."""
    return [(_link(match), match[3]) for match in _LINK.finditer(html)]


def with_addresses(html: str, attributes_of: Callable[[OwnLink], dict[str, str]]) -> str:
    """Return a text in which each own link has its address, or is its words alone.

    Args:
        html: clean HTML.
        attributes_of: returns the attributes of a link, ``href`` among them; none where it leads
            nowhere now.
    """

    def linked(match: re.Match[str]) -> str:
        attributes = attributes_of(_link(match))
        if not attributes:
            return match[3]
        written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
        return f"<a{written}>{match[3]}</a>"

    return _LINK.sub(linked, html)


def _link(match: re.Match[str]) -> OwnLink:
    kind, _equals, key = (match[1] or "").removeprefix("data-").partition("=")
    return OwnLink(kind, key.strip('"'), match[2] or "")
