"""The links in a text, and which of them lead nowhere. Pure: takes text, returns text."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote, urlsplit

from articles.text.html import plain_text

_LINK = re.compile(r'<a [^>]*?href="([^"]*)"[^>]*>')
# Of a URL; no path begins with one.
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
FEWEST_DIGITS = 3  # of a telephone number, such as 112


@dataclass(frozen=True)
class Link:
    """A link: its ``target`` as the author has written it, and its ``words``."""

    target: str
    words: str


def links_in(html: str) -> list[Link]:
    """Return the links of sanitised HTML, in order."""
    return [
        Link(unescape(match[1]), plain_text(html[match.end() : html.find("</a>", match.end())]))
        for match in _LINK.finditer(html)
    ]


def dead_links(
    html: str, anchors: Collection[str], leads_to_page: Callable[[str], bool]
) -> list[Link]:
    """Return the links of a text that lead nowhere, as far as that can be told without the network.

    Args:
        html: sanitised HTML.
        anchors: where a link such as ``#risks`` may lead.
        leads_to_page: says of a link to the web, or from the top of this site, whether a page of
            ours answers it; of other sites nothing is known, and they are taken to answer.
    """
    return [link for link in links_in(html) if _is_dead(link.target, anchors, leads_to_page)]


def _is_dead(target: str, anchors: Collection[str], leads_to_page: Callable[[str], bool]) -> bool:
    if target.startswith("#"):
        return unquote(target[1:]) not in anchors
    scheme = _SCHEME.match(target)
    if scheme is None:
        return not target.startswith("/") or not leads_to_page(target)
    if scheme[0].lower() == "tel:":
        return sum(map(str.isdecimal, target)) < FEWEST_DIGITS
    if scheme[0].lower() not in ("http:", "https:"):
        return False
    try:
        return not urlsplit(target).hostname or not leads_to_page(target)
    except ValueError:
        return True
