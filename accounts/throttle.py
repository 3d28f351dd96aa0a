"""The throttle of the log-in: what an attempt is counted by.

How many are allowed stands in the settings, as ``ACCOUNT_RATE_LIMITS``.
"""

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.http import HttpRequest

from accounts import devices
from accounts.emails import canonical
from immunoportal.network import household, network_of


def client_ip(request: HttpRequest) -> str:
    """Return the network address that a request is counted by."""
    address = network_of(request)
    # A Unix socket has no address, and who comes through it comes from our own proxy.
    return "127.0.0.1" if address == "unix" else address


def count_attempt(request: HttpRequest, email: str) -> RateLimitUsage | None:
    """Count an attempt to log in.

    Returns:
        What was counted, to be taken back when the password was right; ``None`` if there were
        too many.
    """
    usage = RateLimitUsage(usage=[])
    for action, key in _limits(request, email):
        taken = ratelimit.consume(request, app="allauth.account", action=action, key=key)
        if taken is None:
            usage.rollback()
            return None
        usage.usage += taken.usage
    return usage


def forgive(request: HttpRequest, email: str) -> None:
    """Forget the failed attempts of somebody who has shown who they are.

    What the network has done stays counted.
    """
    for action, key in _limits(request, email):
        if action != "login_failed_here":
            ratelimit.clear(request, app="allauth.account", action=action, key=key)


def _limits(request: HttpRequest, email: str) -> list[tuple[str, str]]:
    """What an attempt is counted by: the account from this device or network, the network,
    and the account from anywhere, unless the device is familiar."""
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
