"""Approval: an editor lets a health professional read what is reserved, or does not."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import roles
from accounts.models import Registration, RegistrationEvent, User
from immunoportal import audit, mail
from immunoportal.registry import Waiting

PERMISSION = "accounts.decide_registration"
State = Registration.State
Verb = RegistrationEvent.Verb
ACTS: dict[str, audit.Act] = {
    State.APPROVED: audit.Act.APPROVED,
    State.REJECTED: audit.Act.REJECTED,
    State.WITHDRAWN: audit.Act.APPROVAL_WITHDRAWN,
}


class NotConfirmed(Exception):
    """Nothing is decided about an email address that may be somebody else's."""


class HasChanged(Exception):
    """What was declared is not what the editor has seen."""


def approve(registration: Registration, *, by: User, seen: str | None = None) -> bool:
    """Let a health professional read what is reserved, and tell them by mail.

    Args:
        seen: the ``fingerprint`` of what the editor has looked at, if that is known.

    Returns:
        Whether that changed anything.

    Raises:
        PermissionDenied: ``by`` may not decide.
        NotConfirmed: the email address is not confirmed yet.
        HasChanged: what the editor has seen was changed since.
    """
    return _decide(registration, State.APPROVED, by=by, seen=seen)


def reject(
    registration: Registration, *, by: User, reason: str = "", seen: str | None = None
) -> bool:
    """Refuse a registration, or withdraw an approval, and tell the person by mail.

    Args, returns, raises: as ``approve``.
    """
    return _decide(registration, State.REJECTED, by=by, reason=reason, seen=seen)


@transaction.atomic
def _decide(
    registration: Registration, state: str, *, by: User, reason: str = "", seen: str | None
) -> bool:
    if not by.has_perm(PERMISSION):
        raise PermissionDenied(_("You may not decide about health professionals."))
    # Two editors who decide at once take turns.
    registration = (
        Registration.objects.select_for_update(of=("self",))
        .select_related("user")
        .get(pk=registration.pk)
    )
    if registration.state == State.UNCONFIRMED:
        raise NotConfirmed
    if state == State.REJECTED and registration.state in {State.APPROVED, State.WITHDRAWN}:
        state = State.WITHDRAWN
    if registration.state == state:
        return False
    if seen is not None and seen != registration.fingerprint:
        raise HasChanged
    registration.state = state
    registration.decided_at = timezone.now()
    registration.decided_by = by
    registration.reason = reason
    registration.save()
    registration.events.create(verb=Verb(state), by=by, reason=reason)
    user = registration.user
    audit.record(ACTS[state], by=by, about=user)
    mail.send(
        f"accounts/mail/registration_{state}",
        {"user": user, "registration": registration},
        to=[user.email],
        language=user.preferred_language,
        about=user.ledger_key,
    )
    return True


def tell_editors(registration: Registration) -> None:
    """Mail everybody who may decide that a registration waits."""
    for editor in roles.holders_of(PERMISSION):
        mail.send(
            "accounts/mail/registration_waiting",
            {"registration": registration},
            to=[editor.email],
            language=editor.preferred_language,
            about=registration.user.ledger_key,
        )


def waiting(user: User) -> list[Waiting]:
    """Return how many registrations wait for a decision, to a user who may decide."""
    if not user.has_perm(PERMISSION):
        return []
    count = Registration.objects.filter(state=State.WAITING).count()
    text = ngettext("registration to approve", "registrations to approve", count)
    url = reverse("admin:accounts_registration_changelist")
    return [Waiting(count, text, f"{url}?state={State.WAITING}")]
