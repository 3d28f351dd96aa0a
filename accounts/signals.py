"""What follows when django-allauth, or Django, says that something has happened."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import (
    email_confirmed,
    password_changed,
    password_reset,
    password_set,
    user_logged_in,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from accounts import devices, personal_data, second_factor
from accounts.models import User
from accounts.professionals import registrations
from immunoportal import audit
from immunoportal.audit import Act, origin


@receiver(email_confirmed)
def put_registration_before_editors(email_address: EmailAddress, **kwargs: Any) -> None:
    registrations.email_confirmed(email_address.user)


@receiver(user_logged_in)
def remember_device(response: HttpResponse | None, user: User, **kwargs: Any) -> None:
    if response is not None:
        devices.make_familiar(response, user)


@receiver(user_logged_out)
def have_browser_forget(request: HttpRequest | None, **kwargs: Any) -> None:
    if request is not None:
        # For ``LogOutMiddleware``.
        request.has_logged_out = True  # type: ignore[attr-defined]


@receiver(authenticator_added)
def end_other_sessions(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """End the sessions that began with the password alone: what they may do must not grow."""
    if authenticator.type in second_factor.FACTORS:
        personal_data.end_sessions(user, but=request.session.session_key)


# The audit log. What commands and migrations change is the business of whoever keeps the machine.


@receiver(user_logged_in)
def record_login(user: User, **kwargs: Any) -> None:
    audit.record(Act.LOGGED_IN, by=user, about=user)


@receiver([password_changed, password_set])
def record_password(user: User, **kwargs: Any) -> None:
    audit.record(Act.PASSWORD_CHANGED, by=user, about=user)


@receiver(password_reset)
def record_reset(user: User, **kwargs: Any) -> None:
    audit.record(Act.PASSWORD_RESET, by=user, about=user)


@receiver([post_save, post_delete], sender=Authenticator)
def record_factor(instance: Authenticator, created: bool = False, **kwargs: Any) -> None:
    """Record a factor that is set up or removed, in the transaction that does it; allauth's own
    signals come later. New recovery codes count as a removal and a set-up."""
    is_use = kwargs["signal"] is post_save and not created
    if origin.is_request() and not is_use:
        act = Act.SECOND_FACTOR_ADDED if created else Act.SECOND_FACTOR_REMOVED
        audit.record(act, about=User(pk=instance.user_id), factor=instance.type)


@receiver(authentication_failed)
def record_failed_factor(user: User, **kwargs: Any) -> None:
    # Whoever it was knew the password.
    audit.record(Act.SECOND_FACTOR_FAILED, about=user)


@receiver(m2m_changed, sender=User.groups.through)
@receiver(m2m_changed, sender=User.user_permissions.through)
@receiver(m2m_changed, sender=Group.permissions.through)
def record_rights(
    instance: User | Group,
    action: str,
    model: type[User | Group | Permission],
    pk_set: set[int] | None,
    **kwargs: Any,
) -> None:
    """Record a change of roles or permissions, whichever page of the admin makes it."""
    if action not in ("post_add", "post_remove") or not pk_set or not origin.is_request():
        return
    changed = sorted(_name(row) for row in model.objects.filter(pk__in=pk_set))
    if action == "post_add":
        audit.record(Act.RIGHTS_CHANGED, about=instance, added=changed)
    else:
        audit.record(Act.RIGHTS_CHANGED, about=instance, removed=changed)


@receiver(pre_delete, sender=Group)
def record_end_of_role(instance: Group, **kwargs: Any) -> None:
    """Record what a role that is deleted takes with it: Django tells of its own row only."""
    if origin.is_request():
        permissions = instance.permissions.select_related("content_type")
        removed = sorted(map(_name, permissions))
        audit.record(Act.RIGHTS_CHANGED, about=instance, removed=removed)
        for user in instance.user_set.order_by("pk"):
            audit.record(Act.RIGHTS_CHANGED, about=user, removed=[instance.name])


def _name(row: Group | Permission | User) -> str:
    if isinstance(row, Permission):
        return f"{row.content_type.app_label}.{row.codename}"
    return row.name if isinstance(row, Group) else str(row.pk)
