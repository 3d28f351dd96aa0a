from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from articles.models.editions import Edition
from immunoportal.actors import ActorField
from immunoportal.guards import Guard, GuardedModel, GuardedQuerySet, RowIsFrozen

# The part of a settlement that is about all parts of a page.
WHOLE = ""


class SettlementIsStored(RowIsFrozen):
    """A stored settlement was to be changed."""


class Settlement(GuardedModel):
    """Somebody has seen what an edition says in one part, and what the page in another language
    says there, and answers for it that the two agree.

    It is about the page in ``language``; the other direction is settled by rows of its own.
    """

    class How(models.TextChoices):
        # The page was first published while the other edition was live.
        TRANSLATED = "translated", _("translated from it")
        # Both texts were changed and published in one act.
        TOGETHER = "together", _("published together")
        STILL_RIGHT = "still right", _("still right")
        # Counts once an edition that says so is live.
        MENDED = "mended", _("mended")
        # The other page was mended to say what this one says.
        FOLLOWED = "followed", _("the other page followed")
        DOES_NOT_APPLY = "does not apply", _("does not apply here")

    guard = Guard(error=SettlementIsStored)

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="settlements")
    # Of the page that is settled.
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    # Of the other language: the one up to which somebody has seen what changed.
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="settlements")
    # The key of a block, or the name of a part such as "title"; see ``articles.publishing.parts``.
    part = models.CharField(max_length=36, blank=True)
    # SHA-256 in hexadecimal of both texts; empty where there is none.
    other_digest = models.CharField(max_length=64, blank=True)
    own_digest = models.CharField(max_length=64, blank=True)
    # Of the page that is settled: the first edition in which its text must stand to count.
    own_number = models.PositiveIntegerField()
    how = models.CharField(_("how"), max_length=14, choices=How)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    by = ActorField(_("who"), editable=False)
    by_shown: str

    objects: ClassVar = GuardedQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ["at", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["article", "language"], name="settlement_by_version")]

    def __str__(self) -> str:
        return f"{self.article_id} ({self.language}), {self.part or 'all'}: {self.how}"
