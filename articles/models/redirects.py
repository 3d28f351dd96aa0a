"""Addresses that lead on: the former slugs of topics, and what the old site had.

The slugs that an article had stand in its editions, which never change.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from articles.models.topics import Topic
from articles.text.redirects import LONGEST, key_of
from immunoportal.publication.models import LiveModel, LiveQuerySet

LONGEST_PATH = 300


class FormerSlug(models.Model):
    """A slug that a topic had while it had a page; written by the save that renames the topic."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="former_slugs")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    slug = models.SlugField(max_length=100, db_index=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["language", "slug"], name="former_slug_of_one_topic")
        ]

    def __str__(self) -> str:
        return f"{self.slug} ({self.language})"


class OldAddressQuerySet(LiveQuerySet["OldAddress"]):
    def count_uses(self, uses: Mapping[int, tuple[int, datetime]]) -> None:
        """Add to the counts of rows; readers see nothing of it, so the clock stands still.

        Args:
            uses: by the row's number, how many there were and when the last one was.
        """
        with transaction.atomic():
            # In one order, so that two processes do not wait for each other.
            for number, (count, last) in sorted(uses.items()):
                models.QuerySet.update(
                    self.filter(pk=number), uses=F("uses") + count, last_used_at=last
                )


class OldAddress(LiveModel):
    """An address of the old site, and where it leads: to an article or a topic in a language, or to
    another page of this site."""

    address = models.CharField(
        _("old address"),
        max_length=LONGEST,
        help_text=_(
            "As the old site had it, with what follows a question mark. Capitals, a slash at the "
            "end and the order behind the question mark do not matter."
        ),
    )
    # The one form of the address, under which it is found.
    key = models.CharField(max_length=LONGEST, unique=True, editable=False)
    # What stands here is not deleted: old addresses would lead nowhere.
    article = models.ForeignKey(
        Article,
        verbose_name=_("article"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="old_addresses",
    )
    topic = models.ForeignKey(
        Topic,
        verbose_name=_("topic"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="old_addresses",
    )
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, blank=True)
    # A path of ours, with its language; empty where it leads to an article or a topic.
    path = models.CharField(
        _("another page of this site"),
        max_length=LONGEST_PATH,
        blank=True,
        help_text=_("Its address, as the browser shows it. Only pages of this site can be chosen."),
    )
    uses = models.PositiveBigIntegerField(_("uses"), default=0, editable=False)
    last_used_at = models.DateTimeField(_("last use"), null=True, editable=False)

    objects: ClassVar = OldAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(article__isnull=False, topic__isnull=True, path="") & ~Q(language="")
                | Q(article__isnull=True, topic__isnull=False, path="") & ~Q(language="")
                | Q(article__isnull=True, topic__isnull=True, path__startswith="/", language=""),
                name="old_address_leads_to_one_page",
                violation_error_message=_(
                    "Say where it leads: an article or a topic and a language, or another page."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.address

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = key_of(self.address)
        super().save(*args, **kwargs)
