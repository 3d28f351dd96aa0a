"""Registrations: health professionals who want to read what is reserved for them."""

import hashlib
import json

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Registration(models.Model):
    """What a health professional declares, and what an editor has decided about it.

    The verbs in ``accounts.professionals`` change the state; nothing else does.
    """

    class Profession(models.TextChoices):
        PHYSICIAN = "physician", _("physician")
        PHARMACIST = "pharmacist", _("pharmacist")
        NURSE = "nurse", _("nurse")
        BIOLOGIST = "biologist", _("biologist")
        PSYCHOLOGIST = "psychologist", _("psychologist")
        RADIOGRAPHER = "radiographer", _("radiographer")
        PHYSIOTHERAPIST = "physiotherapist", _("physiotherapist")
        DIETITIAN = "dietitian", _("dietitian")
        OTHER = "other", _("other health profession")

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("email address not confirmed")
        WAITING = "waiting", _("waiting for a decision")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("approval withdrawn")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="registration",
    )
    profession = models.CharField(_("profession"), max_length=20, choices=Profession)
    other_profession = models.CharField(_("which profession"), max_length=80, blank=True)
    order = models.CharField(
        _("professional order"), max_length=150, help_text=_("For example: OMCeO Milano.")
    )
    province = models.CharField(_("province of the order"), max_length=60)
    number = models.CharField(_("registration number"), max_length=40)
    # When the person said that all this is true, and had read how data are handled.
    declared_at = models.DateTimeField(_("declared"), default=timezone.now)

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.UNCONFIRMED)
    created_at = models.DateTimeField(_("registered"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    reason = models.CharField(
        _("reason"),
        max_length=500,
        blank=True,
        help_text=_("For the person who registered; it is part of the mail. May stay empty."),
    )

    # Whether others have this number, where the admin's list has asked for it.
    is_repeated: bool

    class Meta:
        verbose_name = _("registration of a health professional")
        verbose_name_plural = _("registrations of health professionals")
        ordering = ["-created_at", "-pk"]
        permissions = [("decide_registration", _("Can approve and reject health professionals"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["unconfirmed", "waiting"], decided_at__isnull=True)
                | Q(state__in=["approved", "rejected", "withdrawn"], decided_at__isnull=False),
                name="registration_decided_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["state"], name="registration_by_state")]

    def __str__(self) -> str:
        return f"{self.user} ({self.profession_shown})"

    @property
    def profession_shown(self) -> str:
        """Return the profession in words: the person's own where the list has none."""
        return self.other_profession or self.get_profession_display()

    @property
    def fingerprint(self) -> str:
        """Return a text that changes with anything that the person has declared."""
        declared = [
            self.user.first_name, self.user.last_name, self.profession, self.other_profession,
            self.order, self.province, self.number,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(declared).encode()).hexdigest()[:16]
