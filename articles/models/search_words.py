"""The words of the index of the search, as SQLite and PostgreSQL look them up.

A word counts at the level at which it stands, and at all that are lower: a title is part of the
lead, and so on. What is looked for is looked for level by level, and each of these searches stops
as soon as it has enough of the freshest: neither database is ever asked to weigh all that matches.
docs/decisions/0019-search.md weighs the figures.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.db import connection

from articles.models.search import SearchEntry, SearchEntryQuerySet

TABLE = "articles_search_words"  # of SQLite
NEW_TABLE = f"{TABLE}_new"
ENTRIES = SearchEntry._meta.db_table

# Stands between two texts, so that no phrase goes from one into the other.
GAP = "_"
# Of the entries that are looked through to plan a search: one of so many.
SAMPLE, SAMPLED = "_sample", 64
# So many of them are no coincidence.
_TELLING = 40
# What it costs to sort what matches, to what it costs to look at what does not.
_SORTING = 0.08
# PostgreSQL's limits for a text.
_LAST_PLACE, _MOST_PLACES = 16_383, 255


class Level(IntEnum):
    """How much a word tells of its page."""

    TITLE = 1
    LEAD = 2
    HEADINGS = 3  # and what the text says again and again
    TEXT = 4


# By PostgreSQL's columns.
COLUMNS = {
    Level.TITLE: "title_words",
    Level.LEAD: "lead_words",
    Level.HEADINGS: "heading_words",
    Level.TEXT: "text_words",
}


@dataclass(frozen=True)
class Words:
    """What an entry is found by.

    Attributes:
        at: the stems of each level, in order, with a ``GAP`` where one text ends.
        marks: of what kind it is and on which topic, to narrow a search down to.
    """

    at: dict[Level, list[str]]
    marks: list[str]


@dataclass(frozen=True)
class Phrase:
    """Stems that follow one another; the last one may go on."""

    stems: tuple[str, ...]
    goes_on: bool = False


@dataclass(frozen=True)
class AllOf:
    parts: tuple["Wish", ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Wish", ...]


Wish = Phrase | AllOf | AnyOf
# Where each wish is to be met. A page has to meet all of them.
Tier = tuple[tuple[Level, Wish], ...]


def put(entries: Sequence[tuple[SearchEntry, Words]], closed: Sequence[SearchEntry] = ()) -> None:
    """Store new entries with their words.

    Args:
        closed: what has ended; of those that are stored, the end is moved.
    """
    no_words = Words({level: [] for level in Level}, [])
    everything = [*entries, *((entry, no_words) for entry in closed)]
    if connection.vendor == "sqlite":
        SearchEntry.objects.bulk_create(
            [entry for entry, _words in everything],
            batch_size=90,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["valid_until"],
        )
        _put_words(entries, TABLE)
        return
    fields = SearchEntry._meta.concrete_fields
    names = [str(field.column) for field in fields]
    places = ["%s"] * len(names) + ["%s::tsvector"] * len(COLUMNS)
    rows = [
        [*(getattr(entry, field.attname) for field in fields), *_vectors(entry, words)]
        for entry, words in everything
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {ENTRIES} ({', '.join([*names, *COLUMNS.values()])})"  # noqa: S608
            f" VALUES ({', '.join(places)})"
            " ON CONFLICT (id) DO UPDATE SET valid_until = excluded.valid_until",
            rows,
        )


def _put_words(entries: Sequence[tuple[SearchEntry, Words]], table: str) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (rowid, words) VALUES (%s, %s)",  # noqa: S608
            [(entry.pk, _line(entry.language, words)) for entry, words in entries],
        )


def renew(entries: Sequence[tuple[SearchEntry, Words]], table: str) -> None:
    """Store the words of stored entries anew.

    Args:
        table: what ``begin_anew`` has returned.
    """
    if connection.vendor == "sqlite":
        _put_words(entries, table)
        SearchEntry.objects.bulk_update([entry for entry, _words in entries], ["more"])
        return
    sets = ", ".join(f"{column} = %s::tsvector" for column in COLUMNS.values())
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {ENTRIES} SET rules = %s, more = %s, {sets} WHERE id = %s",  # noqa: S608
            [
                [entry.rules, entry.more, *_vectors(entry, words), entry.pk]
                for entry, words in entries
            ],
        )


def take_out(entries: Sequence[tuple[SearchEntry, Words]]) -> None:
    """Delete the words of entries, which are to be deleted next.

    Args:
        entries: with the words that they were stored with: SQLite's index does not keep them. It is
            left alone with what the rules of another release have made: that is not found.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {TABLE} ({TABLE}, rowid, words) VALUES ('delete', %s, %s)",  # noqa: S608
                [(entry.pk, _line(entry.language, words)) for entry, words in entries],
            )


