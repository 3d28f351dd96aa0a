"""The terms that stand in the texts of editions, noted by the worker: of an edition soon after it
was stored, and of all when the glossary has changed.

They stand where a page links them (``articles.reading.glossary``): in the texts of its blocks.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from articles.models import Edition, MentionSearch, Term, TermMention
from articles.publishing.content import Frozen, read
from articles.text.glossary import Linker
from articles.text.lines import lines_of
from immunoportal import languages
from immunoportal.publication import clock

# Editions that the worker looks at in one transaction.
BATCH = 100

NAMES = ("term", "aliases", "slug")
# Of a public term: its number, and the columns of ``NAMES``.
Row = tuple[int, str, str | None, str]


def rows_in(language: str) -> tuple[Row, ...]:
    """Return what the links of a language are made from: its public terms, in one query."""
    public = Term.objects.public_in(language).order_by("pk")
    columns = [f"{name}_{language}" for name in NAMES]
    rows: Iterable[Any] = public.values_list("pk", *columns)
    return tuple(rows)


@lru_cache(maxsize=2 * len(languages.TABLE))
def linker_of(language: str, rows: tuple[Row, ...]) -> Linker:
    """Return what finds the names of some terms in texts; of two terms with one name, the one that
    has it as its first name counts."""
    names = [(term, number) for number, term, _aliases, _slug in rows]
    names += [
        (name, number) for number, _term, aliases, _slug in rows for name in lines_of(aliases or "")
    ]
    return Linker(names, languages.TABLE[language].stop_words.split())


def digest_of(rows: Iterable[Row]) -> str:
    """Return the digest of what links are made from.

    Returns:
        A SHA-256 in hexadecimal.
    """
    return hashlib.sha256(json.dumps(list(rows)).encode()).hexdigest()


def linked_texts(blocks: Iterable[Frozen]) -> list[str]:
    """Return the texts of frozen blocks in which terms are links."""
    return [block["html"] for block in blocks if "html" in block]


def mentions_of(editions: Iterable[Edition], linkers: dict[str, Linker]) -> list[TermMention]:
    """Return the rows, not stored, that say which terms stand in editions.

    Args:
        linkers: by language.
    """
    return [
        TermMention(
            term_id=term,
            edition=edition,
            language=edition.language,
            first_published_at=edition.first_published_at,
        )
        for edition in editions
        if edition.language in linkers
        for term in sorted(
            set().union(
                *map(linkers[edition.language].terms_in, linked_texts(read(edition).blocks))
            )
        )
    ]


def note_next() -> bool:
    """Note the terms of the next editions that are not looked through yet; if the names of terms
    have changed, from the first edition on.

    Readers are shown what was found when all is done.

    Returns:
        Whether there was anything to do.
    """
    names = clock.remember("names of terms", Names.read)
    if not _is_due(names, MentionSearch.objects.first()):
        return False
    with transaction.atomic():
        # Who publishes waits, or changes a term: none is missed.
        clock.take_turn()
        names = Names.read()
        search = MentionSearch.objects.first() or MentionSearch(pk=1)
        if search.digest != names.digest:
            search.digest, search.reached = names.digest, 0
        editions = list(_present(search.reached)[:BATCH])
        if editions:
            _renew(editions, names.linkers)
            search.reached, search.is_over = editions[-1].pk, False
        else:
            search.is_over = True
            clock.advance()
        search.save()
    return True


@dataclass(frozen=True)
class Names:
    """The names of all terms: what finds them by language, and their digest."""

    linkers: dict[str, Linker]
    digest: str

    @classmethod
    def read(cls) -> "Names":
        rows = {code: rows_in(code) for code in languages.codes()}
        return cls(
            {code: linker_of(code, rows[code]) for code in rows},
            digest_of(row for of_language in rows.values() for row in of_language),
        )


def _is_due(names: Names, search: MentionSearch | None) -> bool:
    if search is None or not search.is_over or search.digest != names.digest:
        return True
    return _present(search.reached).exists()


def _present(reached: int) -> QuerySet[Edition]:
    """Return the editions behind a number that are live or to come, in the order of their
    numbers."""
    present = Q(valid_until__isnull=True) | Q(valid_until__gt=timezone.now())
    editions = Edition.objects.filter(present, pk__gt=reached).order_by("pk")
    return editions.only("article", "language", "first_published_at", "content")


def _renew(editions: Sequence[Edition], linkers: dict[str, Linker]) -> None:
    """Have the rows say what stands in editions; those of the editions before them go."""
    articles = {edition.article_id for edition in editions}
    ended = Edition.objects.filter(article__in=articles, valid_until__lte=timezone.now())
    TermMention.objects.filter(edition__in=ended.values("pk")).delete()
    stored = TermMention.objects.filter(edition__in=[edition.pk for edition in editions])
    known = {(row.edition_id, row.term_id): row.pk for row in stored}
    found = {(row.edition_id, row.term_id): row for row in mentions_of(editions, linkers)}
    gone = [known[each] for each in known.keys() - found.keys()]
    if gone:
        TermMention.objects.filter(pk__in=gone).delete()
    TermMention.objects.bulk_create(
        (found[each] for each in found if each not in known), ignore_conflicts=True
    )
