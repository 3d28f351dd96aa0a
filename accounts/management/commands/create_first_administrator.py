"""``manage.py create_first_administrator``: the account to begin with."""

import os
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.forms import CanonicalEmailField
from accounts.models import User

DEFAULT_EMAIL = "admin@example.org"


class Command(BaseCommand):
    help = (
        "Creates the first administrator when no user exists yet, from DJANGO_SUPERUSER_EMAIL and "
        "DJANGO_SUPERUSER_PASSWORD, or else with a one-time password that is printed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            return
        email = os.environ.get("DJANGO_SUPERUSER_EMAIL") or DEFAULT_EMAIL
        password = os.environ.get("DJANGO_SUPERUSER_PASSWORD")
        try:
            CanonicalEmailField().clean(email)
        except ValidationError:
            raise CommandError(
                f"DJANGO_SUPERUSER_EMAIL is {email!r}, which is no email address."
            ) from None
        if password:
            User.objects.create_superuser(email, password)
            self.stdout.write(f"The first administrator is {email}.")
            return
        one_time = secrets.token_urlsafe(15)
        user = User.objects.create_superuser(email, one_time)
        user.password_is_temporary = True
        user.save(update_fields=["password_is_temporary"])
        self.stdout.write(
            "\n"
            "  The first administrator\n"
            f"    email     {email}\n"
            f"    password  {one_time}\n"
            "  The password is asked to be changed at the first log-in, and is not shown again.\n"
        )
