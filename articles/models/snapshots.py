from typing import ClassVar

from django.conf import settings
from django.db import models

from articles.models.articles import Article
from articles.models.editions import Edition
from articles.models.events import Event
from immunoportal.guards import Guard, GuardedModel, GuardedQuerySet, RowIsFrozen


class Snapshot(GuardedModel):
    """What the working copy said in a language before an edition was restored into it.

    It is frozen as an edition is, so that it can be looked at, compared and put back as one.
    """

    guard = Guard(deletable=True, error=RowIsFrozen)

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="snapshot")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="snapshots")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    title = models.CharField(max_length=150, blank=True)
    slug = models.SlugField(max_length=150, blank=True)
    hero_line = models.CharField(max_length=150, blank=True)
    lead = models.TextField(blank=True)
    description = models.CharField(max_length=600, blank=True)
    # As ``Edition.content``.
    content = models.JSONField()

    objects: ClassVar = GuardedQuerySet.as_manager()

    # What it has of an edition.
    COPIED = ("article", "language", "title", "slug", "hero_line", "lead", "description", "content")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.article_id} ({self.language}), {self.pk}"

    @classmethod
    def of(cls, edition: Edition, event: Event) -> "Snapshot":
        """Return what is stored of an edition that was frozen from the working copy."""
        return cls(event=event, **{name: getattr(edition, name) for name in cls.COPIED})

    def as_edition(self) -> Edition:
        """Return what it says as an edition that is not stored and has no number."""
        return Edition(
            **{name: getattr(self, name) for name in self.COPIED},
            topic=self.article.topic,
            audience=self.article.audience,
        )
