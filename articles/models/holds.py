from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from articles.models.editions import Edition
from immunoportal.actors import ActorField
from immunoportal.guards import Guard, GuardedModel, GuardedQuerySet, RowIsFrozen


class HoldIsStored(RowIsFrozen):
    """Something of a stored hold was to be changed besides its end."""


class HoldQuerySet(GuardedQuerySet["Hold"]):
    def standing(self) -> Self:
        """Return those that have not ended."""
        return self.filter(ended_at=None)

    def for_safety(self) -> Self:
        """Return those that warn of a danger."""
        return self.exclude(kind=Hold.Kind.OUTDATED)

    def withheld(self) -> Self:
        """Return those of pages whose text is withheld."""
        return self.filter(kind=Hold.Kind.WITHHELD)

    def outdated(self) -> Self:
        """Return those of pages that are outdated."""
        return self.filter(kind=Hold.Kind.OUTDATED)


class Hold(GuardedModel):
    """A page carries a notice, or not its body, until a danger is over; or it is outdated.

    One that a safety edition in another language has caused ends when its change is settled and
    live; one that somebody set, when somebody ends it. What is outdated is so until the next
    edition.
    """

    class Kind(models.TextChoices):
        NOTICE = "notice", _("the page carries a notice")
        WITHHELD = "withheld", _("the text of the page is withheld")
        OUTDATED = "outdated", _("the page is outdated")

    # What a publisher chooses between for the safety of readers.
    FOR_SAFETY = [(kind.value, kind.label) for kind in (Kind.NOTICE, Kind.WITHHELD)]

    guard = Guard(closes="ended_at", closing=("ended_by", "end_reason"), error=HoldIsStored)

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="holds")
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    kind = models.CharField(_("what readers see"), max_length=8, choices=Kind, default=Kind.NOTICE)
    # The one that was live when it began; None of holds from before that was kept.
    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, null=True, editable=False, related_name="holds"
    )
    # For the readers of the page, in its language.
    sentence = models.CharField(_("sentence for readers"), max_length=500)
    # The safety edition in another language; none where somebody held the page by a click.
    cause = models.ForeignKey(
        Edition, on_delete=models.PROTECT, null=True, blank=True, related_name="holds_caused"
    )
    began_at = models.DateTimeField(_("began"), default=timezone.now, editable=False)
    began_by = ActorField(_("began by"), editable=False)
    began_by_shown: str
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    ended_by = ActorField(_("ended by"), editable=False)
    ended_by_shown: str
    end_reason = models.CharField(_("reason for the end"), max_length=300, blank=True)

    objects: ClassVar = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["-began_at", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="hold_interval_forward",
            )
        ]
        indexes = [
            models.Index(
                fields=["article", "language"],
                condition=Q(ended_at=None),
                name="hold_standing",
            ),
            # Few, and what every list leaves out.
            models.Index(
                fields=["kind", "edition"],
                condition=Q(ended_at=None),
                name="hold_standing_by_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} ({self.language}): {self.get_kind_display()}"
