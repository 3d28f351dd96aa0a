"""How grave the change of an edition is, and when somebody finds that it was graver."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.IntegerChoices):
    """How grave a change is for readers; the greater number is the graver one."""

    TYPO = 1, _("typing error")
    MINOR = 2, _("minor")
    SUBSTANTIVE = 3, _("substantive")
    SAFETY = 4, _("safety")


# From here on, readers are told what has changed, and the page in another language is stale.
TOLD = Severity.SUBSTANTIVE
