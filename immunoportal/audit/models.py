"""The rows of the audit log."""

import json
from datetime import timedelta

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from immunoportal.actors import ActorField
from immunoportal.guards import Guard, GuardedModel

# 24 months, one of them of a leap year.
KEPT = timedelta(days=731)


class Act(models.TextChoices):
    """The kinds of acts that are recorded."""

    LOGGED_IN = "logged in", _("logged in")
    LOGIN_FAILED = "login failed", _("log-in failed")
    SECOND_FACTOR_FAILED = "second factor failed", _("second factor failed")
    RESET_ASKED = "reset asked", _("new password asked for")
    PASSWORD_RESET = "password reset", _("password set through a mailed link")
    PASSWORD_CHANGED = "password changed", _("password changed")
    EMAIL_CHANGED = "email changed", _("email address changed")
    SECOND_FACTOR_ADDED = "second factor added", _("second factor added")
    SECOND_FACTOR_REMOVED = "second factor removed", _("second factor removed")
    SESSIONS_ENDED = "sessions ended", _("logged out everywhere")
    ACCOUNT_CREATED = "account created", _("account created")
    INVITED = "invited", _("invited to choose a password")
    RIGHTS_CHANGED = "rights changed", _("roles or rights changed")
    APPROVED = "approved", _("health professional approved")
    REJECTED = "rejected", _("health professional rejected")
    APPROVAL_WITHDRAWN = "approval withdrawn", _("approval of a health professional withdrawn")
    PUBLISHED = "published", _("page published")
    WITHDRAWN = "withdrawn", _("page withdrawn")
    SEVERITY_RAISED = "severity raised", _("severity of a change raised")
    CLEARED = "cleared", _("watched words published on a page for everyone")
    HELD = "held", _("page held")
    HOLD_ENDED = "hold ended", _("hold of a page ended")
    FILE_WITHDRAWN = "file withdrawn", _("picture or file withdrawn for good")
    SOURCE_MARKED = "source marked", _("source marked as retracted or outdated")
    SOURCE_CLEARED = "source cleared", _("mark of a source taken back")
    EXPORTED = "exported", _("data exported")
    ERASED = "erased", _("data erased")
    SETTINGS_CHANGED = "settings changed", _("settings changed")


class AuditEntry(GuardedModel):
    """One act; never changed, and deleted only once it is older than ``KEPT``."""

    guard = Guard(dated="at", kept=KEPT)

    at = models.DateTimeField(_("when"), default=timezone.now)
    act = models.CharField(_("act"), max_length=40)
    # None where nobody was logged in, or the site itself did it.
    by = ActorField(_("who"))
    by_shown: str
    # The kind of row that it was done to, such as "accounts.user", and its number.
    kind = models.CharField(_("kind"), max_length=100, blank=True)
    number = models.CharField(_("number"), max_length=40, blank=True)
    detail = models.JSONField(_("details"), default=dict, blank=True)
    # Shortened so that it tells where, not who: see ``origin.network``.
    network = models.CharField(_("network"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("audit log")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(F("at").desc(), F("id").desc(), name="audit_newest"),
            models.Index("act", F("at").desc(), F("id").desc(), name="audit_newest_of_act"),
            models.Index("by", F("at").desc(), F("id").desc(), name="audit_newest_of_user"),
            models.Index(fields=["kind", "number"], name="audit_about"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.act}"

    @property
    def act_shown(self) -> str:
        """Return the act in words; its bare name if the code no longer knows it."""
        return str(dict(Act.choices).get(self.act, self.act))

    def as_line(self) -> str:
        """Return the entry as one line for a log that is kept elsewhere."""
        return json.dumps(
            {
                "entry": self.pk,
                "at": self.at.isoformat(timespec="seconds"),
                "act": self.act,
                "by": self.by_id,
                "kind": self.kind,
                "number": self.number,
                "detail": self.detail,
                "network": self.network,
            }
        )
