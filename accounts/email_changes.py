"""Changing the email address of an account: both the old and the new one confirm it."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts import security_mails
from accounts.emails import canonical
from accounts.models import EmailChange, User
from immunoportal import audit, mail

SALT = "accounts.email_change"
WITHIN = timedelta(days=2)
SIDES = ("old", "new")
# Kinds of mails, as the ledger knows them.
TO_OLD = "email_change"
TO_NEW = "email_change_new"


class LinkIsDead(Exception):
    """The link is mistyped or too old, or the change was made or given up meanwhile."""


class EmailTaken(Exception):
    """Somebody else has the new email address."""


@transaction.atomic
def ask(user: User, new_email: str) -> EmailChange:
    """Begin a change, in place of one that was begun before, and mail both sides a link.

    Only the owner of the new email address is told that it has an account already.
    """
    EmailChange.objects.filter(user=user).delete()
    change = EmailChange.objects.create(user=user, new_email=canonical(new_email))
    _send(change, "old", user.email)
    if is_taken(change.new_email, user):
        # In the ledger this mail is about the owner, and not about whoever asked.
        owner = User.objects.filter(email=change.new_email).first()
        mail.send(
            "accounts/mail/account_already_exists",
            {"user": owner},
            to=[change.new_email],
            language=(owner or user).preferred_language,
            about=owner.ledger_key if owner else "",
        )
    else:
        _send(change, "new", change.new_email)
    return change


def _send(change: EmailChange, side: str, email: str) -> None:
    user = change.user
    # With the old email address in it: where that is changed otherwise, the links are dead.
    token = signing.dumps([change.pk, side, user.email, change.new_email], salt=SALT)
    with translation.override(user.preferred_language):
        url = settings.SITE_URL + reverse("account_email_confirm", args=[token])
    mail.send(
        "accounts/mail/email_change",
        {"user": user, "change": change, "side": side, "url": url},
        to=[email],
        language=user.preferred_language,
        kind=TO_OLD if side == "old" else TO_NEW,
        about=user.ledger_key,
    )


def read(token: str) -> tuple[EmailChange, str]:
    """Return the change that a link is about, and the side that it confirms: "old" or "new".

    Raises:
        LinkIsDead: there is nothing to confirm.
    """
    try:
        pk, side, old_email, new_email = signing.loads(token, salt=SALT, max_age=WITHIN)
    except signing.BadSignature:
        raise LinkIsDead from None
    change = EmailChange.objects.select_related("user").filter(pk=pk, new_email=new_email).first()
    if change is None or not change.user.is_active or change.user.email != old_email:
        raise LinkIsDead
    return change, side


@transaction.atomic
def confirm(token: str) -> EmailChange:
    """Confirm one side of a change. With the second one the email address is changed, and both are
    told.

    Returns:
        The change; both its moments are set if that made it.

    Raises:
        LinkIsDead: there is nothing to confirm.
        EmailTaken: somebody else has the new one by now.
    """
    seen, side = read(token)
    # Two clicks at once take turns; the second may find that the first has made it.
    change = EmailChange.objects.select_for_update().filter(pk=seen.pk).first()
    if change is None:
        raise LinkIsDead
    field = f"{side}_confirmed_at"
    if getattr(change, field) is None:
        setattr(change, field, timezone.now())
        change.save(update_fields=[field])
    if change.old_confirmed_at and change.new_confirmed_at:
        make(change)
    return change


def make(change: EmailChange) -> None:
    """Put the new email address in place of the old one. Links to a new password die with it: the
    old one is part of what they are made of.

    Raises:
        EmailTaken: somebody else has the new one.
    """
    user, old_email = change.user, change.user.email
    if is_taken(change.new_email, user):
        raise EmailTaken
    change.delete()
    try:
        with transaction.atomic():
            user.email = change.new_email
            user.save(update_fields=["email"])
            user.confirm_email()
    except IntegrityError:  # taken at this very moment
        raise EmailTaken from None
    audit.record(audit.Act.EMAIL_CHANGED, by=user, about=user)
    security_mails.tell(user, "email_left", to=old_email)
    security_mails.tell(user, "email_changed")


def is_taken(email: str, user: User) -> bool:
    """Tell whether an email address belongs to somebody other than a user."""
    return (
        User.objects.filter(email=email).exclude(pk=user.pk).exists()
        or EmailAddress.objects.filter(email=email, verified=True).exclude(user_id=user.pk).exists()
    )


def forget_old() -> bool:
    """Delete changes that were not confirmed in time.

    Returns:
        Whether there were any.
    """
    return EmailChange.objects.filter(created_at__lt=timezone.now() - WITHIN).delete()[0] > 0
