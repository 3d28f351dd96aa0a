"""Two versions of one text, and what they have in common. Pure: takes text, returns text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import blake2s
from typing import NamedTuple

from articles.text.alignment import Effort, stretches
from articles.text.paragraphs import Paragraph


class Outcome(Enum):
    """Which of two versions of a text stays."""

    MINE = "mine"
    THEIRS = "theirs"
    ASK = "ask"


def digest(text: str) -> str:
    """Return a short name of a text: no two that somebody writes share one."""
    return blake2s(text.encode(errors="replace"), digest_size=9).hexdigest()


def outcome(mine: str, theirs: str, base: str | None) -> Outcome:
    """Return which version of a text stays: the one that has changed, if only one of them has.

    Args:
        mine, theirs: the two versions.
        base: the digest of the text that both began with; ``None`` where it is not known, so that
            every difference may be a change of both.
    """
    if mine == theirs or base == digest(theirs):
        return Outcome.MINE
    if base == digest(mine):
        return Outcome.THEIRS
    return Outcome.ASK


class Asked(NamedTuple):
    """A place that both have changed, as it is found again when the answer comes.

    Attributes:
        start, end: its bounds in their paragraphs.
        at, length: where mine begins in the text that is sent back, and how many paragraphs it has.
        digest: what they say; of none, what the one before them says.
    """

    start: int
    end: int
    at: int
    length: int
    digest: str

    def __str__(self) -> str:
        return "-".join(map(str, self))

    @classmethod
    def of(cls, part: "Part", before: Sequence[Paragraph]) -> "Asked":
        """Return how a part is asked that stands behind some paragraphs."""
        end = part.start + len(part.theirs)
        shown = _digest_of(part.mine or before[-1:])
        return cls(part.start, end, len(before), len(part.mine), shown)

    @classmethod
    def read(cls, text: str) -> "Asked | None":
        """Return the question that somebody has been asked; ``None`` if it is none of ours."""
        match = re.fullmatch(r"(\d{1,6})-(\d{1,6})-(\d{1,6})-(\d{1,6})-([0-9a-f]{18})", text, re.A)
        if match is None:
            return None
        start, end, at, length = map(int, match.groups()[:4])
        return cls(start, end, at, length, match[5])


@dataclass(frozen=True)
class Part:
    """Some paragraphs of two versions, and which of them stay.

    Attributes:
        start: the place of the first one in their version.
        asked: as what it has been asked before.
    """

    outcome: Outcome
    mine: Sequence[Paragraph]
    theirs: Sequence[Paragraph]
    start: int
    asked: Asked | None = None


def _digest_of(paragraphs: Iterable[Paragraph]) -> str:
    return digest(" ".join(each.address for each in paragraphs))


class _Change(NamedTuple):
    """What one version has made of some paragraphs of the base: their bounds, and how many more
    there are now."""

    start: int
    end: int
    growth: int


class _Place(NamedTuple):
    """A place of the base that was changed, and by how much each version is longer there.

    Attributes:
        mine, theirs: ``None`` for the version that has not changed it.
    """

    start: int
    end: int
    mine: int | None
    theirs: int | None

    def meets(self, question: Asked) -> bool:
        """Tell whether a question is about something of this place."""
        start, end = max(self.start, question.start), min(self.end, question.end)
        is_empty = self.start == self.end or question.start == question.end
        return start < end or (start == end and is_empty)


def merge(
    mine: Sequence[Paragraph],
    theirs: Sequence[Paragraph],
    base: Sequence[str] | None,
    asked: Iterable[Asked] = (),
) -> list[Part]:
    """Put two versions of a text together, paragraph by paragraph.

    Args:
        mine, theirs: the two versions.
        base: the addresses of the paragraphs that both began with; ``None`` where that is not
            known, so that every difference is asked.
        asked: what was asked about the base, when that was their version, and is not settled.

    Returns:
        All of both, in order.
    """
    of_mine, of_theirs = ([each.address for each in text] for text in (mine, theirs))
    known = of_theirs if base is None else base
    parts: list[Part] = []
    done = here = there = 0

    def add(result: Outcome, count: int, other: int) -> None:
        nonlocal here, there
        if count or other:
            first, second = mine[here : here + count], theirs[there : there + other]
            parts.append(Part(result, first, second, there))
            here, there = here + count, there + other

    for place in _places(_changes(known, of_mine), _changes(known, of_theirs)):
        add(Outcome.MINE, place.start - done, place.start - done)
        length = place.end - place.start
        count, other = length + (place.mine or 0), length + (place.theirs or 0)
        is_same = of_mine[here : here + count] == of_theirs[there : there + other]
        if place.mine is None:
            result = Outcome.THEIRS
        elif is_same:
            result = Outcome.MINE
        elif place.theirs is not None or base is None or any(map(place.meets, asked)):
            result = Outcome.ASK
        else:
            result = Outcome.MINE
        add(result, count, other)
        done = place.end
    add(Outcome.MINE, len(mine) - here, len(theirs) - there)
    return parts


def answered(
    mine: Sequence[Paragraph], theirs: Sequence[Paragraph], asked: Iterable[Asked]
) -> list[Part]:
    """Find again what was asked of two versions; all else that differs is settled, and mine.

    Args:
        mine: as it was asked; it may have been changed since.
        theirs: as it was asked.

    Returns:
        All of both, in order.
    """
    parts: list[Part] = []
    here = there = 0
    for question in sorted(asked):
        start, end = max(question.start, there), max(min(question.end, len(theirs)), there)
        at = _found(mine, here, question)
        count = question.length
        if at is None:
            # It was changed since: what stands in its place is meant.
            at = min(max(question.at, here), len(mine))
            count = min(count, len(mine) - at)
        if here < at or there < start:
            parts.append(Part(Outcome.MINE, mine[here:at], theirs[there:start], there))
        here, there = at + count, end
        parts.append(Part(Outcome.ASK, mine[at:here], theirs[start:end], start, question))
    parts.append(Part(Outcome.MINE, mine[here:], theirs[there:], there))
    return parts


def _found(mine: Sequence[Paragraph], start: int, question: Asked) -> int | None:
    """Return where a question is about, if that has not been changed since."""
    length = question.length or 1
    shift = 0 if question.length else 1
    fits = [
        at
        for at in range(start, len(mine) - question.length + 1)
        if _digest_of(mine[max(at - shift, 0) : at - shift + length]) == question.digest
    ]
    return min(fits, key=lambda at: abs(at - question.at), default=None)


def _changes(base: Sequence[str], text: Sequence[str]) -> Iterator[_Change]:
    for is_equal, start, end, new_start, new_end in stretches(base, text, Effort()):
        if is_equal:
            continue
        growth = (new_end - new_start) - (end - start)
        if growth:
            yield _Change(start, end, growth)
        else:
            # As many as there were: each has taken the place of one.
            yield from (_Change(place, place + 1, 0) for place in range(start, end))


def _places(mine: Iterable[_Change], theirs: Iterable[_Change]) -> Iterator[_Place]:
    """Yield what has changed, in order; changes that overlap are one place.

    What is added beside a paragraph that the other version has changed is another place; what
    both have added between the same two paragraphs is not.
    """
    changes = [(change, True) for change in mine] + [(change, False) for change in theirs]
    found: _Place | None = None
    for (start, end, growth), is_mine in sorted(changes):
        growths = (growth, None) if is_mine else (None, growth)
        if found and (start < found.end or start == end == found.start):
            found = _Place(
                found.start,
                max(end, found.end),
                *[
                    None if one is None and other is None else (one or 0) + (other or 0)
                    for one, other in zip(found[2:], growths, strict=True)
                ],
            )
            continue
        if found:
            yield found
        found = _Place(start, end, *growths)
    if found:
        yield found
