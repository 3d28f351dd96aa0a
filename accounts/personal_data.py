"""What is kept about a user: handing it over, and erasing it."""

import secrets
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from accounts.models import EmailChange, Registration, User
from accounts.models.users import ERASED
from immunoportal import audit, mail, registry


class LastAdministrator(Exception):
    """Without this account nobody could administer the site."""


def collect(user: User) -> dict:
    """Return what this app keeps about a user, as JSON can say it; secrets stay where they are."""
    registration = Registration.objects.filter(user=user).first()
    return {
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "preferred_language": user.preferred_language,
        "since": _moment(user.date_joined),
        "last_login": _moment(user.last_login),
        "may_enter_the_administration": user.is_staff,
        "groups": list(user.groups.values_list("name", flat=True)),
        "email_addresses": list(
            EmailAddress.objects.filter(user=user).values("email", "verified", "primary")
        ),
        "new_email_address": EmailChange.objects.filter(user=user)
        .values_list("new_email", flat=True)
        .first(),
        "registration": registration
        and {
            "profession": registration.profession,
            "other_profession": registration.other_profession,
            "order": registration.order,
            "province": registration.province,
            "number": registration.number,
            "declared": _moment(registration.declared_at),
            "state": registration.state,
            "decided": _moment(registration.decided_at),
            "reason": registration.reason,
            "history": [
                {"when": _moment(event.at), "what": event.verb_shown, "reason": event.reason}
                for event in registration.events.all()
            ],
        },
        "second_factors": [
            {
                "kind": factor.type,
                "added": _moment(factor.created_at),
                "last_used": _moment(factor.last_used_at),
            }
            for factor in Authenticator.objects.filter(user=user)
        ],
        "sessions": [
            {
                "since": _moment(session.created_at),
                "network_address": session.ip,
                "browser": session.user_agent,
            }
            for session in UserSession.objects.filter(user=user)
        ],
        "done_in_the_administration": [
            # Without the name of what was changed, which may be somebody else's.
            {
                "when": _moment(entry.action_time),
                "what": entry.get_action_flag_display(),
                "kind": str(entry.content_type),
                "number": entry.object_id,
            }
            for entry in LogEntry.objects.filter(user=user).select_related("content_type")
        ],
    }


def _moment(moment: datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else None


@transaction.atomic
def erase(user: User) -> None:
    """Delete an account and what is personal about it. Articles keep their bylines, which are
    rows of their own.

    Of somebody who has worked in the administration an empty row is left, so that the history of
    what they did keeps its lines.

    Raises:
        LastAdministrator: nothing is deleted.
    """
    # Two administrators who delete themselves at once take turns.
    list(User.objects.select_for_update().filter(is_superuser=True))
    if is_last_administrator(user):
        raise LastAdministrator
    audit.record(audit.Act.ERASED, about=user)
    mail.forget_recipient(user.email)
    mail.forget([user.ledger_key])
    end_sessions(user)
    forget_names(user)
    registry.erase(user)
    if not LogEntry.objects.filter(user=user).exists():
        user.delete()
        return
    for model in (EmailAddress, EmailChange, Registration, Authenticator):
        model.objects.filter(user=user).delete()
    user.groups.clear()
    user.user_permissions.clear()
    # Nobody can have taken this email address before.
    user.email = f"deleted-{user.pk}-{secrets.token_hex(8)}{ERASED}"
    user.first_name = user.last_name = ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.set_unusable_password()
    user.save()


def is_last_administrator(user: User) -> bool:
    """Tell whether a user is the last active superuser."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    return user.is_superuser and user.is_active and not others.exists()


def forget_names(user: User) -> None:
    """Take a user's name out of the log of what others have done to the account."""
    registration = Registration.objects.filter(user=user).first()
    for row in (user, registration):
        if row is not None:
            about = LogEntry.objects.filter(
                content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk)
            )
            about.update(object_repr="–", change_message="")


def end_sessions(user: User, *, but: str | None = None) -> None:
    """Log a user out everywhere. Every session is asked whose it is: the list of devices may have
    lost one, as when a new ``SECRET_KEY`` has changed its name.

    Args:
        but: the key of a session that stays.
    """
    running = Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=but)
    for session in running.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
    UserSession.objects.filter(user=user).exclude(session_key=but).delete()
