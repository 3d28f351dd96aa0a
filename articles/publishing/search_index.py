"""Keeps the index of the search as the editions are.

Call ``bring_up_to_date`` in the transaction that stores or closes editions, after that.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import chain

from django.db import connection, transaction
from django.db.models import Max, OuterRef, Q, Subquery
from django.utils import timezone

from articles.models import Edition, SearchEntry, SearchWord
from articles.models import search_words as store
from articles.models.editions import EVER_VALID, EditionQuerySet
from articles.models.search import SearchEntryQuerySet, row_number
from articles.models.search_words import GAP, Level, Words
from articles.publishing.content import Content, UnknownSchema, read
from articles.text import html
from articles.text.search_query import opening, phrase_of, subject
from articles.text.stemming import LONGEST, fold, stem, stems_of, stop_stems
from immunoportal.languages import TABLE
from immunoportal.publication import clock

# Raise it with every change of what is found by what: the index is then made anew by ``setup``.
RULES = 2

# What a text says so often is what it is about.
OFTEN = 4
BATCH = 100  # editions in a transaction of the rebuilding

# What a search can be narrowed down to, by the types of the blocks that have it.
KINDS = {"questions": {"question"}, "recordings": {"player"}, "files": {"attachment"}}

_HEADING = re.compile(r"<h[23][^>]*>(.*?)</h[23]>", re.DOTALL)
# Behind its first pause, a title says more of what it is about.
_PAUSE = re.compile(r"[:;?!(–—](?=\s|$)|\.(?=\s|$)|\s[-–—(]")
_LETTERS = re.compile(r"[^\W\d_]{4,}")


def topic_mark(topic: int) -> str:
    return f"_topic{topic}"


def kind_mark(kind: str) -> str:
    return f"_{kind}"


# What an edition is found by


def words_of(edition: Edition) -> tuple[Words, str]:
    """Return what an edition is found by, and what of it does not stand in its text."""
    try:
        content = read(edition)
    except UnknownSchema:
        content = Content([], [], [], [])
    stemmer = TABLE[edition.language].stemmer if edition.language in TABLE else ""
    more = _more(content)

    def stems(*texts: str) -> list[str]:
        found: list[str] = []
        for text in texts:
            stemmed = stems_of(text, stemmer)
            found += [
                *stemmed.words,
                GAP,
                *chain.from_iterable((word, GAP) for word in stemmed.joined),
            ]
        return found

    title, lead = stems(edition.title), stems(edition.lead)
    title += opening(phrase_of(edition.title, stemmer), stemmer)
    until_pause = phrase_of(_PAUSE.split(edition.title, maxsplit=1)[0], stemmer)
    title += [GAP, subject(until_pause, stemmer) or GAP]
    headings = stems(edition.hero_line, *_headings(content))
    # The text of an edition begins with its title and its lead.
    text = stems(edition.plain_text, more)
    often = [
        each
        for each, times in Counter(text).items()
        if times >= OFTEN and each != GAP and each not in stop_stems(stemmer) and not each.isdigit()
    ]
    at = {
        Level.TITLE: title,
        Level.LEAD: [*title, *lead],
        Level.HEADINGS: [
            *title,
            *lead,
            *headings,
            *chain.from_iterable((each, GAP) for each in often),
        ],
        Level.TEXT: [*text, *headings],
    }
    types = {block["type"] for block in content.blocks}
    marks = [kind_mark(kind) for kind, wanted in KINDS.items() if types & wanted]
    if edition.topic_id:
        marks.append(topic_mark(edition.topic_id))
    return Words(at, marks), more


def _headings(content: Content) -> Iterator[str]:
    for block in content.blocks:
        if block.get("title"):
            yield block["title"]
        for heading in _HEADING.findall(block.get("html", "")):
            yield html.plain_text(heading)


def _more(content: Content) -> str:
    """Return who has written a text, and its sources, which are found and not part of the text."""
    people = [line["name"] for line in content.bylines]
    return "\n".join([*dict.fromkeys(people), *(source["citation"] for source in content.sources)])


def entry_of(edition: Edition, more: str) -> SearchEntry:
    """Return the entry of an edition, not stored."""
    return SearchEntry(
        id=row_number(edition),
        edition=edition,
        article_id=edition.article_id,
        language=edition.language,
        audience=edition.audience,
        valid_from=edition.valid_from,
        valid_until=edition.valid_until,
        more=more,
        rules=RULES,
    )


# Keeping it so


def to_be_found() -> EditionQuerySet:
    """Return the editions that belong into the index: those that are live or scheduled."""
    lasting = Q(valid_until=None) | Q(valid_until__gt=timezone.now())
    return Edition.objects.filter(EVER_VALID, lasting)


def bring_up_to_date(articles: Collection[int]) -> None:
    """Have the index hold what is live or scheduled of some articles, by their numbers.

    What has ended is found no more; ``tidy`` takes it out.
    """
    end = Edition.objects.filter(pk=OuterRef("edition")).values("valid_until")
    SearchEntry.objects.filter(article__in=articles).update(valid_until=Subquery(end))
    put(list(to_be_found().filter(article__in=articles, search_entry=None)))


def replace(new: Sequence[Edition], ended: Sequence[Edition]) -> None:
    """Do the same where it is known which editions are new and which have just ended."""
    closed = [entry_of(edition, "") for edition in ended]
    # One that was not in the index has no words to be taken out.
    for entry in closed:
        entry.rules = 0
    put(new, closed)


def put(editions: Sequence[Edition], closed: Sequence[SearchEntry] = ()) -> None:
    """Put editions into the index that it does not hold.

    Args:
        closed: entries of what has ended; of those that are stored, the end is moved.
    """
    rows = []
    for edition in editions:
        words, more = words_of(edition)
        rows.append((entry_of(edition, more), words))
    if rows or closed:
        store.put(rows, closed)


def tidy() -> bool:
    """Take some of what has ended out of the index, with its words, and count the words of some of
    what everyone may read since.

    Returns:
        Whether there was any.
    """
    over = SearchEntry.objects.filter(valid_until__lte=timezone.now())
    if not over.exists() and not uncounted().exists():
        return False
    with transaction.atomic():
        clock.take_turn()
        ended = list(over[:BATCH])
        editions = Edition.objects.in_bulk([entry.edition_id for entry in ended])
        if ended:
            same = [entry for entry in ended if entry.rules == RULES]
            store.take_out([(entry, words_of(editions[entry.edition_id])[0]) for entry in same])
            count_words([editions[each.edition_id] for each in ended if each.is_counted], -1)
            SearchEntry.objects.filter(pk__in=[entry.pk for entry in ended]).delete()
        new = list(uncounted().order_by("pk")[:BATCH])
        _count(new)
    return True


# The words that are offered for mistyped ones


def uncounted() -> SearchEntryQuerySet:
    """Return the entries whose words have yet to be counted."""
    return _in_vocabulary(SearchEntry.objects.filter(is_counted=False))


def _in_vocabulary(entries: SearchEntryQuerySet) -> SearchEntryQuerySet:
    """Return those of some entries whose words are offered: a word that only a reserved or
    scheduled text has is offered to nobody, and hides no other."""
    return entries.live().public().select_related("edition")


def _count(entries: Sequence[SearchEntry]) -> None:
    count_words([entry.edition for entry in entries], 1)
    SearchEntry.objects.filter(pk__in=[each.pk for each in entries]).update(is_counted=True)


def count_words(editions: Sequence[Edition], times: int) -> None:
    """Count the words of editions, as they are written, or take them off again.

    Args:
        times: 1, or -1.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for edition in editions:
        words = set(_LETTERS.findall(f"{edition.plain_text}".lower()))
        counts.update((edition.language, word) for word in words if len(word) <= LONGEST)
    table = SearchWord._meta.db_table
    if times < 0:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET editions = editions - %s"  # noqa: S608
                " WHERE language = %s AND word = %s AND editions >= %s",
                [(fewer, *word, fewer) for word, fewer in sorted(counts.items())],
            )
        return
    rows = []
    for (language, word), more in sorted(counts.items()):
        folded, stemmed = _forms(word, TABLE[language].stemmer)
        if len(folded) <= LONGEST:
            forms = folded, stemmed, folded[0], folded[-4:], len(folded)
            rows.append((language, word, *forms, more))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (language, word, folded, stem, beginning, ending, length,"  # noqa: S608
            " editions) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (language, word)"
            f" DO UPDATE SET editions = {table}.editions + excluded.editions",
            rows,
        )


