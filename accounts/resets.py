"""New passwords by mail. The request stores a row; whose address it is, the worker finds out."""

from datetime import timedelta

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core import signing
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode

from accounts.addresses import LONGEST, canonical
from accounts.models import ResetRequest, User
from immunoportal import audit, mail
from immunoportal.models import Mail

# allauth's name for this mail.
KIND = "password_reset_key"
SALT = "accounts.invitation"
# To one mailbox; more would only bury the links that are there already.
MAX_PER_HOUR = 5


def request_reset(address: str) -> None:
    """Ask for a link to a new password; the same work for any address."""
    # What does not fit is nobody's address.
    ResetRequest.objects.create(address=canonical(address)[:LONGEST])
    audit.record(audit.Act.RESET_ASKED, typed=audit.keyed(canonical(address)))


@transaction.atomic
def send_next() -> bool:
    """Send the link of one request, if its address belongs to somebody who may log in.

    Returns:
        Whether there was a request.
    """
    requests = ResetRequest.objects.all()
    if connection.features.has_select_for_update_skip_locked:
        requests = requests.select_for_update(skip_locked=True)
    request = requests.first()
    if request is None:
        return False
    user = User.objects.filter(email=request.address, is_active=True).first()
    if user is not None and _mails_of_last_hour(user) < MAX_PER_HOUR:
        mail.send(
            f"account/mail/{KIND}",
            {"user": user, "url": link_for(user)},
            to=[user.email],
            language=user.preferred_language,
            reference=user.mail_reference,
        )
    request.delete()
    return True


def invitation_for(user: User) -> str:
    """An address where a user who has no password yet asks for a link, the address filled in.
    It lets nobody in, so it may be as old as it likes."""
    with translation.override(user.preferred_language):
        path = reverse("account_reset_password")
    return f"{settings.SITE_URL}{path}?{urlencode({'for': signing.dumps(user.pk, salt=SALT)})}"


def invited(token: str) -> str:
    """The address of whom ``invitation_for`` was made; empty if it was for nobody."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return ""
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user.email if user else ""


def link_for(user: User) -> str:
    """An address where a user can set a new password, once and within an hour.

    The token is Django's: an HMAC of the password's hash, the last log-in and the address, so
    each of their changes ends it; allauth adds the user's other addresses.
    """
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    with translation.override(user.preferred_language):
        return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key)


def _mails_of_last_hour(user: User) -> int:
    return Mail.objects.filter(
        kind=KIND, recipient=user.email, created_at__gt=timezone.now() - timedelta(hours=1)
    ).count()