def begin_anew() -> str:
    """Return the table into which the words of all entries are to be put, empty.

    On SQLite it stands beside the one that readers search, until ``take_over``.
    """
    if connection.vendor != "sqlite":
        return ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {NEW_TABLE}")
        cursor.execute(create_table(NEW_TABLE))
    return NEW_TABLE


def take_over() -> None:
    """Put what ``begin_anew`` has begun in the place of what readers have searched up to now."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {TABLE}")
            cursor.execute(f"ALTER TABLE {NEW_TABLE} RENAME TO {TABLE}")


def create_table(name: str) -> str:
    """Return the statement that creates SQLite's table, which keeps no texts."""
    return (
        f"CREATE VIRTUAL TABLE {name} USING fts5("
        "words, content='', columnsize=0, tokenize=\"ascii tokenchars '_'\")"
    )


def ranked(
    tiers: Sequence[Tier],
    marks: Sequence[str],
    language: str,
    rows: SearchEntryQuerySet,
    *,
    wanted: int,
    most: int,
) -> tuple[list[int], int]:
    """Return the numbers of entries, the best first, and how many there are in all.

    One query, and one to plan it on PostgreSQL. Within a tier the freshest comes first.

    Args:
        tiers: the best first; the last one is met by all that meet any.
        marks: that entries must have.
        rows: those that may be found.
        wanted: how many.
        most: how far is counted; one more stands for all that is beyond.
    """
    plan = _plan(tiers, marks, language, wanted, most)
    compiler = rows.query.get_compiler(connection=connection)
    condition, values = compiler.compile(rows.query.where)
    statements: list[str] = []
    params: list[Any] = []

    def add(statement: str, tier: Tier, limit: int, *, in_order: bool) -> None:
        source, matches, wishes = _source(tier, marks, language, in_order=in_order)
        statements.append(
            statement.format(
                matching=f"FROM {source} WHERE {matches} AND {condition}", tier=len(statements)
            )
        )
        params.extend([*wishes, *values, limit])

    if plan.is_beyond:
        statements.append(f"SELECT 0 AS tier, {most + 1} AS id")
    else:
        counted = (
            "SELECT {tier} AS tier, count(*) AS id FROM (SELECT 1 {matching} LIMIT %s) AS counted"
        )
        add(counted, tiers[-1], most + 1, in_order=False)
    for tier, in_order in zip(tiers, plan.in_order, strict=True):
        order = _ORDER[connection.vendor] + ("" if in_order else " + 0")
        listed = (
            f"SELECT * FROM (SELECT {{tier}}, {ENTRIES}.id {{matching}}"  # noqa: S608
            f" ORDER BY {order} DESC LIMIT %s) AS tier_{len(statements)}"
        )
        add(listed, tier, wanted, in_order=in_order)
    found: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), params)
        for number_of_tier, number in cursor.fetchall():
            found[number_of_tier].append(number)
    best_first = (
        number for tier in sorted(found) if tier for number in sorted(found[tier], reverse=True)
    )
    return list(dict.fromkeys(best_first))[:wanted], found[0][0]


# What is read in order, so that the first of a tier are found without all the others.
_ORDER = {"sqlite": f"{TABLE}.rowid", "postgresql": f"{ENTRIES}.id"}


@dataclass(frozen=True)
class _Plan:
    """How PostgreSQL is to go about a search.

    Attributes:
        in_order: of each tier, whether to go through the entries from the freshest on until there
            are enough; else all that match are taken from the index, and sorted.
        is_beyond: whether there are more than are counted.
    """

    in_order: list[bool]
    is_beyond: bool = False


