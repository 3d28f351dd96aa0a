"""What differs between two texts, word by word. Pure: takes text, returns text."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from operator import itemgetter

# What became of some words: they stand in both texts, in the first one only, or in the second.
SAME, GONE, NEW = "same", "del", "ins"
Change = tuple[str, str]

# Looking for what two passages share takes time by the product of their lengths.
MOST_PAIRS = 1_000_000

# A number is one word, with its decimals: half of a dose that has changed would be misread.
_WORDS = re.compile(r"\s+|\d+(?:[.,]\d+)+|\w+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


def changes(before: str, after: str) -> list[Change]:
    """Return a text's words with what became of them, those of one kind in a row together.

    Lines that are equal are found first, so that a long text with one changed paragraph is
    compared quickly; where everything is different, a passage is shown as a whole.

    Returns:
        Pairs such as ``("ins", "two words")``. The first text is all that is not ``"ins"``, the
        second all that is not ``"del"``.
    """
    found: list[Change] = []
    old, new = _LINES.findall(before), _LINES.findall(after)
    for is_equal, first, second in _compared(old, new):
        if is_equal:
            found.append((SAME, first))
        else:
            found += _word_changes(first, second)
    return [
        (kind, "".join(text for _kind, text in run)) for kind, run in groupby(found, itemgetter(0))
    ]


def _word_changes(before: str, after: str) -> Iterator[Change]:
    for is_equal, first, second in _compared(_WORDS.findall(before), _WORDS.findall(after)):
        if is_equal:
            yield SAME, first
            continue
        if first:
            yield GONE, first
        if second:
            yield NEW, second


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    """Yield the parts of two sequences: whether they are equal there, and what each has."""
    if len(old) * len(new) > MOST_PAIRS:
        yield False, "".join(old), "".join(new)
        return
    # Blanks are everywhere: what is equal is found by the words around them.
    matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        yield kind == "equal", "".join(old[start:end]), "".join(new[other_start:other_end])
