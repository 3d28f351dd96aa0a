"""The throttle: by what attempts to log in, and requests for mails, are counted.

How many are allowed stands in the settings, as ``ACCOUNT_RATE_LIMITS``.
"""

from allauth.core import ratelimit as limits
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.http import HttpRequest, HttpResponse

from accounts import devices
from accounts.emails import canonical
from accounts.models import User
from immunoportal.network import household, network_of


def client_ip(request: HttpRequest) -> str:
    """Return the network address that a request is counted by."""
    network = network_of(request)
    # A Unix socket has none, and whoever comes through it comes from our own proxy.
    return "127.0.0.1" if network == "unix" else network


def count_attempt(request: HttpRequest, email: str) -> RateLimitUsage | None:
    """Count an attempt to log in.

    Returns:
        What was counted, to be taken back when the password was right; None if there were too
        many.
    """
    usage = RateLimitUsage(usage=[])
    for action, key in _counters(request, email):
        taken = _consume(request, action, key)
        if taken is None:
            usage.rollback()
            return None
        usage.usage += taken.usage
    return usage


def count_failure(request: HttpRequest) -> bool:
    """Count a failure of somebody who named no account, by the network alone.

    Returns:
        Whether it is one of those that are allowed.
    """
    network = household(client_ip(request))
    return bool(_consume(request, "login_failed_here", network))


def forgive(request: HttpRequest, email: str) -> None:
    """Forget the failed attempts of somebody who has shown who they are.

    What the network has done stays counted.
    """
    for action, key in _counters(request, email):
        if action != "login_failed_here":
            ratelimit.clear(request, app="allauth.account", action=action, key=key)


def refuse_reset(request: HttpRequest, email: str) -> HttpResponse | None:
    """Count a request for a new password; return the page that refuses it if there were too many.

    Counted by email address and network: nobody can use up what somebody else may ask for.
    """
    key = f"{canonical(email)} {household(client_ip(request))}"
    return limits.consume_or_429(request, action="reset_password", key=key)


def refuse_email_change(request: HttpRequest, user: User) -> HttpResponse | None:
    """Count a user's request for another email address; return the page that refuses it if there
    were too many."""
    return limits.consume_or_429(request, action="email_change", user=user)


def _consume(request: HttpRequest, action: str, key: str) -> RateLimitUsage | None:
    return ratelimit.consume(request, app="allauth.account", action=action, key=key)


def _counters(request: HttpRequest, email: str) -> list[tuple[str, str]]:
    """Return what counts an attempt, as pairs of action and key: the account from this device or
    network, the network, and the account from anywhere, unless the device is familiar."""
    email = canonical(email)
    device = devices.familiar_device(request, email)
    if device:
        return [("login_failed", f"{email} {device}")]
    network = household(client_ip(request))
    return [
        ("login_failed_here", network),
        ("login_failed", f"{email} {network}"),
        ("login_failed_anywhere", email),
    ]
