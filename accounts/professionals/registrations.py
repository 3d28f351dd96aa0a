"""Registration: a health professional declares who they are, and corrects it."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts.models import Registration, RegistrationEvent, User
from accounts.personal_data import erase
from accounts.professionals import approval

State = Registration.State
Verb = RegistrationEvent.Verb
REFUSED = {State.REJECTED, State.WITHDRAWN}

# A registration is forgotten if nobody confirms its email address in this time: it may be
# somebody else's.
CONFIRM_WITHIN = timedelta(days=7)

# The fields that the person fills in.
DECLARED = ["profession", "other_profession", "order", "province", "number"]


@transaction.atomic
def register(user: User, data: dict[str, str]) -> Registration:
    """Store what a health professional declares.

    It waits for a decision at once if the email address is confirmed already.

    Args:
        data: the fields in ``DECLARED``.
    """
    registration, created = Registration.objects.get_or_create(user=user, defaults=data)
    if created:
        registration.events.create(verb=Verb.REGISTERED, by=user)
    email_confirmed(user)
    return registration


@transaction.atomic
def correct(registration: Registration, data: dict[str, str]) -> None:
    """Change what was declared; what had been refused goes before the editors again."""
    registration = Registration.objects.select_for_update().get(pk=registration.pk)
    changed = [field for field, value in data.items() if getattr(registration, field) != value]
    for field, value in data.items():
        setattr(registration, field, value)
    registration.declared_at = timezone.now()
    was_refused = registration.state in REFUSED
    if was_refused:
        registration.state = State.WAITING
        registration.decided_at = registration.decided_by = None
        registration.reason = ""
    registration.save()
    registration.events.create(
        verb=Verb.CORRECTED, by=registration.user, detail={"changed": changed}
    )
    if was_refused:
        approval.tell_editors(registration)


@transaction.atomic
def email_confirmed(user: User) -> None:
    """Put a user's registration before the editors, if the email address is confirmed."""
    if not EmailAddress.objects.filter(user=user, verified=True).exists():
        return
    waiting = Registration.objects.filter(user=user, state=State.UNCONFIRMED)
    if waiting.update(state=State.WAITING):
        user.registration.events.create(verb=Verb.CONFIRMED, by=user)
        approval.tell_editors(user.registration)


def forget_unconfirmed() -> bool:
    """Delete users whose registration nobody has confirmed in time.

    Returns:
        Whether there were any.
    """
    old = User.objects.filter(
        registration__state=State.UNCONFIRMED,
        registration__created_at__lt=timezone.now() - CONFIRM_WITHIN,
        is_staff=False,
        last_login=None,
    )
    users = list(old)
    for user in users:
        erase(user)
    return bool(users)
