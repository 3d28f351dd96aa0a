from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article, Audience
from articles.models.editions import Edition, EditionQuerySet
from articles.models.severity import Severity
from immunoportal.guards import Guard, GuardedModel, GuardedQuerySet, RowIsFrozen


class CorrectionIsPublished(RowIsFrozen):
    """What readers were told was to be changed or deleted."""


class CorrectionQuerySet(GuardedQuerySet["Correction"]):
    def told(self) -> Self:
        """Return those that readers are told now."""
        return self.filter(replaced_at=None, at__lte=timezone.now())

    def public(self) -> Self:
        """Return those of pages that everyone could read."""
        return self.filter(audience=Audience.PUBLIC)

    def in_language(self, language: str) -> Self:
        return self.filter(language=language)

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")

    def with_corrected(self, readable: EditionQuerySet) -> Self:
        """Read which edition each has corrected: its number as ``corrected``, and the live slug of
        the page as ``slug``; ``None`` where it is not among those that may be read."""
        on_page = {name: OuterRef(name) for name in ("article", "language")}
        editions = Edition.objects.filter(**on_page)
        earlier = editions.begun().filter(number__lt=OuterRef("edition__number"))
        last = Subquery(earlier.order_by("-number").values("pk")[:1])
        return self.annotate(
            last=last,
            corrected=Subquery(readable.filter(pk=OuterRef("last")).values("number")),
            slug=Subquery(editions.live().values("slug")[:1]),
        )

    def for_lists(self) -> Self:
        """Read what a list that everyone may see shows of each, and for whom its page is or was
        last, as ``page_audience``."""
        shown = ("number", "title", "valid_from")
        of_page = Edition.objects.begun().filter(
            article=OuterRef("article"), language=OuterRef("language")
        )
        newest = Subquery(of_page.order_by("-number").values("audience")[:1])
        rows = self.with_corrected(Edition.objects.lasting_public()).annotate(page_audience=newest)
        return rows.select_related("article", "edition").only(
            *("language", "kind", "severity", "note", "at", "article__key"),
            *(f"edition__{name}" for name in shown),
        )


class Correction(GuardedModel):
    """What readers are told of a page: that it was corrected, or withdrawn as wrong, or carries a
    safety notice.

    The verbs write it, with what an edition, a raised severity or a hold says already, so that the
    newest of all pages are read from one index.
    """

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("correction")
        NOTICE = "notice", _("safety notice")
        WITHDRAWN = "withdrawn", _("withdrawn as wrong")

    # Replaced by the one that a raised severity writes, or when the edition was called off.
    guard = Guard(closes="replaced_at", error=CorrectionIsPublished)

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="corrections")
    # The one that corrects, was withdrawn, or was live when the notice began.
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="corrections")
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    audience = models.CharField(_("audience"), max_length=20, choices=Audience)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    # Of a correction alone: the gravest that its edition has been given so far.
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity, null=True)
    note = models.CharField(_("note for readers"), max_length=500, blank=True)
    at = models.DateTimeField(_("when"))
    replaced_at = models.DateTimeField(_("replaced"), null=True)
    corrected: int | None  # where it is read; see ``with_corrected``
    slug: str | None
    page_audience: str  # in lists; see ``for_lists``

    objects: ClassVar = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-at", "-pk"]
        default_permissions = ()
        indexes = [
            models.Index(
                "language", "audience", F("at").desc(), F("id").desc(),
                condition=Q(replaced_at=None),
                name="correction_told",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.get_kind_display()}"
