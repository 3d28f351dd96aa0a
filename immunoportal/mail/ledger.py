"""The ledger: one row a mail, with what became of it."""

from datetime import datetime
from email import message_from_bytes, policy
from typing import ClassVar, Self

from django.db import connection, models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from immunoportal.claims import Claimable, ClaimableQuerySet


class MailQuerySet(ClaimableQuerySet["Mail"]):
    def due(self, moment: datetime | None = None) -> Self:
        """Return those that wait for delivery and were due at a moment (now).

        One whose text was deleted while it waited (``mail.forget``) waits for nothing.
        """
        waiting = super().due(moment).filter(state__in=[Mail.State.QUEUED, Mail.State.RETRYING])
        return waiting.exclude(content=b"").order_by("next_attempt_at", "pk")

    def to_deal_with(self) -> Self:
        """Return those that were given up, and that no editor has dealt with yet."""
        return self.filter(state=Mail.State.FAILED, dismissed_at=None)

    @staticmethod
    def kinds() -> list[str]:
        """Return the kinds that there are, by one step in the index for each."""
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH RECURSIVE kinds (kind) AS (SELECT MIN(kind) FROM immunoportal_mail UNION ALL"
                " SELECT (SELECT MIN(kind) FROM immunoportal_mail WHERE kind > kinds.kind)"
                " FROM kinds WHERE kind IS NOT NULL)"
                " SELECT kind FROM kinds WHERE kind IS NOT NULL"
            )
            return [kind for (kind,) in cursor.fetchall()]


class Mail(Claimable):
    """One mail to one recipient: a row first, delivered by the worker (``delivery``)."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RETRYING = "retrying", _("will be tried again")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")

    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    kind = models.CharField(_("kind"), max_length=50, blank=True)
    # What it is about, such as a message's number: see mail.forget.
    about = models.CharField(max_length=40, blank=True, db_index=True)
    recipient = models.CharField(_("recipient"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    # The whole mail as it goes to the server (RFC 5322); emptied some time after delivery.
    content = models.BinaryField(default=b"")
    emptied_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # When the two days of trying began: with the first failure.
    queued_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True)
    error = models.CharField(_("last error"), max_length=500, blank=True)
    # When it was shown in the console, for want of a mail server.
    shown_at = models.DateTimeField(null=True)
    # When an editor said that a mail that was given up has been dealt with.
    dismissed_at = models.DateTimeField(null=True)

    objects: ClassVar = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-created_at", "-pk"]
        # None with a condition on a state: SQLite would not see that a query's parameter meets it.
        indexes = [
            # What is due, how many are in a state, and which of the failed raise an alert.
            models.Index(fields=["state", "next_attempt_at", "dismissed_at"], name="mail_due"),
            # What the console has not shown yet.
            models.Index(fields=["state", "shown_at", "id"], name="mail_not_shown"),
            # All that the ledger's list is filtered by.
            models.Index(
                F("created_at").desc(),
                F("id").desc(),
                "state",
                "kind",
                "dismissed_at",
                name="mail_newest",
            ),
            models.Index("kind", F("created_at").desc(), name="mail_of_kind"),
            # What the retention has not emptied yet.
            models.Index(
                fields=["emptied_at", "state", "sent_at", "queued_at"], name="mail_with_text"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"

    def as_text(self) -> str:
        """Return the headers that matter and the plain text, decoded; "" once it is emptied."""
        if not self.content:
            return ""
        message = message_from_bytes(bytes(self.content), policy=policy.default)
        names = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID")
        headers = [f"{name}: {message[name]}" for name in names if message[name]]
        body = message.get_body(("plain",))
        return "\n".join([*headers, "", body.get_content() if body else ""])
