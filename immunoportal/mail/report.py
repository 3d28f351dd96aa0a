"""How the ledger stands."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from immunoportal.mail.ledger import Mail

# A mail that still waits after this time means that no worker is running.
LATE = timedelta(minutes=15)


def condition() -> dict[str, int]:
    """How the ledger stands: the number of mails ``given_up`` and ``late``."""
    late = Mail.objects.due(timezone.now() - LATE) if settings.MAIL_SERVER else Mail.objects.none()
    return {
        "given_up": Mail.objects.filter(state=Mail.State.FAILED, dismissed_at=None).count(),
        "late": late.count(),
    }
