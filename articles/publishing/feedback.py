"""The verbs of what readers say at the end of a page."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from articles.models import Edition, FeedbackCount, FeedbackSentence
from immunoportal import audit

# More readers than that do not answer in one day: neither a robot with many addresses nor a crowd
# fills the disk, or decides what the report says.
MOST_ANSWERS = 300  # of a page in a day
MOST_SENTENCES = 50  # the same
MOST_SENTENCES_IN_ALL = 1000  # on all pages in a day; nobody could read more

KEPT = timedelta(days=365)
DELETED_AT_A_TIME = 1000

_LINK = re.compile(r"\w+://|\bwww\.|\[url|<\s*a\b|\S@\S+\.\w", re.IGNORECASE)


class TooMany(Exception):
    """No more sentences are taken today, on this page or on all."""


def names_an_address(text: str) -> bool:
    """Tell whether a text names a web address or an email address, as advertisements do."""
    return bool(_LINK.search(text))


@transaction.atomic
def count(edition: Edition, *, is_helpful: bool) -> bool:
    """Count the answer of a reader of an edition.

    Returns:
        Whether it was counted: not if the page has had as many today as are counted.
    """
    today = timezone.localdate()
    on_page = FeedbackCount.objects.of_page(edition.article_id, edition.language)
    if sum(on_page.filter(day=today).totals().values()) >= MOST_ANSWERS:
        return False
    FeedbackCount.objects.bulk_create(
        [FeedbackCount(edition=edition, day=today)], ignore_conflicts=True
    )
    name = "helpful" if is_helpful else "unhelpful"
    rows = FeedbackCount.objects.filter(edition=edition, day=today)
    return rows.update(**{name: F(name) + 1}) > 0


@transaction.atomic
def keep_sentence(edition: Edition, *, is_helpful: bool, text: str) -> FeedbackSentence:
    """Keep what a reader of an edition has written.

    Raises:
        TooMany: as many have come today as are taken.
    """
    today = timezone.localdate()
    of_today = FeedbackSentence.objects.filter(day=today)
    of_page = of_today.of_page(edition.article_id, edition.language)
    if of_page.count() >= MOST_SENTENCES or of_today.count() >= MOST_SENTENCES_IN_ALL:
        raise TooMany
    return FeedbackSentence.objects.create(
        edition=edition, day=today, is_helpful=is_helpful, text=text
    )


def tick_off(sentences: QuerySet[FeedbackSentence], *, is_done: bool) -> int:
    """Mark sentences as done, or as new again; return of how many that is new."""
    return sentences.exclude(is_done=is_done).update(is_done=is_done)


@transaction.atomic
def erase(sentences: Iterable[FeedbackSentence]) -> None:
    """Delete sentences before their time, as those in which somebody has told of themselves."""
    for sentence in sentences:
        audit.record(audit.Act.ERASED, about=sentence)
        sentence.delete()


def oldest_kept() -> date:
    """Return the day before which no sentence is kept."""
    return timezone.localdate() - KEPT


def delete_old() -> bool:
    """Delete sentences that have been kept for a year; what was counted stays.

    Returns:
        Whether there were any.
    """
    old = FeedbackSentence.objects.filter(day__lt=oldest_kept()).order_by("day")
    keys = list(old.values_list("pk", flat=True)[:DELETED_AT_A_TIME])
    return FeedbackSentence.objects.filter(pk__in=keys).delete()[0] > 0
