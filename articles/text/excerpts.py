"""The place of a text where it says what somebody looks for. Pure: takes text, returns text."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from articles.text.search_query import LONGEST_NAME, Phrase
from articles.text.stemming import fold, stem

LENGTH = 240  # characters

_WORD = re.compile(r"[^\W_]+")
# Where an excerpt had better begin: at a line, or behind the end of a sentence.
_BEGINNING = re.compile(r"\n|(?<=[.!?…:;]) ")
# Marked for itself, a single letter or number would be marked everywhere.
_SHORTEST = 2

# The best part of a text is looked for among so many places that match.
_MOST = 100

# A text and whether it is marked.
Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class _Match:
    start: int
    end: int
    phrase: Phrase


def marked(text: str, phrases: Collection[Phrase], stemmer: str) -> Pieces:
    """Return a whole text with what is looked for marked."""
    return _pieces(text, 0, len(text), list(_matches(text, phrases, stemmer)))


def excerpt(text: str, phrases: Collection[Phrase], stemmer: str) -> Pieces:
    """Return the part of a text that says most of what is looked for, marked.

    Empty where it says nothing of it.
    """
    matches = list(islice(_matches(text, phrases, stemmer), _MOST))
    if not matches:
        return []
    first = _best(matches)
    start = _beginning(text, matches[first].start)
    end = _ending(text, start + LENGTH)
    pieces = _pieces(text, start, end, matches[first:])
    before = [] if start == 0 or text[start - 1] == "\n" else [("… ", False)]
    after = (
        [] if end == len(text) or text[end] == "\n" or text[end - 1] in ".!?" else [(" …", False)]
    )
    return [*before, *pieces, *after]


def _matches(text: str, phrases: Collection[Phrase], stemmer: str) -> Iterator[_Match]:
    """Yield where a text says a phrase, in its order; "pd1" also as "PD-1"."""
    of_first: dict[str, list[Phrase]] = {}
    for phrase in sorted(phrases, key=len, reverse=True):
        if len(phrase) > 1 or len(phrase[0]) >= _SHORTEST:
            of_first.setdefault(phrase[0], []).append(phrase)
    numbers: list[Phrase] = [
        phrase for phrase in phrases if len(phrase) == 1 and not phrase[0].isalpha()
    ]
    # Of the many words of a text, the few with which something may begin.
    said = set(_WORD.findall(text))
    forms = {form for form in said if _stem(form, stemmer) in of_first}
    for number in numbers:
        forms |= {form for form in said if number[0].startswith(fold(form))}
    if not forms:
        return
    behind = 0
    for found in re.finditer(rf"(?<![^\W_])(?:{'|'.join(forms)})(?![^\W_])", text):
        if found.start() >= behind:
            match = _match(text, found.start(), of_first, numbers, stemmer)
            if match:
                behind = match.end
                yield match


def _match(
    text: str,
    start: int,
    of_first: dict[str, list[Phrase]],
    numbers: list[Phrase],
    stemmer: str,
) -> _Match | None:
    """Return the longest phrase that begins at a place of a text."""
    words = list(islice(_WORD.finditer(text, start), LONGEST_NAME))
    stems = tuple(_stem(word[0], stemmer) for word in words)
    for phrase in of_first.get(stems[0], ()):
        if stems[: len(phrase)] == phrase:
            return _Match(start, words[len(phrase) - 1].end(), phrase)
    for number in numbers:
        if len(words) > 1 and words[1].start() == words[0].end() + 1:
            whole = fold(words[0][0] + words[1][0])
            if whole == number[0]:
                return _Match(start, words[1].end(), number)
    return None


@lru_cache(maxsize=100_000)
def _stem(word: str, stemmer: str) -> str:
    return stem(fold(word), stemmer)


def _best(matches: list[_Match]) -> int:
    """Return the number of the match with which the best part begins: that with the most different
    phrases, then the most of all, then the first."""
    best, most = 0, (0, 0)
    for number, match in enumerate(matches):
        within = []
        for other in matches[number:]:
            if other.end > match.start + LENGTH:
                break
            within.append(other.phrase)
        says = (len(set(within)), len(within))
        if says > most:
            best, most = number, says
    return best


def _beginning(text: str, place: int) -> int:
    """Return where an excerpt begins that shows a place of a text."""
    if place <= LENGTH // 3:
        return 0
    earliest = place - LENGTH // 3
    ends = [found.end() for found in _BEGINNING.finditer(text, earliest, place)]
    if ends:
        return ends[0] if place - ends[0] < LENGTH // 3 else ends[-1]
    space = text.find(" ", earliest, place)
    return space + 1 if space >= 0 else place


def _ending(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    space = text.rfind(" ", place - 40, place + 1)
    return space if space >= 0 else place


def _pieces(text: str, start: int, end: int, matches: list[_Match]) -> Pieces:
    pieces: Pieces = []
    done = start
    for match in matches:
        if match.start < done or match.end > end:
            continue
        pieces += [(text[done : match.start], False), (text[match.start : match.end], True)]
        done = match.end
    pieces.append((text[done:end], False))
    return [(piece.replace("\n", " "), is_marked) for piece, is_marked in pieces if piece]
