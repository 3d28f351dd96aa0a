"""How the ledger stands: what was given up, and what is late."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from immunoportal.actors import User
from immunoportal.mail.ledger import Mail
from immunoportal.registry import Alert, Waiting

# Among the states by which the ledger is filtered: given up, and nobody has dealt with it.
TO_DEAL_WITH = "to_deal_with"

# A mail that still waits after this time means that no worker is running.
LATE = timedelta(minutes=15)


def condition() -> dict[str, int]:
    """Return how many mails were ``given_up``, and how many are ``late``."""
    return {"given_up": _given_up(), "late": _late()}


def _given_up() -> int:
    return Mail.objects.to_deal_with().count()


def _late() -> int:
    late = Mail.objects.due(timezone.now() - LATE).unclaimed()
    return late.count() if settings.MAIL_SERVER else 0


def alerts(user: User) -> list[Alert]:
    """Return the alert that mails are late, for users who see the ledger."""
    count = _late() if user.has_perm("immunoportal.view_mail") else 0
    if not count:
        return []
    text = ngettext(
        "%(count)s mail has been waiting for a quarter of an hour: is the worker running?",
        "%(count)s mails have been waiting for a quarter of an hour: is the worker running?",
        count,
    )
    return [Alert(text % {"count": count}, is_urgent=True)]


def waiting(user: User) -> list[Waiting]:
    """Return how many mails have failed, to users who may send them again."""
    if not user.has_perms(["immunoportal.view_mail", "immunoportal.change_mail"]):
        return []
    count = _given_up()
    text = ngettext("mail not delivered", "mails not delivered", count)
    url = reverse("admin:immunoportal_mail_changelist")
    return [Waiting(count, text, f"{url}?state={TO_DEAL_WITH}", is_urgent=True)]
