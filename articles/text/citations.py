"""The citations in a text: markers that name sources by their keys, and the numbers that readers
see in their places. Pure: takes text, returns text.

A stored marker is ``<cite data-source="…"></cite>`` with the key of the source. What number it has
follows from the whole page, so numbers and links are made with the page and are never stored.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import chain

from articles.text.html import plain_text

_MARKER = re.compile(r'<cite data-source="([0-9a-f-]{36})"></cite>')
# Markers that follow one another are read as one; a space before them would part them from their
# words. A run of spaces is looked at once, from its beginning.
_RUN = re.compile(
    r"(?<!\s)(?<!&nbsp;)(?:\s|&nbsp;)*+"
    rf"({_MARKER.pattern}(?:(?:\s|&nbsp;)*+{_MARKER.pattern})*)"
)

SHORTEST_RANGE = 3


def keys_in(html: str) -> list[str]:
    """Return the keys of the sources that sanitised HTML cites, in the order of its markers."""
    return _MARKER.findall(html)


def with_citations(html: str, citations: Mapping[str, str]) -> str:
    """Return sanitised HTML with the citation of its source in the place of each marker's key."""
    return _MARKER.sub(lambda found: f"<cite>{escape(citations.get(found[1], ''))}</cite>", html)


def words_before(html: str, key: str, length: int = 40) -> str:
    """Return the last words before the first marker of a source, for people to find it by."""
    words = " ".join(plain_text(html.partition(f'<cite data-source="{key}">')[0]).split())
    return words if len(words) <= length else f"…{words[-length:].partition(' ')[2]}"


@dataclass
class Numbering:
    """The numbers of one page's sources, and the places where it cites each.

    Attributes:
        numbers: by key, from 1: the cited sources by their first appearance, then the others as
            they are listed. What is cited and not listed has none.
        places: by key, the anchors of its markers that ``linked`` has made.
        flagged: the keys of the sources that each marker is to say something of.
    """

    numbers: dict[str, int]
    flagged: Collection[str] = ()
    places: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(
        cls, texts: Iterable[str], listed: Sequence[str], flagged: Collection[str] = ()
    ) -> "Numbering":
        """Number the listed sources of a page whose texts follow one another."""
        known = set(listed)
        cited = (key for key in chain.from_iterable(map(keys_in, texts)) if key in known)
        order = dict.fromkeys(chain(cited, listed))
        return cls({key: number for number, key in enumerate(order, start=1)}, flagged)

    def linked(self, html: str, name: Callable[[int], str]) -> str:
        """Return a text with numbers in the places of its markers, each a link to its source.

        Args:
            html: sanitised HTML; the texts of a page are asked for in their order.
            name: returns what a screen reader says for the number of a source.
        """
        return _RUN.sub(lambda run: self._numbers(keys_in(run[1]), name), html)

    def _numbers(self, keys: Iterable[str], name: Callable[[int], str]) -> str:
        """Return the numbers of neighbouring markers: [1], [1, 2] or [1–3, 5]."""
        found = {self.numbers[key]: key for key in keys if key in self.numbers}
        if not found:
            return ""
        ranges: list[list[int]] = []
        for number in sorted(found):
            # A range would hide what is to be said of a source within it.
            is_next = ranges and number == ranges[-1][-1] + 1
            if is_next and not {found[number], found[number - 1]} & set(self.flagged):
                ranges[-1].append(number)
            else:
                ranges.append([number])
        parts = []
        for numbers in ranges:
            if len(numbers) < SHORTEST_RANGE:
                parts += [self._mark(number, found[number], name) for number in numbers]
                continue
            first, *within, last = numbers
            # The sources within a range lead back to it too.
            anchors = (self._place(number, found[number]) for number in within)
            parts.append(
                f"{self._mark(first, found[first], name)}–"
                + "".join(f'<span id="{anchor}"></span>' for anchor in anchors)
                + self._mark(last, found[last], name)
            )
        return f'<sup class="cited">[{", ".join(parts)}]</sup>'

    def _mark(self, number: int, key: str, name: Callable[[int], str]) -> str:
        flag = ' class="not-relied-on"' if key in self.flagged else ""
        return (
            f'<a id="{self._place(number, key)}"{flag} href="#r{number}" role="doc-biblioref"'
            f' aria-label="{escape(name(number))}">{number}</a>'
        )

    def _place(self, number: int, key: str) -> str:
        """Return the anchor of the next place where a source is cited; no heading has its dot."""
        anchor = f"r{number}.{len(self.places[key]) + 1}"
        self.places[key].append(anchor)
        return anchor
