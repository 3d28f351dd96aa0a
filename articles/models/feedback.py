"""What readers say at the end of a page: whether it was helpful, and what was missing.

Nothing is kept of who says it, nor of the hour.
"""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.models.editions import Edition

LONGEST_SENTENCE = 500  # characters


class FeedbackCountQuerySet(models.QuerySet["FeedbackCount"]):
    def of_page(self, article: int, language: str) -> Self:
        return self.filter(edition__article=article, edition__language=language)

    def totals(self) -> dict[str, int]:
        """Return how many readers in all have found it helpful, and how many have not."""
        found = self.aggregate(helpful=Sum("helpful"), unhelpful=Sum("unhelpful"))
        return {name: total or 0 for name, total in found.items()}


class FeedbackCount(models.Model):
    """How many readers have found an edition helpful on one day, and how many have not."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="feedback_counts")
    day = models.DateField()
    helpful = models.PositiveIntegerField(default=0)
    unhelpful = models.PositiveIntegerField(default=0)

    objects: ClassVar = FeedbackCountQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["edition", "day"], name="feedback_count_once_a_day")
        ]
        indexes = [models.Index(fields=["day", "edition"], name="feedback_count_by_day")]

    def __str__(self) -> str:
        return f"{self.edition_id}, {self.day}: +{self.helpful} −{self.unhelpful}"


class FeedbackSentenceQuerySet(models.QuerySet["FeedbackSentence"]):
    def of_page(self, article: int, language: str) -> Self:
        return self.filter(edition__article=article, edition__language=language)

    def new(self) -> Self:
        """Return those that no editor has ticked off."""
        return self.filter(is_done=False)

    def by_page(self) -> dict[tuple[int, str], int]:
        """Return how many there are, by article and language."""
        rows = self.order_by().values_list("edition__article", "edition__language")
        counted = rows.annotate(count=Count("pk"))
        return {(article, language): count for article, language, count in counted}


class FeedbackSentence(models.Model):
    """A sentence that a reader has left at the end of a page; deleted after a year."""

    edition = models.ForeignKey(
        Edition,
        verbose_name=_("page"),
        on_delete=models.CASCADE,
        related_name="feedback_sentences",
    )
    day = models.DateField(_("day"))
    is_helpful = models.BooleanField(_("the page was helpful"))
    text = models.CharField(_("sentence"), max_length=LONGEST_SENTENCE)
    is_done = models.BooleanField(
        pgettext_lazy("sentence from a reader", "done"),
        default=False,
        help_text=_("Somebody has read it, and has done what there was to do."),
    )

    objects: ClassVar = FeedbackSentenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("sentence from a reader")
        verbose_name_plural = _("sentences from readers")
        ordering = ["-day", "-pk"]
        default_permissions = ("view", "change", "delete")
        indexes = [
            # All that the desk's list is filtered by.
            models.Index(
                F("day").desc(), F("id").desc(), "is_done", "is_helpful", "edition",
                name="feedback_sentence_newest",
            ),
            models.Index(
                F("day").desc(), F("id").desc(),
                condition=Q(is_done=False),
                name="feedback_sentence_new",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text
