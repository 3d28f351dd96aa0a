"""The answers to what django-allauth asks the site: words, mails, where to go, how to count."""

from base64 import urlsafe_b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import passwords, second_factor, security_mails, throttle
from accounts.emails import canonical
from accounts.models import EmailChange, User
from accounts.professionals import registrations
from accounts.professionals.reserved import READ_RESERVED
from immunoportal import audit, mail

# The key in the session of a log-in that waits for its second factor.
LOGIN_BEGUN = "login_begun"
# Those of allauth's messages that say what everybody sees anyway.
SILENT = {
    "account/messages/email_confirmation_sent.txt",
    "account/messages/logged_in.txt",
    "account/messages/logged_out.txt",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is not active. Please write to us."),
        "email_password_mismatch": _("The email address or the password is not right."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _(
            "That is not right. Please try again; a code is valid for half a minute."
        ),
        "invalid_password_reset": _("This link is not valid any more."),
        "rate_limited": _("Too many attempts. Please try again in a few minutes."),
        "too_many_login_attempts": _(
            "There were too many failed attempts. Please wait before the next one: first a "
            "minute, then longer. With “Forgotten password” you can go on at once."
        ),
    }

    # Mail

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put one of allauth's mails into the ledger, in our words and the user's language."""
        event = template_prefix.rpartition("/")[2]
        if event in security_mails.CHANGES:
            known = ("ip", "user_agent")
            security_mails.tell(
                context["user"], event, to=email, **{name: context.get(name) for name in known}
            )
            return
        user = context.get("user")
        mail.send(
            # The first mail and a later one say the same.
            f"accounts/mail/{event.removesuffix('_signup')}",
            {key: value for key, value in context.items() if key != "request"},
            to=[email],
            language=user.preferred_language if user else translation.get_language(),
            about=user.ledger_key if user else "",
        )

    def send_account_already_exists_mail(self, email: str) -> None:
        self.send_mail("account_already_exists", email, {"user": user_with(email)})

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        super().send_notification_mail(
            template_prefix, user, {**(context or {}), "user": user}, email or user.email
        )

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: EmailConfirmationHMAC
    ) -> str:
        user = emailconfirmation.email_address.user
        with translation.override(user.preferred_language):
            path = reverse("account_confirm_email", args=[emailconfirmation.key])
        return settings.SITE_URL + path

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if message_template not in SILENT:
            super().add_message(request, level, message_template, *args, **kwargs)

    # Between the password and the second factor

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        # Whatever ends a user's sessions ends a log-in that has only begun.
        request.session[LOGIN_BEGUN] = user.get_session_auth_hash()
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: User) -> None:
        begun = request.session.pop(LOGIN_BEGUN, "")
        if not constant_time_compare(begun, user.get_session_auth_hash()):
            messages.warning(
                request, _("The password was changed meanwhile. Please log in with the new one.")
            )
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        if user.password_is_temporary:
            ask_for_password(request)
            response["Location"] = reverse("account_change_password")
        return response

    # Where to go

    def is_safe_url(self, url: str) -> bool:
        """Tell whether a URL stays within the site; one that names a host, even ours, does not."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if request.user.is_staff:
            return reverse("admin:index")
        if request.user.has_perm(READ_RESERVED):
            return reverse("articles:professionals")
        return reverse("account_profile")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("articles:home")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_profile")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("account_confirmed")

    # The throttle

    def get_client_ip(self, request: HttpRequest) -> str:
        return throttle.client_ip(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt to log in, before anything is hashed.

        Raises:
            ValidationError: there were too many.
        """
        usage = throttle.count_attempt(request, credentials.get("email", ""))
        if usage is None:
            raise self.validation_error("too_many_login_attempts")
        # What allauth takes back when the password was right.
        self._login_failed_rl_usage = usage

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        typed = canonical(credentials.get("email", ""))
        audit.record(audit.Act.LOGIN_FAILED, typed=audit.keyed(typed))

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        # Whoever had the link has the mailbox.
        throttle.forgive(request, credentials["email"])

    # Passwords and registration

    def clean_password(self, password: str, user: User | None = None) -> str:
        try:
            return super().clean_password(password, user)
        except ValidationError as error:
            # One reason is enough, the plainest.
            raise ValidationError(min(error.error_list, key=passwords.weight)) from None

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        # Whoever knew the old password may have begun the change.
        EmailChange.objects.filter(user=user).delete()

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.preferred_language = translation.get_language()
        user = super().save_user(request, user, form, commit)
        registrations.register(user, form.registration_data)
        return user


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "Whoever may publish needs a second factor here: set up another one before you "
            "remove this one."
        ),
        "cannot_generate_recovery_codes": _(
            "Recovery codes need a second factor: set up an app or a passkey first."
        ),
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "unverified_email": _(
            "Confirm your email address first: without it nobody could help you back in."
        ),
    }

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return second_factor.may_be_removed(authenticator)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return translation.gettext("Passkey %(number)d") % {"number": number}

    def _get_site_name(self) -> str:
        return settings.SITE_NAME


def ask_for_password(request: HttpRequest) -> None:
    messages.warning(request, _("Somebody else has seen this password. Choose your own to go on."))


def user_with(email: str) -> User | None:
    return User.objects.filter(email=canonical(email)).first()


def _fernet() -> MultiFernet:
    """Return what encrypts secrets in the database by the site's secret key; keys of before still
    decrypt."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [
        salted_hmac("accounts.mfa", "", secret=secret, algorithm="sha256").digest()
        for secret in secrets
    ]
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])