@lru_cache(maxsize=50_000)
def _forms(word: str, stemmer: str) -> tuple[str, str]:
    folded = fold(word)
    return folded, stem(folded, stemmer)


# Making it anew


def complete() -> Iterator[int]:
    """Bring what is missing into the index; make it anew where its rules are not those of this
    code.

    Yields:
        After each batch, how many editions are done.
    """
    if SearchEntry.objects.exclude(rules=RULES).exists():
        yield from rebuild()
        return
    done = 0
    while True:
        with transaction.atomic():
            # Nobody publishes meanwhile.
            clock.take_turn()
            missing = list(to_be_found().filter(search_entry=None).order_by("pk")[:BATCH])
            put(missing)
        if not missing:
            break
        done += len(missing)
        yield done


def rebuild() -> Iterator[int]:
    """Make the index anew while readers search the present one and editors publish.

    Yields:
        After each batch, how many editions are done.
    """
    table = store.begin_anew()
    with transaction.atomic():
        clock.take_turn()
        SearchWord.objects.all().delete()
        # All of these are counted below, and what is published meanwhile by ``tidy``.
        SearchEntry.objects.filter(pk__in=uncounted().values("pk")).update(is_counted=True)
        newest = Edition.objects.aggregate(newest=Max("pk"))["newest"] or 0
    last, done = 0, 0
    while True:
        with transaction.atomic():
            clock.take_turn()
            batch = list(to_be_found().filter(pk__gt=last).order_by("pk")[:BATCH])
            _renew(batch, table)
            _count_again([edition for edition in batch if edition.pk <= newest])
            if len(batch) < BATCH:
                # All in one transaction: what is published next goes into the new one.
                SearchEntry.objects.exclude(edition__in=to_be_found()).delete()
                SearchWord.objects.filter(editions=0).delete()
                store.take_over()
                SearchEntry.objects.exclude(rules=RULES).update(rules=RULES)
        done += len(batch)
        yield done
        if len(batch) < BATCH:
            return
        last = batch[-1].pk


def _renew(editions: Sequence[Edition], table: str) -> None:
    """Put editions into the new index, and what was missing into the present one as well."""
    known = set(SearchEntry.objects.filter(edition__in=editions).values_list("edition", flat=True))
    rows = []
    for edition in editions:
        words, more = words_of(edition)
        rows.append((entry_of(edition, more), words))
    store.put([row for row in rows if row[0].edition_id not in known])
    store.renew([row for row in rows if row[0].edition_id in known or table], table)


def _count_again(editions: Sequence[Edition]) -> None:
    """Count the words of editions that are counted, when all begins anew."""
    counted = SearchEntry.objects.filter(edition__in=editions, is_counted=True)
    count_words([each.edition for each in _in_vocabulary(counted)], 1)
    counted.exclude(pk__in=_in_vocabulary(counted).values("pk")).update(is_counted=False)
