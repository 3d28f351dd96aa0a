"""People who log in: editors, administrators, health professionals."""

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.emails import canonical
from accounts.passwords import normalized

# How the email address ends in a row that is left of an erased account, for what hangs on it.
# ".invalid" will never be anybody's (RFC 2606).
ERASED = "@account.invalid"


class UserManager(BaseUserManager["User"]):
    """Creates and finds users by their email address, whatever its capitals."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a user; without a password nobody can log in as them yet.

        Raises:
            ValueError: no email address is given.
        """
        if not email:
            raise ValueError("A user needs an email address.")
        user = self.model(email=canonical(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Return the one way to write an email address; Django asks before it checks a user."""
        return canonical(email or "")

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a user with every permission."""
        user = self.create_user(
            email, password, **{"is_staff": True, "is_superuser": True} | fields
        )
        # Whoever makes one stands at the machine: there is nobody whom a mail could ask.
        user.confirm_email()
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=canonical(email or ""))


class User(AbstractBaseUser, PermissionsMixin):
    # As ``emails.canonical`` writes it; unique without regard to capitals (the constraint).
    email = models.EmailField(
        _("email address"),
        unique=True,
        error_messages={"unique": _("There is already an account with this email address.")},
    )
    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)
    preferred_language = models.CharField(
        _("language of mails and of the administration"),
        max_length=8,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_(
            "Untick this instead of deleting the account: what it published keeps its name."
        ),
    )
    is_staff = models.BooleanField(
        _("may enter the administration"),
        default=False,
    )
    # True while the password is one that somebody else has seen (printed at set-up).
    password_is_temporary = models.BooleanField(default=False, editable=False)
    date_joined = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    objects = UserManager()

    # Whether the registration is approved, once that was asked (``professionals.reserved``).
    known_as_approved: bool | None = None

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["last_name", "first_name", "email"]
        indexes = [models.Index(fields=["last_name", "first_name", "email"], name="user_by_name")]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_any_case",
                violation_error_message=_("There is already an account with this email address."),
            )
        ]

    def __str__(self) -> str:
        if self.email.endswith(ERASED):
            return gettext("deleted account")
        return self.get_full_name() or self.email

    def clean(self) -> None:
        super().clean()
        self.email = canonical(self.email)

    @property
    def ledger_key(self) -> str:
        """Return what the user's mails are ``about`` in the ledger."""
        return f"user-{self.pk}"

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password and normalized(raw_password))
        self.password_is_temporary = False

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(raw_password and normalized(raw_password))

    def confirm_email(self) -> None:
        """Have the email address count as confirmed, and as the user's only one."""
        EmailAddress.objects.filter(user=self).exclude(email=self.email).delete()
        EmailAddress.objects.update_or_create(
            user=self, email=self.email, defaults={"verified": True, "primary": True}
        )

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email


def user_of(request: HttpRequest) -> User:
    """Return who sends a request, on a page for people who are logged in."""
    assert isinstance(request.user, User)
    return request.user
