"""The names by which links know the headings of a page. Pure: takes text, returns text.

A heading is named by the key of its block and the anchor that it would have if the block stood
alone: ``<key>/risks``. So it keeps its name while other headings change, and while blocks move.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from articles.text.html import with_anchors

_ANCHORED = re.compile(r'(?<=<h[23]) id="([^"]*)"(?=>)')


@dataclass(frozen=True)
class NamedHeading:
    """A heading: its ``name`` in its block, its plain ``text``, and its ``anchor`` on the page;
    the anchor is empty where it has none yet."""

    name: str
    text: str
    anchor: str


def headings_in(html: str) -> list[NamedHeading]:
    """Return the headings of a block's clean HTML, with anchors or without."""
    if "<h" not in html:
        return []
    anchors = _ANCHORED.findall(html)
    _html, headings = with_anchors(_ANCHORED.sub("", html), set())
    anchors += [""] * (len(headings) - len(anchors))
    return [
        NamedHeading(heading.anchor, heading.text, anchor)
        for heading, anchor in zip(headings, anchors, strict=False)
    ]


def anchors_of(blocks: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the anchors of a page's headings by their names.

    Args:
        blocks: in the order of the page, the key and the HTML of each.
    """
    found: dict[str, str] = {}
    for key, html in blocks:
        for heading in headings_in(html):
            found.setdefault(f"{key}/{heading.name}", heading.anchor)
            # By its words alone, for one that has come into another block.
            found.setdefault(heading.name, heading.anchor)
    return found


def anchor_named(name: str, anchors: Mapping[str, str]) -> str:
    """Return the anchor of a heading among those of its page; empty if it is gone."""
    return anchors.get(name) or anchors.get(name.rpartition("/")[2], "")
