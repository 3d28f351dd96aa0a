"""Security mails: they tell a user that something about the account was changed."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from immunoportal import mail

# By django-allauth's names for what has happened; those at the end are ours.
CHANGES = {
    "password_changed": (
        _("Your password was changed"),
        _("The password of your account on ImmunOncologia.org was changed."),
    ),
    "password_reset": (
        _("Your password was changed"),
        _("The password of your account on ImmunOncologia.org was changed through a mailed link."),
    ),
    "totp_activated": (
        _("An authenticator app was added"),
        _("From now on your log-in asks for a code of the authenticator app."),
    ),
    "totp_deactivated": (
        _("The authenticator app was removed"),
        _("Your log-in does not ask for codes of the authenticator app any more."),
    ),
    "webauthn_added": (
        _("A passkey was added"),
        _("From now on you can log in with this passkey."),
    ),
    "webauthn_removed": (
        _("A passkey was removed"),
        _("You cannot log in with this passkey any more."),
    ),
    "recovery_codes_generated": (
        _("New recovery codes were made"),
        _("New recovery codes were made for your account; the earlier ones are void."),
    ),
    "second_factor_removed": (
        _("Your second factor was removed"),
        _("An administrator has removed your second factor: the password alone lets you in."),
    ),
    "email_changed": (
        _("Your email address was changed"),
        _("From now on this is the email address of your account on ImmunOncologia.org."),
    ),
    "email_left": (
        _("Your email address was changed"),
        _("The account on ImmunOncologia.org that had this email address has another one now."),
    ),
}


def tell(user: User, event: str, *, to: str = "", **context: object) -> None:
    """Mail a user what has happened, and what to do if it was somebody else.

    Args:
        event: a key of ``CHANGES``.
        to: the email address, if not the user's present one.
        context: ``ip`` and ``user_agent``, where they are known.
    """
    heading, sentence = CHANGES[event]
    mail.send(
        "accounts/mail/security",
        {
            "user": user,
            "heading": heading,
            "sentence": sentence,
            "timestamp": timezone.now(),
            # A reset would not find the account by the email address that it had.
            "may_reset": event != "email_left",
            **context,
        },
        to=[to or user.email],
        language=user.preferred_language,
        kind=event,
        about=user.ledger_key,
    )
