from django.db import models
from django.utils.translation import gettext_lazy as _

from immunoportal.models import Singleton


class AccountSettings(Singleton):
    """What administrators decide about everybody's account."""

    require_second_factor = models.BooleanField(
        _("second factor for everyone who may publish"),
        default=False,
        help_text=_(
            "Whoever may publish has to set up an authenticator app or a passkey before entering "
            "the administration again."
        ),
    )

    class Meta:
        verbose_name = _("account settings")
        verbose_name_plural = _("account settings")

    def __str__(self) -> str:
        return str(_("Account settings"))
