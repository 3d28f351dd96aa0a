"""What follows when django-allauth says that something has happened."""

from allauth.account.signals import email_confirmed, user_logged_in
from django.dispatch import receiver

from accounts import devices, registrations


@receiver(email_confirmed)
def put_registration_before_editors(email_address, **kwargs) -> None:
    registrations.address_confirmed(email_address.user)


@receiver(user_logged_in)
def remember_device(response, user, **kwargs) -> None:
    if response is not None:
        devices.make_familiar(response, user)
