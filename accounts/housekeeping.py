"""Deleting what has run out."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command

from accounts import email_changes
from accounts.professionals import registrations


def tidy_up() -> bool:
    """Delete what nobody has confirmed in time, and sessions that are over.

    Returns:
        Whether anything had gone unconfirmed.
    """
    call_command("clearsessions")
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return any([registrations.forget_unconfirmed(), email_changes.forget_old()])
