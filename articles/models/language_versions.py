"""Language versions: one article in one language, as the desk asks about it."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article


class LanguageVersion(models.Model):
    """What is known of one language of an article's working copy.

    Never whether it is live: that follows from the editions and the time. See
    ``articles.publishing.states``.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="language_versions")
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    # The digests that an edition frozen now would have; empty while that is not known, as after
    # the change of a row that many articles share.
    text_digest = models.CharField(max_length=64, blank=True)
    page_digest = models.CharField(max_length=64, blank=True)

    # What ``publishing.states.with_editions`` adds to a version that is read with it.
    live_number: int | None
    live_slug: str | None
    live_digest: str | None
    scheduled_for: datetime | None
    last_number: int | None

    class Meta:
        verbose_name = _("language version")
        verbose_name_plural = _("language versions")
        constraints = [
            models.UniqueConstraint(
                fields=["article", "language"], name="one_version_for_each_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.article_id} ({self.language})"
