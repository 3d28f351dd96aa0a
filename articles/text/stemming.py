"""Words as they are searched for. Pure: takes text, returns words.

A page is found by the stems of its words, and so is the same word in another form: accents,
apostrophes, capital letters and the ends of words make no difference. Whatever is done to the words
of a page is done to those that somebody looks for, so a rule that goes too far costs little.

A language is named by its stemmer; see ``immunoportal.languages``.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import snowballstemmer

from articles.text import british

STOP_WORDS = Path(__file__).resolve().parent / "stop_words"

# What is longer is no word, and no index wants it.
LONGEST = 40  # characters
# So many parts of "anti-PD-1-antibody" are also found written as one word.
MOST_JOINED = 4

# Soft hyphens, spaces without width, and turns of direction: pasted texts have them within words.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")

HYPHENS = "-‐‑‒–−"
WORD = re.compile(rf"[^\W_]+(?:[{HYPHENS}][^\W_]+)*")
_HYPHEN = re.compile(rf"[{HYPHENS}]")
# "CAR T", "PD 1": a short name and its letter or number.
_NAME_AND_NUMBER = re.compile(r"\b([A-Z]{2,5}) (?=(?:[A-Z]\d?|\d{1,2})\b)")

# Two at once would mix up their words.
_lock = threading.Lock()


@dataclass
class Stems:
    """The stems of a text.

    Attributes:
        words: in the order of the text.
        joined: those that stand parted by hyphens, written as one: "pd1" of "PD-1".
    """

    words: list[str] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)


def stems_of(text: str, stemmer: str) -> Stems:
    """Return the stems of a text."""
    found = Stems()
    for parts in words_of(_NAME_AND_NUMBER.sub(r"\1-", text)):
        found.words += [stem(part, stemmer) for part in parts]
        found.joined += [stem(word, stemmer) for word in joined(parts)]
    return found


def words_of(text: str) -> Iterator[list[str]]:
    """Yield the words of a text, folded, each as the parts between its hyphens."""
    for word in WORD.findall(fold(text)):
        yield _HYPHEN.split(word) if len(word) > 1 else [word]


def joined(parts: list[str]) -> Iterator[str]:
    """Yield neighbouring parts of a word written as one, but for mere numbers."""
    for start in range(len(parts) - 1):
        for end in range(start + 2, min(start + MOST_JOINED, len(parts)) + 1):
            whole = "".join(parts[start:end])
            if not whole.isdigit():
                yield whole


def fold(text: str) -> str:
    """Return a text without capital letters, accents and what cannot be seen."""
    text = text.casefold()
    if text.isascii():
        return text
    parted = unicodedata.normalize("NFKD", _UNSEEN.sub("", text))
    return "".join(letter for letter in parted if not unicodedata.combining(letter))


@lru_cache(maxsize=100_000)
def stem(word: str, stemmer: str) -> str:
    """Return the stem of a folded word; a word of another alphabet is its own."""
    word = word[:LONGEST]
    if not stemmer or not word.isalpha() or not word.isascii():
        return word
    if stemmer == british.STEMMER:
        word = british.american(word)
    with _lock:
        return _stemmer(stemmer).stemWord(word)


@cache
def _stemmer(name: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(name)


@cache
def stop_words(stemmer: str) -> frozenset[str]:
    """Return the words of a language that nobody looks for, folded; none where no list is."""
    path = STOP_WORDS / f"{stemmer}.txt"
    return frozenset(fold(path.read_text("utf-8")).split()) if path.exists() else frozenset()


@cache
def stop_stems(stemmer: str) -> frozenset[str]:
    """Return the stems of these words."""
    return frozenset(stem(word, stemmer) for word in stop_words(stemmer))
