"""How hard a text is to read. Pure: takes text, returns numbers and places.

Sentences end at ``.``, ``!``, ``?`` or ``…``, unless the text goes on with a small letter, as it
does after "i.e."; and with a line, as a heading does. Digits count as letters. What is a word is
each formula's own: Italian ones are split at apostrophes ("l’immunoterapia" is two).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

# Of a sentence with more words, readers have lost the beginning when they come to its end.
LONGEST = 25

_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’-][^\W_]+)*")
_WORD_SPLIT_AT_APOSTROPHES = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:-[^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s+[^\sa-zà-ÿ]|\s*\Z)|\n")

_VOWELS = re.compile(r"[aeiouy]+")
# Two vowels that are spoken as two.
_HIATUS = re.compile(r"[iu]a(?!l\Z)|i(?:um|us|o(?!n))|eo|(?<!q)uou|ea(?:ct|te)|ie(?:nt|ty)")
# Endings whose vowel is silent.
_SILENT = re.compile(
    r"(?:[^aeiouyl]|[aeiouy]l)e\Z|[^aeiouytd]ed\Z|[^aeiouysxzcg](?<!sh)(?<!ch)es\Z"
)


class Schooling(IntEnum):
    """What school somebody has finished who reads a text with ease."""

    PRIMARY = 1
    LOWER_SECONDARY = 2
    UPPER_SECONDARY = 3
    UNIVERSITY = 4


@dataclass(frozen=True)
class Sentence:
    """A sentence, where it begins in its text, and the number of its words."""

    text: str
    start: int
    words: int

    @property
    def is_long(self) -> bool:
        return self.words > LONGEST


@dataclass(frozen=True)
class Formula:
    """A measure of how hard a text is to read.

    Attributes:
        name: as it is known.
        of: returns its value for a text that has words.
        schooling: returns for whom a text of a value is.
    """

    name: str
    of: Callable[[str], float]
    schooling: Callable[[float], Schooling]


def sentences_in(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a plain text that have words."""
    start = 0
    for end in [*(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]:
        said = text[start:end].strip()
        words = len(_WORD.findall(said))
        if words:
            yield Sentence(said, text.index(said, start), words)
        start = end


def has_words(text: str) -> bool:
    return _WORD.search(text) is not None


def gulpease(words: int, sentences: int, letters: int) -> float:
    """Return the Gulpease index of an Italian text: from 0, the hardest, to 100.

    Lucisano and Piemontese, 1988.
    """
    return max(0.0, min(100.0, 89 + (300 * sentences - 10 * letters) / words))


def flesch_kincaid(words: int, sentences: int, syllables: int) -> float:
    """Return the Flesch–Kincaid grade of an English text: the years of school that it asks for.

    Kincaid et al., 1975.
    """
    return 0.39 * words / sentences + 11.8 * syllables / words - 15.59


def syllables_in(word: str) -> int:
    """Return about how many syllables an English word has."""
    word = word.lower().removesuffix("'s").removesuffix("’s")
    found = len(_VOWELS.findall(word)) + len(_HIATUS.findall(word))
    return max(1, found - bool(_SILENT.search(word)))


def _gulpease_of(text: str) -> float:
    words = _WORD_SPLIT_AT_APOSTROPHES.findall(text)
    letters = sum(map(str.isalnum, text))
    return gulpease(len(words), sum(1 for _each in sentences_in(text)), letters)


def _flesch_kincaid_of(text: str) -> float:
    words = _WORD.findall(text)
    syllables = sum(map(syllables_in, words))
    return flesch_kincaid(len(words), sum(1 for _each in sentences_in(text)), syllables)


def _schooling_by_gulpease(value: float) -> Schooling:
    if value >= 80:
        return Schooling.PRIMARY
    if value >= 60:
        return Schooling.LOWER_SECONDARY
    return Schooling.UPPER_SECONDARY if value >= 40 else Schooling.UNIVERSITY


def _schooling_by_grade(value: float) -> Schooling:
    if value <= 5:
        return Schooling.PRIMARY
    if value <= 9:
        return Schooling.LOWER_SECONDARY
    return Schooling.UPPER_SECONDARY if value <= 13 else Schooling.UNIVERSITY


# By the names that languages have for them; see ``immunoportal.languages``.
FORMULAS = {
    "gulpease": Formula("Gulpease", _gulpease_of, _schooling_by_gulpease),
    "flesch-kincaid": Formula("Flesch–Kincaid", _flesch_kincaid_of, _schooling_by_grade),
}
