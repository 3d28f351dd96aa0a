"""The glossary as readers see it, and the links to its terms in articles, made with the page, so
that what is corrected is right everywhere at once.

Linked are the texts of blocks: paragraphs, call-outs, care cards, answers, the steps of a timeline
and the cells of tables. The lead and the key points are short and stay plain. Each answer that a
reader opens is a section of its own.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from django.urls import reverse
from django.utils import translation

from articles.models import Term
from articles.publishing.content import Content, Frozen
from articles.publishing.glossary import NAMES, digest_of, linker_of
from articles.text.glossary import Linker, letter_of, place_of
from articles.text.lines import lines_of
from immunoportal import languages
from immunoportal.publication import clock


@dataclass(frozen=True)
class Entry:
    """A term in one language.

    Attributes:
        number: of the term, the same in every language.
        others: what else it is called.
    """

    number: int
    language: str
    slug: str
    term: str
    definition: str
    others: tuple[str, ...]

    @property
    def url(self) -> str:
        with translation.override(self.language):
            return reverse("articles:term", args=[self.slug])


class Glossary:
    """All terms that readers of a language see.

    Args:
        rows: of its terms: the number, and the columns of ``NAMES`` and the definition.

    Attributes:
        entries: in the order of the alphabet.
        digest: of what the links in articles are made from.
        linker: finds the terms in texts.
    """

    def __init__(self, language: str, rows: Sequence[tuple[Any, ...]]) -> None:
        names = tuple(row[: 1 + len(NAMES)] for row in rows)
        self.digest = digest_of(names)
        self.linker: Linker = linker_of(language, names)
        entries = [
            Entry(number, language, slug, term, definition, tuple(lines_of(aliases or "")))
            for number, term, aliases, slug, definition in rows
        ]
        self.entries = sorted(entries, key=lambda entry: place_of(entry.term))
        self.by_number = {entry.number: entry for entry in entries}
        self.by_slug = {entry.slug: entry for entry in entries}

    @cached_property
    def letters(self) -> list[tuple[str, list[Entry]]]:
        """The letters that have terms, with these."""
        groups: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            groups[letter_of(entry.term)].append(entry)
        return sorted(groups.items(), key=lambda group: place_of(group[0]))


def glossary_in(language: str) -> Glossary:
    """Return the glossary in a language, read once in a moment."""
    return clock.remember(("glossary", language), lambda: _read(language))


def in_languages(number: int) -> dict[str, Entry]:
    """Return a term by each language whose readers see it, in the order of languages."""
    spoken = {code: glossary_in(code).by_number.get(number) for code in languages.codes()}
    return {code: entry for code, entry in spoken.items() if entry}


def _read(language: str) -> Glossary:
    columns = [f"{name}_{language}" for name in (*NAMES, "definition")]
    public = Term.objects.public_in(language).order_by("pk")
    return _glossary_of(language, tuple(public.values_list("pk", *columns)))


@lru_cache(maxsize=len(languages.TABLE))
def _glossary_of(language: str, rows: tuple[tuple[Any, ...], ...]) -> Glossary:
    # Most moments leave it as it is.
    return Glossary(language, rows)


def with_terms(content: Content, language: str) -> Content:
    """Return what an edition holds with the terms in its texts as links to what they mean."""
    glossary = glossary_in(language)
    if not glossary.entries:
        return content
    seen: set[int] = set()

    def linked(block: Frozen) -> Frozen:
        if "html" not in block:
            return block
        is_opened = block["type"] == "question" and "purpose" not in block
        in_section = set() if is_opened else seen
        html = glossary.linker.linked(
            block["html"], lambda number: glossary.by_number[number].url, in_section
        )
        return block | {"html": html}

    return replace(content, blocks=[linked(block) for block in content.blocks])
