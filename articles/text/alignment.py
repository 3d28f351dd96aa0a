"""Where two sequences are equal. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from operator import eq
from typing import TypeVar

# Looking for what two sequences share takes time by the product of their lengths.
MOST_PAIRS = 1_000_000

# Whether they are equal there, and the bounds of the part in the first one and in the second.
Stretch = tuple[bool, int, int, int, int]


class Effort:
    """How much may be compared, in pairs: one for all that a page shows, so that it comes in time.

    Attributes:
        left: the pairs that may still be compared.
        refusals: how many sequences were too long to be compared.
    """

    def __init__(self, pairs: int = 10 * MOST_PAIRS):
        self.left = pairs
        self.refusals = 0

    def allows(self, pairs: int) -> bool:
        """Tell whether so many pairs may be compared, and count them."""
        if pairs > min(self.left, MOST_PAIRS):
            self.refusals += 1
            return False
        self.left -= pairs
        return True


def stretches(
    old: Sequence[str],
    new: Sequence[str],
    effort: Effort,
    is_blank: Callable[[str], bool] | None = None,
) -> Iterator[Stretch]:
    """Yield the parts of two sequences in order, those that are equal and those that differ.

    What would take too long to compare is one part that differs.

    Args:
        is_blank: tells what is everywhere, so that no part begins to be equal with it.
    """
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    end, other_end = len(old) - tail, len(new) - tail
    if head:
        yield True, 0, head, 0, head
    first, second = old[head:end], new[head:other_end]
    if not first or not second or not effort.allows(len(first) * len(second)):
        if first or second:
            yield False, head, end, head, other_end
    else:
        matcher = SequenceMatcher(is_blank, first, second, autojunk=False)
        for kind, start, stop, other_start, other_stop in matcher.get_opcodes():
            yield (
                kind == "equal",
                start + head,
                stop + head,
                other_start + head,
                other_stop + head,
            )
    if tail:
        yield True, end, len(old), other_end, len(new)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many items two sequences begin with alike."""
    return sum(takewhile(bool, map(eq, one, other)))


# The places of two items that belong together; of one that is only in the other sequence, ``None``.
Pair = tuple[int | None, int | None]


def paired(likeness: Sequence[Sequence[float]], columns: int) -> list[Pair]:
    """Return the items of two sequences in pairs, in order, as like one another as can be.

    Args:
        likeness: how like each item of the first is to each of the second; 0 parts them.
        columns: how many items the second has.
    """
    rows = len(likeness)
    # The best likeness of all that follows, from each two places on.
    best = [[0.0] * (columns + 1) for _row in range(rows + 1)]
    for one in reversed(range(rows)):
        for other in reversed(range(columns)):
            best[one][other] = max(
                best[one + 1][other],
                best[one][other + 1],
                best[one + 1][other + 1] + likeness[one][other],
            )
    found: list[Pair] = []
    one = other = 0
    while one < rows or other < columns:
        if other == columns or (one < rows and best[one][other] == best[one + 1][other]):
            found.append((one, None))
            one += 1
        elif one == rows or best[one][other] == best[one][other + 1]:
            found.append((None, other))
            other += 1
        else:
            found.append((one, other))
            one, other = one + 1, other + 1
    return found


Item = TypeVar("Item")


def merged(first: Iterable[Item], second: Iterable[Item]) -> list[Item]:
    """Return the items of the second sequence, and those that only the first one has, each after
    what it followed there."""
    found = list(second)
    place = 0
    for item in first:
        if item in found:
            place = found.index(item) + 1
        else:
            found.insert(place, item)
            place += 1
    return found
