from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article, Audience
from articles.models.editions import Edition
from articles.models.sources import Source, SourceStatus
from immunoportal.actors import ActorField
from immunoportal.guards import Guard, GuardedModel, GuardedQuerySet, RowIsFrozen

# What readers of the pages that cite a source are told of it.
TOLD = SourceStatus.values


class RetractionIsStored(RowIsFrozen):
    """Something of a stored retraction was to be changed besides its end."""


class RetractionQuerySet(GuardedQuerySet["Retraction"]):
    def standing(self) -> Self:
        """Return those that have not ended."""
        return self.filter(ended_at=None)

    def told(self) -> Self:
        """Return those of which readers are told."""
        return self.filter(kind__in=TOLD)


class Retraction(GuardedModel):
    """What has become of a source: that its journal has retracted it, or that it is outdated.

    Somebody has seen it, or a record of Retraction Watch says it. What editors alone are told, an
    expression of concern or a correction, is kept in the same way.
    """

    class Kind(models.TextChoices):
        RETRACTED = SourceStatus.RETRACTED.value, SourceStatus.RETRACTED.label
        OUTDATED = SourceStatus.OUTDATED.value, SourceStatus.OUTDATED.label
        CONCERN = "concern", _("expression of concern")
        CORRECTION = "correction", _("corrected by its journal")

    guard = Guard(
        closes="ended_at",
        closing=("ended_by", "end_reason", "end_record"),
        error=RetractionIsStored,
    )

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="retractions")
    kind = models.CharField(_("what has become of it"), max_length=10, choices=Kind)
    # The day that the journal gives; none where it is not known.
    since = models.DateField(_("since"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    # The DOI of what the journal says about it.
    notice_doi = models.CharField(_("DOI of the notice"), max_length=200, blank=True)
    # The number of the record of Retraction Watch that says it; empty where somebody has.
    record = models.CharField(max_length=20, blank=True, editable=False)
    began_at = models.DateTimeField(_("marked"), default=timezone.now, editable=False)
    began_by = ActorField(_("marked by"), editable=False)
    began_by_shown: str
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    ended_by = ActorField(_("ended by"), editable=False)
    ended_by_shown: str
    end_reason = models.CharField(_("reason for the end"), max_length=300, blank=True)
    end_record = models.CharField(max_length=20, blank=True, editable=False)

    objects: ClassVar = RetractionQuerySet.as_manager()

    class Meta:
        verbose_name = _("retraction")
        verbose_name_plural = _("retractions")
        ordering = ["-began_at", "-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(ended_at=None, kind__in=TOLD),
                name="retraction_one_is_told",
            ),
            models.UniqueConstraint(
                fields=["source", "record"],
                condition=~Q(record=""),
                name="retraction_record_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.get_kind_display()}"

    @property
    def is_told(self) -> bool:
        """Tell whether readers are told of it now."""
        return self.ended_at is None and self.kind in TOLD

    @property
    def notice_url(self) -> str:
        """Return where the journal says it; empty if that is not known."""
        return f"https://doi.org/{self.notice_doi}" if self.notice_doi else ""


class AnswerIsStored(RowIsFrozen):
    """A stored answer was to be changed or deleted."""


class RetractionAnswer(GuardedModel):
    """Somebody has seen that a page cites such a source, and tells readers why it is right all the
    same. The newest one counts."""

    guard = Guard(error=AnswerIsStored)

    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="retraction_answers"
    )
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    # Whom the page was for: what is written for health professionals is for them alone.
    audience = models.CharField(_("audience"), max_length=20, choices=Audience)
    retraction = models.ForeignKey(Retraction, on_delete=models.PROTECT, related_name="answers")
    sentence = models.CharField(_("sentence for readers"), max_length=500)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    by = ActorField(_("who"), editable=False)
    by_shown: str

    class Meta:
        verbose_name = _("answer to a retraction")
        verbose_name_plural = _("answers to retractions")
        ordering = ["-at", "-pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["retraction", "article", "language"], name="retraction_answer")
        ]

    def __str__(self) -> str:
        return f"{self.article_id} ({self.language}): {self.sentence}"


class EditionSource(models.Model):
    """A source that an edition lists. Repeats what its content says, to be found by an index."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE)
    source = models.ForeignKey(Source, on_delete=models.CASCADE)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["edition", "source"], name="edition_source_once")
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.source_id}"
