"""Drafts: what somebody has typed into the article's form and not saved yet."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext

from articles.models.articles import Article


class DraftQuerySet(models.QuerySet["Draft"]):
    def open(self) -> "DraftQuerySet":
        """Keep those that can be continued: neither saved nor discarded."""
        return self.filter(closed_at=None)


class Draft(models.Model):
    """The form of one article as one user has filled it in, in one tab of the browser.

    It is nobody else's business: no page shows it to another user, and it goes with the account.
    Saving the form empties it. The row is kept as long as others are, so that a copy of the form
    that arrives late is known to be saved already.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    # None for an article that was never saved, or that somebody has deleted.
    article = models.ForeignKey(
        Article, on_delete=models.SET_NULL, null=True, related_name="drafts"
    )
    tab = models.UUIDField()
    # Counts what the tab has sent: what is older than what is here changes nothing.
    number = models.PositiveBigIntegerField(default=0)
    # The save of the article that the form was opened after.
    version = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=150, blank=True)
    # The names and values of the form's fields, as JSON; see ``articles.text.form_data``.
    data = models.TextField(blank=True)
    saved_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tab"], name="one_draft_of_a_tab")]
        indexes = [
            models.Index(fields=["user", "closed_at", "-saved_at"], name="draft_by_user"),
            models.Index(fields=["saved_at"], name="draft_by_age"),
        ]

    def __str__(self) -> str:
        # Without its title: the list of what goes with an account is shown to administrators.
        return gettext("Draft no. %(number)s") % {"number": self.pk}
