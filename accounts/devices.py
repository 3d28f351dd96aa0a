"""Familiar devices: browsers in which somebody has logged in before.

Failed log-ins from everywhere are counted for each account, or whoever has many networks could
guess for ever. So that nobody can lock an account's owner out by failing on purpose, a familiar
device is not part of that count: each has one of its own (OWASP, "Slow Down Online Guessing
Attacks with Device Cookies").
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import User

COOKIE = "__Host-device" if settings.SECURE_SITE else "device"
SALT = "accounts.device"
MAX_AGE = 365 * 24 * 3600  # seconds


def make_familiar(response: HttpResponse, user: User) -> None:
    """Have the browser remember that this user has logged in with it."""
    response.set_cookie(
        COOKIE,
        signing.dumps([user.pk, secrets.token_urlsafe(9)], salt=SALT),
        max_age=MAX_AGE,
        secure=settings.SECURE_SITE,
        httponly=True,
        samesite="Lax",
    )


def familiar_device(request: HttpRequest, email: str) -> str | None:
    """Return the device that sends a request, if a user has logged in with it before.

    Args:
        email: the user's email address, in its canonical form.

    Returns:
        A text that no other device has; None for a stranger's.
    """
    try:
        pk, device = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=MAX_AGE)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return device if User.objects.filter(pk=pk, email=email).exists() else None
