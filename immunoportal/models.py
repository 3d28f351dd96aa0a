"""Models of the foundation: the publication clock, rows that are public as they stand, and
the mail ledger."""

from datetime import datetime
from email import message_from_bytes, policy

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Where Django looks for the models of an app.
from immunoportal.audit.models import AuditEntry  # noqa: F401


class PublicationClock(models.Model):
    """One row that counts the public changes of the site; read it through ``clock``."""

    version = models.PositiveBigIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_publication_clock")
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.changed_at:%Y-%m-%d %H:%M:%S})"

    @classmethod
    def advance(cls) -> None:
        """Count one public change, in the transaction that makes it."""
        now = timezone.now()
        if not cls.objects.filter(pk=1).update(version=F("version") + 1, changed_at=now):
            cls.objects.get_or_create(pk=1, defaults={"changed_at": now})


class LiveQuerySet(models.QuerySet):
    """Writes that advance the publication clock, the bulk ones included."""

    def update(self, **kwargs):
        with transaction.atomic():
            PublicationClock.advance()
            return super().update(**kwargs)

    def bulk_create(self, *args, **kwargs):
        with transaction.atomic():
            PublicationClock.advance()
            return super().bulk_create(*args, **kwargs)

    def delete(self):
        with transaction.atomic():
            PublicationClock.advance()
            return super().delete()


class LiveModel(models.Model):
    """A row that readers see as soon as it is saved, such as a topic or the publisher."""

    objects = LiveQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        with transaction.atomic():
            PublicationClock.advance()
            super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            PublicationClock.advance()
            return super().delete(*args, **kwargs)


class SingletonModel(LiveModel):
    """A live row of which there is just one."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def get(cls):
        """The row; an unsaved, empty one when it has not been written yet."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class MailQuerySet(models.QuerySet):
    def due(self, moment: datetime | None = None):
        """Those that wait for delivery, were due at a moment (now), and that nobody has taken.

        One whose text was deleted while it waited (``mail.forget``) waits for nothing.
        """
        now = timezone.now()
        waiting = self.filter(
            Q(claimed_until=None) | Q(claimed_until__lt=now),
            state__in=[Mail.State.QUEUED, Mail.State.RETRYING],
            next_attempt_at__lte=moment or now,
        )
        return waiting.exclude(content=b"").order_by("next_attempt_at", "pk")


class Mail(models.Model):
    """One mail to one recipient: a row first, delivered by the worker (``immunoportal.mail``)."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RETRYING = "retrying", _("will be tried again")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")

    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    kind = models.CharField(_("kind"), max_length=50, blank=True)
    # Of what it is about, such as a message's number: see mail.forget.
    reference = models.CharField(_("number"), max_length=40, blank=True, db_index=True)
    recipient = models.CharField(_("recipient"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    # The whole mail as it goes to the server (RFC 5322); emptied some time after delivery.
    content = models.BinaryField(default=b"")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # When the two days of trying began: with the first attempt.
    queued_at = models.DateTimeField(default=timezone.now)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    # Until then one worker has it, and no other takes it.
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    error = models.CharField(_("last error"), max_length=500, blank=True)
    # When it was shown in the console, for want of a mail server.
    shown_at = models.DateTimeField(null=True)
    # When an editor said that a mail that was given up has been dealt with.
    dismissed_at = models.DateTimeField(null=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state__in=["queued", "retrying"]),
                name="mail_due",
            ),
            models.Index(F("created_at").desc(), F("id").desc(), name="mail_newest"),
            models.Index(fields=["state"], condition=Q(state="failed"), name="mail_given_up"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"

    def as_text(self) -> str:
        """The headers that matter and the plain text, decoded; empty once it is emptied."""
        if not self.content:
            return ""
        message = message_from_bytes(bytes(self.content), policy=policy.default)
        names = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID")
        headers = [f"{name}: {message[name]}" for name in names if message[name]]
        body = message.get_body(("plain",))
        return "\n".join([*headers, "", body.get_content() if body else ""])
