"""Who is writing in an article just now: a heartbeat of the open form, and never a lock.

All times are those of the database's clock, so that the hosts' own need not agree.
"""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models.functions import Now

from articles.models.articles import Article

# Three beats of the form (presence.js): one may fail.
GONE_AFTER = timedelta(seconds=60)
DELETED_AFTER = timedelta(hours=1)


class PresenceQuerySet(models.QuerySet["Presence"]):
    def writing(self) -> Self:
        """Return those whose heartbeat is recent, and not of a time that is still to come, as it
        can be after the database's clock was set back."""
        return self.filter(seen_at__gt=Now() - GONE_AFTER, seen_at__lt=Now() + GONE_AFTER)


class Presence(models.Model):
    """A user who is writing in an article, in one tab of a browser."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="presences"
    )
    tab = models.CharField(max_length=32)
    seen_at = models.DateTimeField(db_index=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["article", "user", "tab"], name="presence_of_a_tab")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.article_id}"


def beat(article_id: int, user: AbstractBaseUser, tab: str) -> None:
    """Store that a user is writing in an article, in one tab of a browser."""
    Presence.objects.bulk_create(
        [Presence(article_id=article_id, user_id=user.pk, tab=tab, seen_at=Now())],
        update_conflicts=True,
        unique_fields=["article", "user", "tab"],
        update_fields=["seen_at"],
    )


def leave(article_id: int, user: AbstractBaseUser, tab: str) -> None:
    """Store that a tab has been closed, or shows another page."""
    Presence.objects.filter(article=article_id, user_id=user.pk, tab=tab).delete()


def forget(user: AbstractBaseUser) -> None:
    """Delete all that tells where a user is writing."""
    Presence.objects.filter(user_id=user.pk).delete()


def delete_old() -> bool:
    """Delete what the tabs have left behind that ended without a word.

    Returns:
        Whether there was any.
    """
    outside = models.Q(seen_at__lt=Now() - DELETED_AFTER) | models.Q(
        seen_at__gt=Now() + DELETED_AFTER
    )
    return Presence.objects.filter(outside).delete()[0] > 0
