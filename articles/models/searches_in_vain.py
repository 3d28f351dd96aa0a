"""What readers have looked for and not found: words and how often, and nothing of who asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.text.stemming import words_of

# Editors see what was looked for on so many different days: a name that somebody has typed once is
# nobody's business.
SHOWN_FROM = 3  # days
KEPT = timedelta(days=365)
UNSHOWN_KEPT = timedelta(days=90)
MOST_NEW = 500  # on a day
LONGEST = 60  # characters


class SearchInVainQuerySet(models.QuerySet["SearchInVain"]):
    def shown(self) -> Self:
        """Return those that editors see."""
        return self.filter(days__gte=SHOWN_FROM)

    def old(self, today: date) -> Self:
        """Return those that have been kept long enough."""
        unshown = models.Q(days__lt=SHOWN_FROM, last_on__lt=today - UNSHOWN_KEPT)
        return self.filter(unshown | models.Q(last_on__lt=today - KEPT))


class SearchInVain(models.Model):
    """Words that no page had when somebody looked for them."""

    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    words = models.CharField(_("words"), max_length=LONGEST)
    times = models.PositiveIntegerField(_("times"), default=1)
    # On how many different days.
    days = models.PositiveIntegerField(_("days"), default=1)
    first_on = models.DateField(_("first on"), db_index=True)
    last_on = models.DateField(_("last on"))

    objects: ClassVar = SearchInVainQuerySet.as_manager()

    class Meta:
        verbose_name = _("search in vain")
        verbose_name_plural = _("searched in vain")
        ordering = ["-days", "-times", "pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["language", "words"], name="search_in_vain_once")
        ]

    def __str__(self) -> str:
        return self.words


def may_be_stored(asked: str) -> bool:
    """Tell whether words may be kept at all: no number of a telephone, no email address."""
    is_telling = any(map(str.isalpha, asked)) and len(asked) <= LONGEST
    return is_telling and "@" not in asked and not any(map(str.isdigit, asked))


def note(asked: str, language: str) -> None:
    """Count that something was looked for in vain, if that can be done at once.

    Args:
        asked: as it was typed.
    """
    if not may_be_stored(asked):
        return
    words = " ".join(part for parts in words_of(asked) for part in parts)[:LONGEST]
    table, today = SearchInVain._meta.db_table, timezone.localdate()
    try:
        with _without_waiting(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (language, words, times, days, first_on, last_on)"  # noqa: S608
                f" SELECT %s, %s, 1, 1, %s, %s WHERE (SELECT count(*) FROM {table}"
                " WHERE first_on = %s) < %s"
                f" OR EXISTS (SELECT 1 FROM {table} WHERE language = %s AND words = %s)"
                " ON CONFLICT (language, words) DO UPDATE SET times = CASE"
                f" WHEN {table}.times < 2000000000 THEN {table}.times + 1 ELSE {table}.times END,"
                f" days = {table}.days + CASE WHEN {table}.last_on < excluded.last_on"
                " THEN 1 ELSE 0 END, last_on = excluded.last_on",
                [language, words, today, today, today, MOST_NEW, language, words],
            )
    except DatabaseError:
        # Somebody else is writing, or nothing can be stored: the reader is answered all the same.
        return


@contextmanager
def _without_waiting() -> Iterator[None]:
    """Give up at once where another transaction is in the way."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '20ms'")
            yield
        return
    patience = _pragma("busy_timeout")
    _pragma("busy_timeout = 0")
    try:
        with transaction.atomic():
            yield
    finally:
        _pragma(f"busy_timeout = {patience:d}")


def _pragma(statement: str) -> int:
    with connection.cursor() as cursor:
        return int(cursor.execute(f"PRAGMA {statement}").fetchone()[0])


def delete_old() -> bool:
    """Delete what has been kept long enough.

    Returns:
        Whether there was any.
    """
    return SearchInVain.objects.old(timezone.localdate()).delete()[0] > 0