def _plan(
    tiers: Sequence[Tier], marks: Sequence[str], language: str, wanted: int, most: int
) -> _Plan:
    """Return how to search, by how many entries of a sample match.

    PostgreSQL's own estimate takes words for independent: of two that are never together it would
    go through all entries, in vain. SQLite needs no plan: its index is in the order of results.
    """
    if connection.vendor == "sqlite":
        return _Plan([True] * len(tiers))
    everything: Tier = ((Level.TEXT, AllOf(())),)
    statements: list[str] = []
    params: list[Any] = []
    for tier in (everything, *tiers):
        _entries, matches, wishes = _source(tier, [*marks, SAMPLE], language, in_order=False)
        statements.append(f"(SELECT count(*) FROM {ENTRIES} WHERE {matches})")  # noqa: S608
        params += wishes
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(statements)}", params)
        whole, *found = cursor.fetchone()
    in_order = [number**2 > wanted * whole * _SORTING for number in found]
    is_beyond = found[-1] >= _TELLING and found[-1] * SAMPLED > 2 * most
    return _Plan(in_order, is_beyond)


def _source(
    tier: Tier, marks: Sequence[str], language: str, *, in_order: bool
) -> tuple[str, str, list[Any]]:
    """Return where a tier is looked for, the condition, and its values."""
    if connection.vendor == "sqlite":
        parts = [f"({_fts(wish, f'{level:d}{language}')})" for level, wish in tier]
        parts += [f'"0{language}{mark}"' for mark in marks]
        source = f"{TABLE} CROSS JOIN {ENTRIES} ON {ENTRIES}.id = {TABLE}.rowid"
        return source, f"{TABLE} MATCH %s", [" AND ".join(parts)]
    # Of what a query has yet to find, PostgreSQL expects little, and asks the index.
    query = "%s::tsquery" if in_order else "(SELECT %s::tsquery)"
    conditions = [f"{ENTRIES}.{COLUMNS[level]} @@ {query}" for level, _wish in tier]
    marked = [f"'{language}{mark}'" for mark in marks]
    wishes = [
        " & ".join(filter(None, [*marked, words and f"({words})"]))
        for words in (_tsquery(wish, language) for _level, wish in tier)
    ]
    return ENTRIES, " AND ".join(conditions), wishes


def _fts(wish: Wish, prefix: str) -> str:
    match wish:
        case Phrase(stems, goes_on):
            return f'"{" ".join(prefix + stem for stem in stems)}"' + (" *" if goes_on else "")
        case AllOf(parts):
            return " AND ".join(f"({_fts(part, prefix)})" for part in parts)
        case AnyOf(parts):
            return " OR ".join(f"({_fts(part, prefix)})" for part in parts)


def _tsquery(wish: Wish, prefix: str) -> str:
    match wish:
        case Phrase(stems, goes_on):
            words = " <-> ".join(f"'{prefix}{stem}'" for stem in stems)
            return words + (":*" if goes_on else "")
        case AllOf(parts):
            return " & ".join(f"({_tsquery(part, prefix)})" for part in parts)
        case AnyOf(parts):
            return " | ".join(f"({_tsquery(part, prefix)})" for part in parts)


def _line(language: str, words: Words) -> str:
    """Return the words of all levels as SQLite's table takes them."""
    tokens = [f"0{language}{mark}" for mark in words.marks]
    for level, stems in words.at.items():
        tokens += [stem if stem == GAP else f"{level:d}{language}{stem}" for stem in (GAP, *stems)]
    return " ".join(tokens)


def _vectors(entry: SearchEntry, words: Words) -> list[str]:
    """Return the words as PostgreSQL's columns take them."""
    sample = [SAMPLE] if is_in_sample(entry) else []
    marks = " ".join(f"'{entry.language}{mark}'" for mark in [*words.marks, *sample])
    return [f"{marks} {_vector(entry.language, words.at[level])}" for level in COLUMNS]


def is_in_sample(entry: SearchEntry) -> bool:
    return zlib.crc32(str(entry.edition_id).encode()) % SAMPLED == 0


def _vector(language: str, stems: Iterable[str]) -> str:
    places: dict[str, list[str]] = defaultdict(list)
    for place, stem in enumerate(stems, start=1):
        if stem != GAP and len(places[stem]) < _MOST_PLACES:
            places[stem].append(str(min(place, _LAST_PLACE)))
    return " ".join(f"'{language}{stem}':{','.join(each)}" for stem, each in places.items())
