"""What somebody looks for, as an index understands it. Pure: takes text, returns a query.

Words in quotation marks are looked for as they follow one another. Of everything else each word is
wanted, in any form, or a name that means the same. There are no operators: every sign that might be
one is a gap between words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from articles.text.stemming import (
    LONGEST,
    WORD,
    fold,
    joined,
    stem,
    stop_stems,
    stop_words,
    words_of,
)

# What is beyond is not looked for, and the reader is told.
MOST_CHARACTERS = 200
MOST_WORDS = 8
LONGEST_NAME = 8  # words that a name of the glossary has

# Stems that follow one another.
Phrase = tuple[str, ...]
# All of these phrases are wanted.
Alternative = tuple[Phrase, ...]
# The names that mean the same as a name, by its stems.
Synonyms = Mapping[Phrase, Sequence[Phrase]]

_QUOTATION_MARK = re.compile('["“”„«»]')
_SHORT_NAME = 5
_SHORT_NUMBER = 3
# Each is a word of some language: "febbre e tosse".
_VOWELS = frozenset("aeiouy")
_WITH_NUMBER = re.compile(r"[^\W\d_]{2,}\d+")
_BEHIND_WORD = re.compile(rf"{WORD.pattern}(['’ʼ]?)")


@dataclass(frozen=True)
class Wanted:
    """One thing that a page must have.

    Attributes:
        alternatives: each of them will do.
        words: as they were typed, folded.
        is_stop_word: whether it says next to nothing.
        is_quoted: whether it is wanted to the letter.
    """

    alternatives: tuple[Alternative, ...]
    words: tuple[str, ...]
    is_stop_word: bool = False
    is_quoted: bool = False

    @property
    def phrases(self) -> Iterator[Phrase]:
        for alternative in self.alternatives:
            yield from alternative


@dataclass(frozen=True)
class Query:
    """What a page must have, each only once.

    Attributes:
        is_cut: whether more was asked for than is looked for.
    """

    wanted: tuple[Wanted, ...]
    is_cut: bool = False

    @property
    def phrases(self) -> list[Phrase]:
        return list(dict.fromkeys(phrase for each in self.wanted for phrase in each.phrases))


def parse(text: str, stemmer: str, synonyms: Synonyms) -> Query:
    """Return what is looked for; a query that wants nothing where there is no word in it."""
    parts = _QUOTATION_MARK.split(cut(text))
    is_closed = len(parts) % 2 == 1
    found: list[Wanted] = []
    for number, part in enumerate(parts):
        is_quoted = number % 2 == 1 and (is_closed or number < len(parts) - 1)
        if is_quoted:
            found += _quoted(words_of(part), stemmer)
        else:
            found += _words(part, stemmer, synonyms)
    telling = [each for each in found if not each.is_stop_word] or found
    once = list({each.alternatives: each for each in telling}.values())
    is_cut = len(text) > MOST_CHARACTERS or len(once) > MOST_WORDS
    return Query(tuple(once[:MOST_WORDS]), is_cut)


def cut(text: str) -> str:
    """Return what is looked for of a text: so many characters at most, in whole words."""
    if len(text) <= MOST_CHARACTERS:
        return text
    return text[:MOST_CHARACTERS].rpartition(" ")[0] or text[:MOST_CHARACTERS]


def _quoted(units: Iterable[list[str]], stemmer: str) -> Iterator[Wanted]:
    words = tuple(part for parts in units for part in parts)
    if words:
        yield Wanted(((_stems(words, stemmer),),), words, is_quoted=True)


def _words(text: str, stemmer: str, synonyms: Synonyms) -> Iterator[Wanted]:
    units = list(words_of(text))
    # Two words that an apostrophe parts are no name and its number: "crisi d’asma", "mum’s".
    is_parted = [bool(apostrophe) for apostrophe in _BEHIND_WORD.findall(fold(text))]
    start = 0
    while start < len(units):
        for end in range(min(start + LONGEST_NAME, len(units)), start, -1):
            wanted = _named(units[start:end], stemmer, synonyms)
            if wanted:
                break
        else:
            end = start + 1
            wanted = None
            if not any(is_parted[start : end + 1]):
                wanted = _number(units[start : end + 1], stemmer)
            if wanted:
                end += 1
            else:
                wanted = _one(units[start], stemmer)
        yield wanted
        start = end


def _named(units: Sequence[list[str]], stemmer: str, synonyms: Synonyms) -> Wanted | None:
    """Return a name of the glossary with those that mean the same; ``None`` if it is none."""
    words = tuple(part for parts in units for part in parts)
    names = synonyms.get(_stems(words, stemmer))
    if names is None and len(units) == 1 and len(words) > 1:
        names = synonyms.get((stem("".join(words)[:LONGEST], stemmer),))
    if names is None:
        return None
    own = _one(units[0], stemmer).alternatives if len(units) == 1 else ()
    each = (tuple(_stems(parts, stemmer) for parts in units),)
    others = tuple((name,) for name in names)
    return Wanted(tuple(dict.fromkeys((*own, *each, *others))), words)


def _number(units: Sequence[list[str]], stemmer: str) -> Wanted | None:
    """Return "pd 1" as what may be written "PD1" as well; ``None`` if it is nothing of the kind."""
    if len(units) < 2 or any(len(parts) > 1 for parts in units):
        return None
    (name,), (number,) = units
    if not name.isalpha() or len(name) > _SHORT_NAME or len(number) > _SHORT_NUMBER:
        return None
    if number.isalpha() and (len(number) > 1 or number in _VOWELS):
        return None
    if name in stop_words(stemmer):
        return None
    parted = tuple(_stems((word,), stemmer) for word in (name, number))
    return Wanted((parted, (_stems((name + number,), stemmer),)), (name, number))


def _one(parts: Sequence[str], stemmer: str) -> Wanted:
    words = tuple(parts)
    alternatives: list[Alternative] = [(_stems(words, stemmer),)]
    if len(words) > 1 and (whole := "".join(words)) in joined(list(words)):
        alternatives.append((_stems((whole,), stemmer),))
    if len(words) > 1 and any(map(_WITH_NUMBER.fullmatch, words)):
        # "anti-pdl1" of "anti-PD-L1".
        alternatives.append(tuple(_stems((word,), stemmer) for word in words))
    is_stop_word = all(word in stop_words(stemmer) for word in words)
    return Wanted(tuple(alternatives), words, is_stop_word)


def _stems(words: Iterable[str], stemmer: str) -> Phrase:
    return tuple(stem(word, stemmer) for word in words)


def synonyms_of(terms: Iterable[tuple[Sequence[str], Sequence[str]]], stemmer: str) -> Synonyms:
    """Return the synonyms that a glossary knows.

    Args:
        terms: of each, the names in this language, and those in others.
    """
    found: dict[Phrase, dict[Phrase, None]] = {}
    for own, foreign in terms:
        names = dict.fromkeys(filter(None, (phrase_of(name, stemmer) for name in own)))
        if not names:
            continue
        others = filter(None, (phrase_of(name, stemmer) for name in foreign))
        for name in (*names, *others):
            found.setdefault(name, {}).update(names)
    return {name: tuple(others) for name, others in found.items()}


def opening(stems: Phrase, stemmer: str) -> Phrase:
    """Return what tells that a title begins with some words: those that say something, the first
    one of them marked."""
    telling = [each for each in stems if each not in stop_stems(stemmer)]
    return (f"__{telling[0]}", *telling[1:]) if telling else ()


def subject(stems: Phrase, stemmer: str) -> str:
    """Return what tells that a title says these words and no others; empty where none of them says
    something."""
    telling = [each for each in stems if each not in stop_stems(stemmer)]
    return f"__{'_'.join(telling)}__" if telling else ""


def phrase_of(name: str, stemmer: str) -> Phrase:
    return tuple(stem(part, stemmer) for parts in words_of(name) for part in parts)


def with_words(text: str, instead: Mapping[str, str]) -> str:
    """Return what was typed with other words in the place of some, which are named folded."""

    def other(found: re.Match[str]) -> str:
        return instead.get(fold(found[0]), found[0])

    return re.sub(r"[^\W_]+", other, cut(text))
