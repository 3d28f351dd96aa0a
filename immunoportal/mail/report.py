"""How the ledger stands: what was given up, and what is late."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from immunoportal.actors import User
from immunoportal.mail.ledger import Mail
from immunoportal.registry import Alert

# A mail that still waits after this time means that no worker is running.
LATE = timedelta(minutes=15)


def condition() -> dict[str, int]:
    """Return how many mails were ``given_up``, and how many are ``late``."""
    late = Mail.objects.due(timezone.now() - LATE).unclaimed()
    return {
        "given_up": Mail.objects.filter(state=Mail.State.FAILED, dismissed_at=None).count(),
        "late": late.count() if settings.MAIL_SERVER else 0,
    }


def alerts(user: User) -> list[Alert]:
    """Return alerts about mails that were given up or are late, for users who see the ledger."""
    if not user.has_perm("immunoportal.view_mail"):
        return []
    found = condition()
    alerts = []
    if found["given_up"]:
        text = ngettext(
            "%(count)s mail could not be delivered and was given up.",
            "%(count)s mails could not be delivered and were given up.",
            found["given_up"],
        )
        url = f"{reverse('admin:immunoportal_mail_changelist')}?state__exact={Mail.State.FAILED}"
        alerts.append(Alert(text % {"count": found["given_up"]}, url, is_urgent=True))
    if found["late"]:
        text = ngettext(
            "%(count)s mail has been waiting for a quarter of an hour: is the worker running?",
            "%(count)s mails have been waiting for a quarter of an hour: is the worker running?",
            found["late"],
        )
        alerts.append(Alert(text % {"count": found["late"]}, is_urgent=True))
    return alerts
