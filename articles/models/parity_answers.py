from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from immunoportal.actors import ActorField
from immunoportal.guards import Guard, GuardedModel, GuardedQuerySet, RowIsFrozen


class ParityAnswer(GuardedModel):
    """Somebody has compared what a part says in two languages, and found it right as it is.

    It is about this pair of texts: once either of them changes, it is asked about again.
    """

    guard = Guard(deletable=True, error=RowIsFrozen)

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="parity_answers")
    # The key of a block, or the name of a part such as "title"; see ``articles.publishing.parts``.
    part = models.CharField(max_length=36)
    # The two texts, in the order of their languages' codes: SHA-256 in hexadecimal, empty where
    # there is none.
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    digest = models.CharField(max_length=64, blank=True)
    other_language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    other_digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    by = ActorField(_("who"), editable=False)
    by_shown: str

    objects: ClassVar = GuardedQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer about two languages")
        verbose_name_plural = _("answers about two languages")
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "article", "part", "language", "digest", "other_language", "other_digest",
                ],
                name="parity_answered_once",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.article_id}, {self.part}"
