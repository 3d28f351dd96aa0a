"""Language versions: one article in one language, as the desk asks about it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from articles.models.severity import Severity


@dataclass(frozen=True)
class RepeatedEdition:
    """What a language version repeats of one edition, by the names that it has there."""

    number: int
    slug: str
    page_digest: str
    valid_from: datetime
    valid_until: datetime | None


NAMES = tuple(field.name for field in fields(RepeatedEdition))


# True of what has unpublished changes, and of little else: an index holds these alone.
MAY_HAVE_CHANGED = Q(last_number__isnull=False) & (
    ~Q(page_digest=F("current_page_digest")) | Q(next_number__isnull=False)
)


class LanguageVersion(models.Model):
    """What is known of one language of an article's working copy.

    It repeats some facts of its editions, so that lists need not ask for those; the verbs
    (``articles.publishing.verbs``) see to it. Never whether it is live: that follows from the
    intervals and the time. See ``articles.publishing.states``.
    """

    # Names of columns begin with them: the edition that is live or comes to be live next, and the
    # one that follows it.
    SLOTS = ("current", "next")

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="language_versions")
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    # The digests that an edition frozen now would have; empty while that is not known, as after
    # the change of a row that many articles share.
    text_digest = models.CharField(max_length=64, blank=True)
    page_digest = models.CharField(max_length=64, blank=True)

    # Of the newest edition, whatever became of it; None where nothing was ever published.
    last_number = models.PositiveIntegerField(null=True, editable=False)
    current_number = models.PositiveIntegerField(null=True, editable=False)
    current_slug = models.CharField(max_length=150, default="", editable=False)
    current_page_digest = models.CharField(max_length=64, default="", editable=False)
    current_valid_from = models.DateTimeField(null=True, editable=False)
    current_valid_until = models.DateTimeField(null=True, editable=False)
    next_number = models.PositiveIntegerField(null=True, editable=False)
    next_slug = models.CharField(max_length=150, default="", editable=False)
    next_page_digest = models.CharField(max_length=64, default="", editable=False)
    next_valid_from = models.DateTimeField(null=True, editable=False)
    next_valid_until = models.DateTimeField(null=True, editable=False)

    # Since when, and how gravely, what is live is behind another language; ``None`` where it is
    # not. See ``articles.publishing.staleness``.
    stale_since = models.DateTimeField(null=True, editable=False)
    stale_severity = models.PositiveSmallIntegerField(null=True, choices=Severity, editable=False)

    class Meta:
        verbose_name = _("language version")
        verbose_name_plural = _("language versions")
        constraints = [
            models.UniqueConstraint(
                fields=["article", "language"], name="one_version_for_each_language"
            )
        ]
        indexes = [
            # All that the filter by state asks, so that it need not read the rows.
            models.Index(
                fields=[
                    "language", "last_number", "current_valid_from", "current_valid_until",
                    "next_valid_from", "next_valid_until", "page_digest", "current_page_digest",
                    "next_page_digest", "article",
                ],
                name="version_by_state",
            ),
            # What the first page of the desk counts.
            models.Index(
                fields=["language", "last_number"],
                condition=MAY_HAVE_CHANGED,
                name="version_maybe_changed",
            ),
            # What is stale, the longest first.
            models.Index(
                fields=["language", "stale_since"],
                condition=Q(stale_since__isnull=False),
                name="version_stale",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.article_id} ({self.language})"

    @property
    def editions(self) -> list[RepeatedEdition]:
        """Return what it repeats of the editions that are live or to come, in their order."""
        return [
            RepeatedEdition(**{name: getattr(self, f"{slot}_{name}") for name in NAMES})
            for slot in self.SLOTS
            if getattr(self, f"{slot}_number")
        ]


def store_columns(versions: Iterable[LanguageVersion], columns: Collection[str]) -> None:
    """Store some columns of versions, whether they have a row yet or not, in one statement."""
    LanguageVersion.objects.bulk_create(
        versions,
        update_conflicts=True,
        unique_fields=["article", "language"],
        update_fields=columns,
    )
