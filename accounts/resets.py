"""New passwords by mail, and the first one of somebody who is invited.

The request for a new one only stores a row; the worker finds out whose email address it names.
"""

from datetime import timedelta

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts.emails import LONGEST, canonical
from accounts.models import ResetRequest, User
from immunoportal import audit, mail
from immunoportal.claims import first_unlocked
from immunoportal.mail.ledger import Mail

# Kinds of mails; the first is allauth's name.
KIND = "password_reset_key"
INVITATION_KIND = "invitation"
INVITATION_SALT = "accounts.invitation"
INVITATION_DAYS = 7
# Mails to one mailbox; more would only bury the links that are there already.
MAX_PER_HOUR = 5


@transaction.atomic
def request_reset(email: str) -> None:
    """Ask for a link to a new password; the same work for any email address."""
    email = canonical(email)
    # What does not fit is nobody's.
    ResetRequest.objects.create(email=email[:LONGEST])
    audit.record(audit.Act.RESET_ASKED, typed=audit.keyed(email))


@transaction.atomic
def send_next() -> bool:
    """Answer one request: mail the link, if the email address is of somebody who may log in.

    Returns:
        Whether there was a request.
    """
    request = first_unlocked(ResetRequest.objects.all())
    if request is None:
        return False
    user = User.objects.filter(email=request.email, is_active=True).first()
    if user is not None and _mails_of_last_hour(user) < MAX_PER_HOUR:
        send_link(user)
    request.delete()
    return True


def send_link(user: User) -> None:
    """Mail a user the link to a new password."""
    _send(KIND, user, {"url": link_for(user)})


def help_in(user: User) -> None:
    """Mail a user the link to a new password, or to the first one, because somebody else asks."""
    if user.has_usable_password():
        audit.record(audit.Act.RESET_ASKED, about=user)
        send_link(user)
    else:
        invite(user)


def invite(user: User) -> None:
    """Mail a user who has no password yet the link to choose it."""
    audit.record(audit.Act.INVITED, about=user)
    _send(INVITATION_KIND, user, {"url": invitation_for(user), "days": INVITATION_DAYS})


def _send(kind: str, user: User, context: dict[str, object]) -> None:
    mail.send(
        f"accounts/mail/{kind}",
        {"user": user, **context},
        to=[user.email],
        language=user.preferred_language,
        about=user.ledger_key,
    )


def link_for(user: User) -> str:
    """Return the URL where a user can set a new password, once and within an hour.

    The token is Django's: an HMAC of the password's hash, the last log-in and the email address,
    so that a change of any of them ends it; allauth adds the user's other email addresses.
    """
    return _url("account_reset_password_from_key", user, default_token_generator.make_token(user))


def invitation_for(user: User) -> str:
    """Return the URL where a user can set a first password, once and within seven days."""
    return _url("account_invitation", user, _invitations_of(user).sign(""))


def is_valid_key(user: User, key: str) -> bool:
    """Tell whether the key of a link, of either kind, still opens a user's account."""
    if default_token_generator.check_token(user, key):
        return True
    try:
        _invitations_of(user).unsign(key, max_age=timedelta(days=INVITATION_DAYS))
    except signing.BadSignature:
        return False
    return True


def _invitations_of(user: User) -> signing.TimestampSigner:
    """Return what signs a user's invitations. A change of the password or the email address, or
    a log-in, makes it another one, which ends them."""
    state = [user.pk, user.password, user.last_login, user.email]
    return signing.TimestampSigner(salt=" ".join(map(str, [INVITATION_SALT, *state])))


def _url(name: str, user: User, key: str) -> str:
    with translation.override(user.preferred_language):
        path = reverse(name, kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return settings.SITE_URL + path


def _mails_of_last_hour(user: User) -> int:
    return Mail.objects.filter(
        kind=KIND, recipient=user.email, created_at__gt=timezone.now() - timedelta(hours=1)
    ).count()
