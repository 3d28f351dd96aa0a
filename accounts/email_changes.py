"""A new email address, confirmed at the old one and at the new one."""

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
# Kinds of mails.
TO_OLD = "email_change"
TO_NEW = "email_change_new"


class LinkIsDead(Exception):
    """The link was mistyped, is too old, or the change was made or given up meanwhile."""


class AddressTaken(Exception):
    """Somebody else has the new address."""


@transaction.atomic
def ask(user: User, new_email: str) -> EmailChange:
    """Begin a change, in the place of one that was begun before; both addresses get a link.

    Whether the new address has an account already is told only to itself.
    """
    EmailChange.objects.filter(user=user).delete()
    change = EmailChange.objects.create(user=user, new_email=canonical(new_email))
    _send(change, "old", user.email)
    if is_taken(change.new_email, user):
        # About the owner of the address, and not about whoever asked for it.
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


def _send(change: EmailChange, side: str, address: str) -> None:
    user = change.user
    # With the old address: whoever changes it otherwise ends this.
    token = signing.dumps([change.pk, side, user.email, change.new_email], salt=SALT)
    with translation.override(user.preferred_language):
        url = settings.SITE_URL + reverse("account_email_confirm", args=[token])
    mail.send(
        "accounts/mail/email_change",
        {"user": user, "change": change, "side": side, "url": url},
        to=[address],
        language=user.preferred_language,
        kind=TO_OLD if side == "old" else TO_NEW,
        about=user.ledger_key,
    )


def read(token: str) -> tuple[EmailChange, str]:
    """The change that a link is about, and whose side it confirms: "old" or "new".

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
    """Confirm one side; with both of them the address is changed, and both are told.

    Returns:
        The change; both its moments are set once it is made.

    Raises:
        LinkIsDead, AddressTaken: nothing is changed.
    """
    change, side = read(token)
    # Two clicks at once take turns; the second may find that the first has made it.
    change = EmailChange.objects.select_for_update().filter(pk=change.pk).first()
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
    """Put the new address in the place of the old one. Links to a new password are dead with
    it: the address is part of what they are made of."""
    user, old_email = change.user, change.user.email
    if is_taken(change.new_email, user):
        raise AddressTaken
    change.delete()
    try:
        with transaction.atomic():
            user.email = change.new_email
            user.save(update_fields=["email"])
            user.confirm_address()
    except IntegrityError:  # at this very moment
        raise AddressTaken from None
    audit.record(audit.Act.EMAIL_CHANGED, by=user, about=user)
    security_mails.tell(user, "email_left", to=old_email)
    security_mails.tell(user, "email_changed")


def is_taken(email: str, user: User) -> bool:
    """Whether an address belongs to somebody else."""
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
