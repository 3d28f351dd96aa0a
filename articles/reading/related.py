"""Where a reader goes on from an article: to the previous and the next one in its topic, and to
those that speak of the same things."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import IntegerField, Q, Value
from django.db.models.functions import Cast
from django.utils import timezone

from articles.models import Edition, TermMention
from articles.publishing.content import read
from articles.publishing.glossary import linked_texts
from articles.reading import kept, pages
from articles.reading.glossary import glossary_in
from articles.reading.holds import set_holds
from immunoportal.publication import clock

MOST_SIMILAR = 3
# Of each of so many terms, so many of the newest articles are looked at: where more have it, they
# have it in common with all of the site.
TERMS, NEWEST = 24, 25
# More are looked at than shown: some are neighbours already, or nobody may be led to them.
MOST_LOOKED_AT, MOST_BESIDE = 20, 6

NEWER, OLDER = -1, -2

# A statement and its parameters, whose rows are the number of a term, or the side in the topic, and
# the number of an edition.
Part = tuple[str, Sequence[Any]]


@dataclass(frozen=True)
class Related:
    """Where the page of an article leads on.

    Attributes:
        previous, next: its neighbours in the list of its topic.
        similar: those that share the rarest terms with it, the nearest first; of those that are
            equally near, those of its topic come first.
    """

    previous: Edition | None
    next: Edition | None
    similar: tuple[Edition, ...]


def related_to(edition: Edition) -> Related:
    """Return where the page of a live edition that everyone may read leads on.

    In two queries, remembered for as long as nothing public changes; neither takes longer where
    there are more articles.
    """
    return clock.remember(("related", edition.pk), lambda: _look_up(edition))


def _look_up(edition: Edition) -> Related:
    sides: dict[int, list[int]] = defaultdict(list)
    with_term: dict[int, list[int]] = defaultdict(list)
    for name, number in _rows_of([*_with_same_terms(edition), *_beside_in_topic(edition)]):
        if number != edition.pk:
            (sides if name in (NEWER, OLDER) else with_term)[name].append(number)
    nearness: dict[int, float] = defaultdict(float)
    for numbers in with_term.values():
        for number in numbers:
            nearness[number] += 1 / len(numbers)
    # Beside the nearest, what has only the topic in common.
    nearest = sorted(nearness, key=nearness.__getitem__, reverse=True)[:MOST_LOOKED_AT]
    wanted = {*nearest, *sides[NEWER], *sides[OLDER]}
    editions = list(pages.public_editions(edition.language).filter(pk__in=wanted).for_lists())
    set_holds(editions)
    shown = {each.pk: each for each in editions if not (each.held and each.held.is_withheld)}
    previous, following = _first(sides[NEWER], shown), _first(sides[OLDER], shown)
    similar = sorted(
        (each for each in shown.values() if each not in (previous, following)),
        key=lambda each: (-nearness[each.pk], each.topic_id != edition.topic_id, -each.pk),
    )
    return Related(previous, following, tuple(similar[:MOST_SIMILAR]))


def _terms_of(edition: Edition) -> tuple[int, ...]:
    """Return the numbers of the terms in an edition, at most ``TERMS``."""
    glossary = glossary_in(edition.language)

    def terms() -> tuple[int, ...]:
        texts = linked_texts(read(edition).blocks)
        return tuple(sorted(set().union(*map(glossary.linker.terms_in, texts)))[:TERMS])

    return kept.of(edition, ("terms", glossary.digest), terms) if glossary.entries else ()


def _with_same_terms(edition: Edition) -> Iterator[Part]:
    """Yield what finds the newest editions with each term of one, read from an index."""
    table = connection.ops.quote_name(TermMention._meta.db_table)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    statement = (
        f"SELECT term_id, edition_id FROM {table}"  # noqa: S608
        " WHERE term_id = %s AND language = %s AND first_published_at <= %s"
        f" ORDER BY first_published_at DESC, edition_id DESC LIMIT {NEWEST + 1}"
    )
    for term in _terms_of(edition):
        # What is to come would stand before all others.
        yield statement, (term, edition.language, now)


def _beside_in_topic(edition: Edition) -> Iterator[Part]:
    """Yield what finds the nearest editions on both sides of one in the list of its topic."""
    if edition.topic is None:
        return
    on_topic = pages.articles_on(edition.topic, edition.language).rows
    moment, number = edition.first_published_at, edition.pk
    newer = on_topic.filter(
        Q(first_published_at__gt=moment) | Q(first_published_at=moment, pk__gt=number),
        first_published_at__gte=moment,
    )
    older = on_topic.filter(
        Q(first_published_at__lt=moment) | Q(first_published_at=moment, pk__lt=number),
        first_published_at__lte=moment,
    )
    for side, rows in ((NEWER, newer.reverse()), (OLDER, older)):
        named = rows.values_list(Cast(Value(side), IntegerField()), "pk")[:MOST_BESIDE]
        yield named.query.sql_with_params()


def _rows_of(parts: Iterable[Part]) -> list[tuple[int, int]]:
    """Return the rows of several statements in one query, those of each in its order.

    Django's ``union`` takes none that are ordered and cut.
    """
    statements: list[str] = []
    parameters: list[Any] = []
    for number, (statement, of_statement) in enumerate(parts):
        statements.append(f"SELECT * FROM ({statement}) AS part_{number}")  # noqa: S608
        parameters += of_statement
    if not statements:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), parameters)
        return cursor.fetchall()


def _first(numbers: Iterable[int], shown: dict[int, Edition]) -> Edition | None:
    return next((shown[number] for number in numbers if number in shown), None)
