"""The terms of a glossary in a text and in its translation. Pure: takes text, returns text.

A term that stands in one text, under any of its names, is looked for in the other one under any of
its names there, whatever the ends of their words are.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

# Of longer words, the end is not looked at: "metastatico", "metastatiche".
_SHORT = 4
_NOTHING = re.compile(r"(?!)")
_PARTS = re.compile(r"[^\W_]+|[^\w\s]+|\s+|_")


@dataclass(frozen=True)
class Names:
    """What a term is called in one language.

    Attributes:
        names: the term itself first, then its other names.
        forbidden: the words that are not to be used for it, each with the reason.
    """

    names: tuple[str, ...] = ()
    forbidden: tuple[tuple[str, str], ...] = ()

    @cached_property
    def in_any_form(self) -> re.Pattern[str]:
        return _pattern(self.names, _stem)

    @cached_property
    def as_written(self) -> re.Pattern[str]:
        return _pattern(self.names, re.escape)

    @cached_property
    def forbidden_words(self) -> list[tuple[re.Pattern[str], str]]:
        return [(_pattern([word], re.escape), reason) for word, reason in self.forbidden]

    def forbidden_in(self, text: str) -> tuple[str, str] | None:
        """Return the first forbidden word of a text, and why it is; not within a name."""
        if not self.forbidden:
            return None
        text = self.as_written.sub(" ", text)
        for pattern, reason in self.forbidden_words:
            if found := pattern.search(text):
                return found[0], reason
        return None


@dataclass(frozen=True)
class TermDoubt:
    """A term whose translation may be wrong.

    Attributes:
        is_own: whether the term stands in the first of two texts.
        words: the term as it stands there.
        expected: what it is called in the language of the other text.
        used: a forbidden word that stands in the other text; else empty.
        reason: why it is forbidden.
    """

    is_own: bool
    words: str
    expected: str
    used: str = ""
    reason: str = ""


class Glossary:
    """The terms of a glossary, each with its names by language."""

    def __init__(self, terms: Iterable[Mapping[str, Names]]):
        self.terms = [term for term in terms if term]
        self._finders: dict[str, Callable[[str], Iterator[tuple[int, str]]]] = {}

    def doubts(
        self, own: str, own_language: str, other: str, other_language: str
    ) -> list[TermDoubt]:
        """Return the terms of each text for which the other one has no name, or a forbidden one."""
        mine = self._doubts(own, own_language, other, other_language)
        theirs = self._doubts(other, other_language, own, own_language)
        return [
            *(TermDoubt(True, *doubt) for doubt in mine),
            *(TermDoubt(False, *doubt) for doubt in theirs),
        ]

    def _doubts(
        self, text: str, language: str, translation: str, other: str
    ) -> Iterator[tuple[str, str, str, str]]:
        for number, words in self._found_in(text, language).items():
            there = self.terms[number].get(other)
            if there is None or not there.names:
                continue
            if forbidden := there.forbidden_in(translation):
                yield words, there.names[0], *forbidden
            elif not there.in_any_form.search(translation):
                yield words, there.names[0], "", ""

    def _found_in(self, text: str, language: str) -> dict[int, str]:
        """Return the numbers of the terms of a text, and how each is written there first."""
        if language not in self._finders:
            self._finders[language] = self._finder(language)
        found: dict[int, str] = {}
        for number, words in self._finders[language](text):
            found.setdefault(number, words)
        return found

    def _finder(self, language: str) -> Callable[[str], Iterator[tuple[int, str]]]:
        numbers = {
            _folded(name): number
            for number, term in enumerate(self.terms)
            for name in term.get(language, Names()).names
        }
        names = [name for term in self.terms for name in term.get(language, Names()).names]
        acronyms = _pattern([name for name in names if _is_acronym(name)], re.escape)
        # Looked for in small letters, which is quicker than to ignore which they are.
        words = _pattern(
            [name.lower() for name in names if not _is_acronym(name)], re.escape, in_small=True
        )

        def find(text: str) -> Iterator[tuple[int, str]]:
            small = text.lower()
            if len(small) != len(text):  # some capitals become two letters
                small = "".join(each.lower()[:1] for each in text)
            for pattern, searched in ((acronyms, text), (words, small)):
                for match in pattern.finditer(searched):
                    number = numbers.get(_folded(match[0]))
                    if number is not None:
                        yield number, text[match.start() : match.end()]

        return find


def _is_acronym(name: str) -> bool:
    """Tell whether it is only itself in capitals: "OS" is no bone."""
    return sum(letter.isupper() for letter in name) > 1


def _pattern(
    names: Iterable[str], written: Callable[[str], str], *, in_small: bool = False
) -> re.Pattern[str]:
    """Return what finds any of some names as whole words, the longest first.

    Args:
        in_small: whether it is used on text in small letters alone.
    """
    longest_first = sorted(filter(None, dict.fromkeys(names)), key=len, reverse=True)
    if not longest_first:
        return _NOTHING
    forms = [
        form if in_small or _is_acronym(name) else f"(?i:{form})"
        for name in longest_first
        for form in [_form(name, written)]
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)")


def _form(name: str, written: Callable[[str], str]) -> str:
    parts = []
    for part in _PARTS.findall(name.strip()):
        if part.isspace() or part in "-‐‑–":
            parts.append(r"[-‐‑–\s]+")
        elif part[0] in "'’":
            parts.append("['’]")
        else:
            parts.append(written(part))
    return "".join(parts)


def _stem(word: str) -> str:
    if len(word) <= _SHORT or not word.isalpha():
        return re.escape(word)
    return rf"{re.escape(word[:-2])}\w{{0,4}}"


def _folded(name: str) -> str:
    return re.sub(r"[\s‐‑–-]+", " ", name.replace("’", "'").casefold()).strip()
