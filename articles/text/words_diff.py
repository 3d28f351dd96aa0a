"""What differs between two texts, word by word. Pure: takes text, returns text."""

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from articles.text.alignment import Effort, stretches

# What became of some words: they stand in both texts, in the first one only, or in the second.
SAME, GONE, NEW = "same", "del", "ins"
Change = tuple[str, str]

# A number is one word, with its decimals; so are a range and a unit ("16-20", "mg/kg"): half of a
# dose that has changed would be misread.
_PART = r"(?:\d+(?:[.,:]\d+)+|\w+)"
WORD = rf"{_PART}(?:[-–‑/]{_PART})*"
_WORDS = re.compile(rf"\s+|{WORD}|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


def changes(before: str, after: str, effort: Effort | None = None) -> list[Change]:
    """Return a text's words with what became of them, those of one kind in a row together.

    Lines that are equal are found first, so that a long text with one changed paragraph is
    compared quickly; where everything is different, a passage is shown as a whole.

    Args:
        effort: what may be spent on it, where one page shows many texts.

    Returns:
        Pairs such as ``("ins", "two words")``. The first text is all that is not ``"ins"``, the
        second all that is not ``"del"``.
    """
    effort = effort or Effort()
    found: list[Change] = []
    old, new = _LINES.findall(before), _LINES.findall(after)
    for is_equal, start, end, other_start, other_end in stretches(old, new, effort):
        first = "".join(old[start:end])
        if is_equal:
            found.append((SAME, first))
        else:
            found += _word_changes(first, "".join(new[other_start:other_end]), effort)
    return [
        (kind, "".join(text for _kind, text in run)) for kind, run in groupby(found, itemgetter(0))
    ]


def _word_changes(before: str, after: str, effort: Effort) -> Iterator[Change]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    # Blanks are everywhere: what is equal is found by the words around them.
    for is_equal, start, end, other_start, other_end in stretches(old, new, effort, str.isspace):
        first, second = "".join(old[start:end]), "".join(new[other_start:other_end])
        if is_equal:
            yield SAME, first
            continue
        if first:
            yield GONE, first
        if second:
            yield NEW, second
