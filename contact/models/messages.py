"""What visitors write to the publisher, and how it is handled."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    validate_email,
)
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from immunoportal import languages
from immunoportal.models import Singleton
from immunoportal.publication.models import LiveModel


class ContactSettings(Singleton, LiveModel):
    """How visitors' messages are handled; public, for the privacy page says how long they stay."""

    recipients = models.TextField(
        _("recipients"),
        blank=True,
        help_text=_("Who gets each message by mail: one email address a line."),
    )
    recipients_language = models.CharField(
        _("language of these mails"),
        max_length=8,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
    )
    retention_months = models.PositiveSmallIntegerField(
        _("months that messages are kept"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_(
            "Then name, email address, text and note are deleted. Date, language, subject and "
            "state stay, for statistics."
        ),
    )
    offer_copy = models.BooleanField(
        _("visitors may ask for a copy"),
        default=False,
        help_text=_(
            "The email address is not verified: somebody may have your server send a text to a "
            "stranger."
        ),
    )

    class Meta:
        verbose_name = _("contact settings")
        verbose_name_plural = _("contact settings")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_contact_settings")
        ]

    def __str__(self) -> str:
        return str(_("Contact settings"))

    def clean(self) -> None:
        for email in self.recipient_list:
            try:
                validate_email(email)
            except ValidationError:
                message = _("“%(email)s” is no email address.") % {"email": email}
                raise ValidationError({"recipients": message}) from None

    @property
    def recipient_list(self) -> list[str]:
        """Return the email addresses that were typed in the admin."""
        return self.recipients.split()


class Subject(LiveModel):
    """What a message may be about; offered in a language once it has a name in it."""

    name = models.CharField(_("name"), max_length=100, blank=True)
    ordering = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        ordering = ["ordering", "pk"]

    def __str__(self) -> str:
        return languages.text_in_any(self, "name") or str(_("(without a name)"))


class Message(models.Model):
    """What a visitor has written."""

    class State(models.TextChoices):
        NEW = "new", _("new")
        IN_PROGRESS = "in_progress", _("in progress")
        ANSWERED = "answered", _("answered")
        SPAM = "spam", _("spam")

    MAX_LENGTH = 5000  # characters of a text

    number = models.CharField(_("number"), max_length=12, unique=True, editable=False)
    # From the form's stamp and what was sent: a form that is sent twice is stored once.
    submission = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    language = models.CharField(
        _("language"), max_length=8, choices=settings.LANGUAGES, editable=False
    )
    name = models.CharField(_("name"), max_length=100, blank=True, editable=False)
    email = models.EmailField(_("email address"), blank=True, editable=False)
    subject = models.ForeignKey(
        Subject,
        verbose_name=_("subject"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="messages",
    )
    # As it was read by the sender, whatever becomes of the list.
    subject_name = models.CharField(_("subject"), max_length=100, blank=True, editable=False)
    text = models.TextField(_("message"), blank=True, editable=False)
    # HMAC of the network address, for the rate; emptied after a day.
    network = models.CharField(max_length=64, blank=True, editable=False)
    # SHA-256 of the words, to know the same text again.
    fingerprint = models.CharField(max_length=64, editable=False)
    # Keys of contact.spam.REASONS.
    suspicions = models.JSONField(default=list, editable=False)

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.NEW)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assignee"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"is_staff": True, "is_active": True},
    )
    note = models.TextField(_("internal note"), blank=True)
    # When it was put into the ledger for the publisher; never for what stays in the spam folder.
    delivered_at = models.DateTimeField(null=True, editable=False)
    # When name, email address, text and note were deleted.
    emptied_at = models.DateTimeField(_("deleted"), null=True, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at", "-pk"]
        indexes = [
            # All that the inbox is filtered by.
            models.Index(
                models.F("created_at").desc(), models.F("id").desc(),
                "state", "language", "subject", "assignee",
                name="message_newest",
            ),
            # A folder of the inbox, and how much is in it.
            models.Index(
                "state", models.F("created_at").desc(), models.F("id").desc(),
                "language", "subject", "assignee",
                name="message_in_folder",
            ),
            # What the retention has not emptied yet; and how much of that is in the spam folder.
            models.Index(fields=["emptied_at", "created_at", "state"], name="message_with_text"),
            models.Index(fields=["network", "created_at"], name="message_by_network"),
            models.Index(fields=["fingerprint", "created_at"], name="message_by_text"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} · {self.subject_name}"
