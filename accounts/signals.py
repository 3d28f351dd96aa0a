"""What follows when django-allauth says that something has happened."""

from allauth.account.signals import email_confirmed, user_logged_in
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver

from accounts import devices, personal_data, second_factor
from accounts.professionals import registrations


@receiver(email_confirmed)
def put_registration_before_editors(email_address, **kwargs) -> None:
    registrations.address_confirmed(email_address.user)


@receiver(user_logged_in)
def remember_device(response, user, **kwargs) -> None:
    if response is not None:
        devices.make_familiar(response, user)


@receiver(authenticator_added)
def end_other_sessions(request, user, authenticator, **kwargs) -> None:
    """A session from before had the password alone: what it may do must not grow with this one."""
    if authenticator.type in second_factor.FACTORS:
        personal_data.end_sessions(user, but=request.session.session_key)
