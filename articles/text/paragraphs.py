"""The paragraphs of a text: told apart, found again, and lined up with those of another version.
Pure: takes HTML, returns HTML.

What stands by itself in a text counts as one: a paragraph, a heading, an item of a list, a table.
Its address is the digest of what it says, so it stays the same whatever becomes of the others, and
nothing has to be stored for it; of equal ones, and of one that was changed, the place among the
others tells which it is. See docs/decisions/0013-paragraphs.md.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2s
from itertools import groupby, zip_longest
from operator import attrgetter

from articles.text.alignment import Effort, Pair, paired, stretches
from articles.text.html import plain_text

_TAG = re.compile(r"(<[^>]*>)")
_LISTS = {"ul", "ol"}
_BLOCKS = {"p", "h2", "h3", "table", *_LISTS}

# Two paragraphs of which less than this part is the same are not one that was changed.
LIKENESS = 0.4
# Within so many, one that was changed is looked for by its words, else by its place.
MOST_CANDIDATES = 900


@dataclass(frozen=True)
class Paragraph:
    """A part of a text that stands by itself.

    Attributes:
        html: the element, whole.
        list_tag: the tag that opens its list; empty for what is no item of one.
    """

    html: str
    list_tag: str = ""

    @cached_property
    def address(self) -> str:
        """Its address within its text."""
        whole = f"{self.list_tag}{self.html}"
        return blake2s(whole.encode(errors="replace"), digest_size=6).hexdigest()

    @cached_property
    def words(self) -> str:
        """What it says, as plain text."""
        return plain_text(self.html)

    @property
    def kind(self) -> str:
        """The name of its element: "p", "h2", "h3", "li" or "table"."""
        match = re.match(r"<(\w+)", self.html)
        return match[1] if match else "p"


@dataclass(frozen=True)
class Place:
    """Where a paragraph stands: under which heading, and as which of its kind there."""

    kind: str
    number: int
    heading: str


def split(html: str) -> list[Paragraph]:
    """Return the paragraphs of sanitised HTML; ``join`` makes the same of them again."""
    found = list(_parts(html))
    # Two lists that touch would become one, and what was never cleaned may end anywhere.
    return found if join(found) == html else [Paragraph(html)]


def _parts(html: str) -> Iterator[Paragraph]:
    depth = 0
    list_tag = ""
    kept: list[str] = []
    for number, part in enumerate(_TAG.split(html)):
        if number % 2 == 0 or part in ("<br>", ""):
            if part:
                kept.append(part)
            continue
        name = part.strip("</>").split(" ", 1)[0]
        is_end = part.startswith("</")
        if not is_end and depth == 0 and name in _BLOCKS:
            if kept:
                yield Paragraph("".join(kept))
            kept = []
            if name in _LISTS:
                list_tag = part
                depth = 1
                continue
        depth += -1 if is_end else 1
        if is_end and depth == 0 and list_tag and name in _LISTS:
            list_tag = ""
            continue
        kept.append(part)
        if is_end and ((name in _BLOCKS and depth == 0) or (list_tag and depth == 1)):
            yield Paragraph("".join(kept), list_tag)
            kept = []
    if kept:
        yield Paragraph("".join(kept))


def join(paragraphs: Iterable[Paragraph]) -> str:
    """Return the HTML of paragraphs that follow one another."""
    html = []
    for list_tag, items in groupby(paragraphs, attrgetter("list_tag")):
        text = "".join(item.html for item in items)
        html.append(f"{list_tag}{text}</{list_tag[1:3]}>" if list_tag else text)
    return "".join(html)


def places(paragraphs: Iterable[Paragraph]) -> list[Place]:
    """Return where each of a text's paragraphs stands, counted from the heading before it."""
    found = []
    heading = ""
    numbers: Counter[str] = Counter()
    for paragraph in paragraphs:
        if paragraph.kind in ("h2", "h3"):
            heading = paragraph.words
            numbers.clear()
            found.append(Place(paragraph.kind, 1, heading))
            continue
        numbers[paragraph.kind] += 1
        found.append(Place(paragraph.kind, numbers[paragraph.kind], heading))
    return found


def differing(
    old: Sequence[Paragraph], new: Sequence[Paragraph], effort: Effort | None = None
) -> list[Pair]:
    """Return the paragraphs that two versions of a text do not share, those of one place paired."""
    effort = effort or Effort()
    found: list[Pair] = []
    for is_equal, start, end, other_start, other_end in stretches(
        [each.address for each in old], [each.address for each in new], effort
    ):
        if not is_equal:
            found += _paired(old, new, range(start, end), range(other_start, other_end))
    return found


def _paired(
    old: Sequence[Paragraph], new: Sequence[Paragraph], first: range, second: range
) -> Iterator[Pair]:
    """Pair what differs at one place, in order, so that as many words as possible stay."""
    if len(first) == len(second) or len(first) * len(second) > MOST_CANDIDATES:
        yield from zip_longest(first, second)
        return
    bags = {
        "old": [Counter(old[place].words.split()) for place in first],
        "new": [Counter(new[place].words.split()) for place in second],
    }
    likeness = [[likeness_of(one, other) for other in bags["new"]] for one in bags["old"]]
    for one, other in paired(likeness, len(second)):
        yield (
            None if one is None else first[one],
            None if other is None else second[other],
        )


def likeness_of(one: Counter[str], other: Counter[str]) -> float:
    """Return what part of their words two paragraphs share; none, if it is little."""
    longest = max(one.total(), other.total())
    share = (one & other).total() / longest if longest else 0.0
    return share if share >= LIKENESS else 0.0
