"""The watched words in a text. Pure: takes text, returns text.

A word is watched as it is, or with ``…`` for what may stand before it or behind it: "…mab" finds
"ipilimumab", "rivoluzion…" finds "rivoluzionario". Case and accents make no difference, nor does
what nobody sees; the raised mark of a note is no part of a word.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_REST = "…"
_BLANK = re.compile(r"\s+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
# Where a word may be parted at the end of a line, what joins, what turns the direction.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# What words are made of, but for the raised marks of notes.
_LETTER = r"[^\W_⁰¹²³⁴⁵⁶⁷⁸⁹ªº]"


def folded(text: str) -> str:
    """Return a text without case and accents, of the same length."""
    return _NOT_ASCII.sub(_plain, text).lower()


def _plain(match: re.Match[str]) -> str:
    if unicodedata.decomposition(match[0]).startswith("<super>"):
        return match[0]
    character = unicodedata.normalize("NFKD", match[0])[:1].lower()
    return character if len(character) == 1 else match[0]


def is_watchable(word: str) -> bool:
    """Tell whether a word can be looked for: one or more words, with ``…`` only at their ends."""
    core = _core(word)
    return bool(core) and _REST not in word[1:-1] and core[0].isalnum() and core[-1].isalnum()


def found_in(text: str, words: Iterable[str]) -> list[tuple[str, str]]:
    """Return what stands in a text, as it is seen the first time, and the watched word that finds
    it.

    Args:
        words: those for which ``is_watchable`` is true.
    """
    words = tuple(words)
    if not words:
        return []
    text = _UNSEEN.sub("", text)
    searched = folded(text)
    found: dict[str, tuple[str, str]] = {}
    for match in _compiled(words).finditer(searched):
        start = match.start()
        while start and _is_letter(searched[start - 1]):
            start -= 1  # what "…" stands for
        word = searched[start : match.end()]
        if word not in found:
            by = next(each for each in words if _compiled((each,)).search(word))
            found[word] = (text[start : match.end()], by)
    return list(found.values())


def _is_letter(character: str) -> bool:
    return re.fullmatch(_LETTER, character) is not None


def _core(word: str) -> str:
    return folded(word.strip().removeprefix(_REST).removesuffix(_REST)).strip()


@lru_cache(maxsize=500)
def _compiled(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return one expression of some words. Each begins with a letter, so that most of a text is
    passed over quickly; what stands before it is looked at only then."""
    return re.compile("|".join(map(_expression, words)))


def _expression(word: str) -> str:
    first, *more = map(re.escape, _BLANK.split(_core(word)))
    before = rf"(?<={_LETTER}{first})" if word.startswith(_REST) else rf"(?<!{_LETTER}{first})"
    end = rf"{_LETTER}*" if word.endswith(_REST) else rf"(?!{_LETTER})"
    return first + before + "".join(rf"\s+{part}" for part in more) + end
