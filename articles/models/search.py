"""The index of the search: a row for each edition that is live or scheduled, and its words.

The words stand where the database looks them up: in a table of SQLite's FTS5, in four columns of
PostgreSQL; see ``articles.models.search_words``. What begins and ends by time alone is decided when
somebody asks.
"""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.models.articles import Article, Audience
from articles.models.editions import Edition, valid_at

# Of an edition's number within that of its row.
EDITION_BITS = 30


def row_number(edition: Edition) -> int:
    """Return the number of the row of an edition: the fresher it is, the larger.

    The seconds in which it was first published stand before its own number.
    """
    seconds = max(0, int(edition.first_published_at.timestamp()))
    return (seconds << EDITION_BITS) | (edition.pk % (1 << EDITION_BITS))


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    def live(self) -> Self:
        """Return those of editions that are valid now."""
        return self.filter(valid_at(timezone.now()))

    def public(self) -> Self:
        """Return those of editions that everyone may read."""
        return self.filter(audience=Audience.PUBLIC)


class SearchEntry(models.Model):
    """An edition in the index. What is the same in ``Edition`` repeats it."""

    id = models.BigIntegerField(primary_key=True)  # see row_number
    edition = models.OneToOneField(Edition, on_delete=models.CASCADE, related_name="search_entry")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+", db_index=False)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    audience = models.CharField(max_length=20, choices=Audience)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    # What the text of the edition does not hold and is found all the same, such as its sources.
    more = models.TextField()
    # Of the rules by which its words were made.
    rules = models.PositiveSmallIntegerField()
    # Whether its words are among those that are offered for mistyped ones.
    is_counted = models.BooleanField(default=False)

    objects: ClassVar = SearchEntryQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["article", "language"], name="search_entry_of_article"),
            models.Index(fields=["valid_until"], name="search_entry_by_end"),
            models.Index(
                fields=["id"], condition=models.Q(is_counted=False), name="search_entry_uncounted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} ({self.language})"


class SearchWord(models.Model):
    """A word of the texts that everyone may read, as it is written, to be offered for one that is
    mistyped."""

    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    word = models.CharField(max_length=40)
    folded = models.CharField(max_length=40)
    stem = models.CharField(max_length=40)
    # Its first letter, its last four and its length, folded, by which it is compared with others.
    beginning = models.CharField(max_length=1)
    ending = models.CharField(max_length=4)
    length = models.PositiveSmallIntegerField()
    # In how many editions it stands.
    editions = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["language", "word"], name="search_word_once")
        ]
        indexes = [
            models.Index(fields=["language", "stem"], name="search_word_by_stem"),
            models.Index(
                fields=["language", "beginning", "length"], name="search_word_by_beginning"
            ),
            models.Index(fields=["language", "ending", "length"], name="search_word_by_ending"),
        ]

    def __str__(self) -> str:
        return self.word
