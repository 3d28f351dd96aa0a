"""The terms of a glossary in the text of a page, as links to what they mean. Pure: takes text,
returns text.

The first occurrence in each section is a link; a section ends where a heading begins. Of terms that
overlap, the one that begins first counts, and of those the longest. Whole words only, by the rules
of Unicode: of "l’immunoterapia" the link is "immunoterapia". A word in capitals is found in
capitals alone: "OS" is no bone.

A term is found where it stands in one piece: not where an element begins or ends within it. Nothing
is found in headings, links, quotations, the headers of tables, code, and the markers of citations.

All of it takes time in proportion to the length of the text.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from html import escape, unescape

import ahocorasick

# Longer names are phrases that no text repeats; and what a place can match is bounded by it.
LONGEST_NAME = 120
# Shorter names are linked if they are in capitals.
SHORTEST_NAME = 3

_TAG = re.compile(r"(<[^>]*>)")
_TAG_NAME = re.compile(r"</?([a-z][a-z0-9]*)")
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_NEVER_IN = _HEADINGS | {
    "a", "abbr", "blockquote", "caption", "cite", "code", "dfn", "figcaption", "kbd", "pre", "q",
    "samp", "summary", "th",
}  # fmt: skip
# A word may go on behind these; any other element ends it.
_WITHIN_WORDS = {"a", "abbr", "b", "code", "dfn", "em", "i", "span", "strong", "sub", "sup", "u"}

# What is written in several ways, and the one form in which it is looked for.
_ONE_FORM = {
    **dict.fromkeys("’‘ʼ", "'"),
    **dict.fromkeys("-‐‑–\u00a0\u2009\u202f\n\t", " "),
}
# What is longer or shorter in that form: runs of spaces, references, letters with their marks
# apart, and characters that show nothing.
_UNEVEN = re.compile(
    r"(?:\s|&nbsp;){2,}|&[^;\s]*;?|[^\W_]?[\u0300-\u036f]+|[\u00ad\u0130\u200b-\u200d\u2060]"
)
_WORDS = re.compile(r"[^\W_]+")
_JOINED_BEFORE = re.compile(r"\w[.@]$")
_JOINED_BEHIND = re.compile(r"[.@]\w")

# Where in a text a term stands: from, to, and which one.
Place = tuple[int, int, int]


def is_linkable(name: str, stop_words: Collection[str]) -> bool:
    """Tell whether a name can be a link: neither a stop word nor one or two small letters."""
    words = _WORDS.findall(name)
    if not words or len(name) > LONGEST_NAME:
        return False
    if _capitals_of(name):
        return True
    is_long = sum(map(len, words)) >= SHORTEST_NAME
    return is_long and not all(word.lower() in stop_words for word in words)


class Linker:
    """Finds the names of terms in a language.

    Args:
        names: of the terms, each with the number of its term. Of two terms with one name the
            first counts.
        stop_words: of the language, in small letters.
    """

    def __init__(self, names: Iterable[tuple[str, int]], stop_words: Collection[str] = ()) -> None:
        terms: dict[str, list[tuple[Capitals, int]]] = {}
        for name, term in names:
            if is_linkable(name, stop_words):
                terms.setdefault(_folded(name), []).append((_capitals_of(name), term))
        self._automaton = ahocorasick.Automaton()
        for key, of_key in terms.items():
            # What asks for capitals is asked first.
            of_key.sort(key=lambda candidate: not candidate[0])
            self._automaton.add_word(key, (len(key), of_key))
        if terms:
            self._automaton.make_automaton()
        self._is_empty = not terms

    def linked(self, html: str, address_of: Callable[[int], str], seen: set[int]) -> str:
        """Return sanitised HTML with its terms as links.

        Args:
            address_of: returns where a term is explained.
            seen: the terms that are links in the section already; those of this text are added,
                and with each heading it begins anew.
        """
        if self._is_empty:
            return html
        parts = _TAG.split(html)
        for number, places in self._found_in(parts):
            if places is None:
                seen.clear()
                continue
            text, made, end = parts[number], [], 0
            for start, stop, term in places:
                if term in seen:
                    continue
                seen.add(term)
                link = f'<a class="term" href="{escape(address_of(term))}">{text[start:stop]}</a>'
                made += [text[end:start], link]
                end = stop
            if made:
                parts[number] = "".join([*made, text[end:]])
        return "".join(parts)

    def terms_in(self, html: str) -> set[int]:
        """Return the numbers of the terms that would be links in sanitised HTML."""
        if self._is_empty:
            return set()
        found = self._found_in(_TAG.split(html))
        return {term for _number, places in found for _start, _stop, term in places or ()}

    def _found_in(self, parts: Sequence[str]) -> Iterator[tuple[int, list[Place] | None]]:
        """Yield where the terms stand in each text among parts, by the number of the part; ``None``
        where a heading begins."""
        goes_on = _goes_on_behind(parts)
        closed = 0
        in_word = False
        for number, part in enumerate(parts):
            if number % 2 == 0:
                if part and not closed:
                    places = self._places_in(part, in_word, goes_on[number])
                    if places:
                        yield number, places
                if part:
                    in_word = _is_of_word(part[-1])
                continue
            name = _name_of(part)
            if name in _HEADINGS and part[1] != "/":
                yield number, None
            if name in _NEVER_IN:
                closed = max(0, closed - 1) if part[1] == "/" else closed + 1
            if name not in _WITHIN_WORDS:
                in_word = False

    def _places_in(self, text: str, in_word: bool, goes_on: bool) -> list[Place]:
        """Return where the terms stand in a text, in its order.

        Args:
            in_word: whether it begins within a word.
            goes_on: whether its last word goes on behind it.
        """
        folded, positions = _folded_with_positions(text)
        whole = []
        last = len(folded) - 1
        for end, (length, candidates) in self._automaton.iter(folded):
            start = end - length + 1
            if _is_of_word(folded[start - 1]) if start else in_word:
                continue
            if _is_of_word(folded[end + 1]) if end < last else goes_on:
                continue
            # Of "immunoterapia.org" no part is a term, nor of an email address.
            if _JOINED_BEFORE.search(folded, max(0, start - 2), start):
                continue
            if _JOINED_BEHIND.match(folded, end + 1):
                continue
            whole.append((start, -end, candidates))
        whole.sort(key=lambda each: each[:2])
        places = []
        reached = 0
        for start, minus_end, candidates in whole:
            if start < reached:
                continue
            end = 1 - minus_end
            from_, to = (positions[start], positions[end]) if positions else (start, end)
            term = _written_so(text[from_:to], candidates)
            if term is not None:
                reached = end
                places.append((from_, to, term))
        return places


# Of a name, which of its words are in capitals: their places among its words, and the words.
Capitals = tuple[tuple[int, str], ...]


def _capitals_of(name: str) -> Capitals:
    name = unicodedata.normalize("NFC", name)
    return tuple(
        (place, word)
        for place, word in enumerate(_WORDS.findall(name))
        if name.isupper() or sum(letter.isupper() for letter in word) > 1
    )


def _written_so(text: str, candidates: Sequence[tuple[Capitals, int]]) -> int | None:
    """Return the first of some terms whose capitals a text has."""
    for capitals, term in candidates:
        if not capitals:
            return term
        words = _WORDS.findall(unicodedata.normalize("NFC", unescape(text)))
        if all(words[place : place + 1] == [word] for place, word in capitals):
            return term
    return None


def _name_of(tag: str) -> str:
    match = _TAG_NAME.match(tag)
    return match[1] if match else ""


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"


def _goes_on_behind(parts: Sequence[str]) -> list[bool]:
    """Return of each part whether a word that reaches its end goes on behind it."""
    found = [False] * len(parts)
    goes_on = False
    for number in range(len(parts) - 1, -1, -1):
        part = parts[number]
        found[number] = goes_on
        if number % 2:
            goes_on = goes_on and _name_of(part) in _WITHIN_WORDS
        elif part:
            goes_on = _is_of_word(part[0])
    return found


def _folded(name: str) -> str:
    return _in_one_form(" ".join(unicodedata.normalize("NFC", name).split()))


def _in_one_form(text: str) -> str:
    text = text.lower()
    for written, form in _ONE_FORM.items():
        text = text.replace(written, form)
    return text


def _folded_with_positions(text: str) -> tuple[str, list[int] | None]:
    """Return the text of HTML in the form in which it is searched, and where each of its characters
    stood; ``None`` where that is the same place."""
    made: list[str] = []
    positions: list[int] = []
    reached = 0
    for uneven in _UNEVEN.finditer(text):
        start, end = uneven.span()
        written = unescape(uneven[0])
        form = " " if written.isspace() else _in_one_form(unicodedata.normalize("NFC", written))
        form = "".join(each for each in form if unicodedata.category(each) != "Cf")
        made += [_in_one_form(text[reached:start]), form]
        positions += range(reached, start)
        positions += [start] * len(form)
        reached = end
    if not reached:
        return _in_one_form(text), None
    made.append(_in_one_form(text[reached:]))
    positions += range(reached, len(text) + 1)
    return "".join(made), positions


LETTERLESS = "0–9"


def letter_of(term: str) -> str:
    """Return the letter under which a term stands, without accents; those without one stand under
    ``LETTERLESS``."""
    first = _without_accents(term)[:1].upper()
    return first if first.isalpha() else LETTERLESS


def place_of(term: str) -> tuple[str, str]:
    """Return what brings terms into the order of a dictionary: word by word, accents and capitals
    only where all else is equal."""
    words = _WORDS.findall(_without_accents(term).casefold())
    return " ".join(words), term


def _without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.strip())
    return "".join(each for each in letters if unicodedata.category(each)[0] != "M")
