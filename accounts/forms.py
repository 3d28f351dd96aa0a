"""The forms of the accounts: fields and sentences are ours, most checks django-allauth's."""

import json
import struct
from typing import TYPE_CHECKING, Any

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts import passwords, resets, throttle
from accounts.emails import LONGEST, canonical, is_plain, is_plausible
from accounts.models import Registration, User
from accounts.professionals.registrations import DECLARED, REFUSED
from accounts.professionals.reserved import is_approved
from immunoportal import audit
from immunoportal.audit import Act
from immunoportal.fields import EMAIL_VALIDATORS, NO_EMAIL, LineField

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

EMAIL_NEEDED = _("Please write your email address.")
PASSWORD_NEEDED = _("Please write your password.")

password_help = lazy(lambda: passwords.LengthValidator().get_help_text(), str)()


class CanonicalEmailField(forms.CharField):
    """An email address, in the one way to write it (``emails.canonical``).

    Not an ``EmailField``: Django's takes letters which only look like ASCII.
    """

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "label": _("Email address"),
            "max_length": LONGEST,
            "widget": forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
            "error_messages": {"required": EMAIL_NEEDED},
        }
        super().__init__(**defaults | kwargs)
        self.validators.extend(EMAIL_VALIDATORS)

    def to_python(self, value: Any) -> str:
        return canonical(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not is_plain(value):
            raise ValidationError(NO_EMAIL)


class PasswordField(forms.CharField):
    """A password, taken to the letter. It may be pasted, and it may be long."""

    def __init__(self, *, autocomplete: str, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "label": _("Password"),
            "strip": False,
            "max_length": passwords.LONGEST,
            # Where a browser shows it as text, its spelling must not be checked on some server.
            "widget": forms.PasswordInput(
                attrs={
                    "autocomplete": autocomplete,
                    "autocapitalize": "none",
                    "spellcheck": "false",
                }
            ),
            "error_messages": {"required": PASSWORD_NEEDED},
        }
        super().__init__(**defaults | kwargs)
        # A browser would cut a longer one off without a word.
        self.widget.attrs.pop("maxlength", None)


class NewPasswordField(PasswordField):
    """A new password. Asked for once: it can be shown while it is typed, and whoever mistypes it
    all the same can have a link mailed."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {"label": _("New password"), "help_text": password_help}
        super().__init__(autocomplete="new-password", **defaults | kwargs)
        self.user: User | None = None  # set by the form

    def clean(self, value: Any) -> str:
        return get_adapter().clean_password(super().clean(value), user=self.user)


def own_password(user: User, typed: str) -> str:
    """Return what was typed as a user's password, if that is right; a failure counts as one of the
    log-in.

    Raises:
        ValidationError: it is not, or there were too many failures.
    """
    if not get_adapter().reauthenticate(user, typed):
        raise get_adapter().validation_error("incorrect_password")
    return typed


class LoginForm(account_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = CanonicalEmailField(
            widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"})
        )
        self.fields["password"] = PasswordField(autocomplete="current-password")
        self.fields["remember"].label = _("Keep me logged in on this device for two weeks")
        self.order_fields(["login", "password", "remember"])


class NameField(LineField):
    """A person's name. It stands in mails, and anybody can register with somebody else's email
    address: so nothing in it may look like a link."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 150} | kwargs)
        self.validators.append(
            RegexValidator(
                # Browsers take the other three signs for a full stop as well.
                r"[/\\@<>:\d]|\w[.\uff0e\u3002\uff61]\w{2}",
                _("A name has no digits, no web address and no signs like these: / @ < > :"),
                inverse_match=True,
            )
        )


FIRST_NAME: dict[str, Any] = {
    "label": _("First name"),
    "widget": forms.TextInput(attrs={"autocomplete": "given-name"}),
    "error_messages": {"required": _("Please write your first name.")},
}
LAST_NAME: dict[str, Any] = {
    "label": _("Last name"),
    "widget": forms.TextInput(attrs={"autocomplete": "family-name"}),
    "error_messages": {"required": _("Please write your last name.")},
}


class RegistrationFields(forms.Form):
    """What a health professional declares."""

    profession = forms.ChoiceField(
        label=_("Profession"),
        choices=[("", _("Please choose")), *Registration.Profession.choices],
        error_messages={"required": _("Please choose your profession.")},
    )
    other_profession = LineField(
        label=_("If it is another one, which?"),
        required=False,
        max_length=80,
    )
    order = LineField(
        label=_("Professional order"),
        max_length=150,
        help_text=_("For example: OMCeO Milano."),
        error_messages={"required": _("Please write your professional order.")},
    )
    province = LineField(
        label=_("Province of the order"),
        max_length=60,
        error_messages={"required": _("Please write the province of your order.")},
    )
    number = LineField(
        label=_("Registration number"),
        max_length=40,
        error_messages={"required": _("Please write your registration number.")},
    )
    declaration = forms.BooleanField(
        label=_(
            "I declare that I am a health professional enrolled in this order, and that what I "
            "have written is true."
        ),
        error_messages={
            "required": _("Without this declaration we cannot give you access."),
        },
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("profession") != Registration.Profession.OTHER:
            self.cleaned_data["other_profession"] = ""
        elif not self.cleaned_data.get("other_profession"):
            self.add_error("other_profession", _("Please write which profession it is."))
        return cleaned

    @property
    def registration_data(self) -> dict[str, str]:
        """Return what was declared, by the names of a registration's fields."""
        return {name: self.cleaned_data[name] for name in DECLARED}


class RegistrationForm(RegistrationFields, account_forms.SignupForm):
    """A health professional's new account."""

    first_name = NameField(**FIRST_NAME)
    last_name = NameField(**LAST_NAME)
    privacy = forms.BooleanField(
        error_messages={"required": _("Please read how your data are handled.")},
    )

    field_order = [
        "first_name", "last_name", "email", "password1", "profession", "other_profession",
        "order", "province", "number", "declaration", "privacy",
    ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = CanonicalEmailField()
        self.fields["password1"] = PasswordField(
            autocomplete="new-password", help_text=password_help
        )
        # In a window of its own: going back would empty the password.
        self.fields["privacy"].label = format_html(
            '{} <a href="{}" target="_blank">{}</a>.',
            _("I have read"),
            reverse("contact:privacy"),
            _("how my data are handled (in a new window)"),
        )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        # allauth has compared the password with the email address only.
        user = User(
            **{
                name: self.cleaned_data.get(name, "")
                for name in ("email", "first_name", "last_name")
            }
        )
        password = self.cleaned_data.get("password1")
        if password:
            try:
                get_adapter().clean_password(password, user=user)
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists:
            # The answer must take as long as for an email address that is new.
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class ChangePasswordForm(account_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = PasswordField(
            autocomplete="current-password", label=_("Your current password")
        )
        self.fields["password1"] = NewPasswordField()
        self.fields["password1"].user = self.user
        del self.fields["password2"]

    def clean_password1(self) -> str:
        if self.user.check_password(self.cleaned_data["password1"]):
            raise ValidationError(_("This is your password already. Choose another one."))
        return self.cleaned_data["password1"]

    def clean_oldpassword(self) -> str:
        return own_password(self.user, self.cleaned_data["oldpassword"])


class ResetRequestForm(forms.Form):
    """Asks for a link to a new password. Takes any text that may be meant as an email address:
    what becomes of it does not depend on whether it is one."""

    email = forms.CharField(
        label=_("Your email address"),
        max_length=LONGEST,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": EMAIL_NEEDED},
    )

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if not is_plausible(email):
            raise ValidationError(NO_EMAIL)
        return email


class LinkKeys:
    """Has allauth check the key of a link as ``resets`` does."""

    check_token = staticmethod(resets.is_valid_key)


class ResetTokenForm(account_forms.UserTokenForm):
    """Checks the link in the mail."""

    token_generator = LinkKeys

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.reset_user.is_active:
            raise get_adapter().validation_error("invalid_password_reset")
        return cleaned


class NewPasswordForm(account_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"] = NewPasswordField()
        self.fields["password1"].user = self.user
        del self.fields["password2"]


class ReauthenticateForm(account_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = PasswordField(autocomplete="current-password")


class CodeForm(forms.Form):
    """Asks for the code of an app: digits, not filled in by what was there before."""

    code_help: "StrPromise"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = LineField(
            label=_("Code"),
            max_length=20,
            help_text=self.code_help,
            widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
            error_messages={"required": _("Please write the code.")},
        )


class UsedOnceForm(CodeForm, mfa_forms.BaseAuthenticateForm):
    """Takes each code only once for as long as it is valid (RFC 6238, 5.2). allauth forgets after
    one period that a code was used, and with a tolerance it is valid for longer."""

    code_help = _("The six digits of your authenticator app, or one of your recovery codes.")

    def clean_code(self) -> str:
        code = super().clean_code()
        periods = 2 * mfa_settings.TOTP_TOLERANCE + 1
        key = f"accounts.code-used.{self.user.pk}.{normalize_user_code(code)}"
        if not cache.add(key, True, timeout=periods * mfa_settings.TOTP_PERIOD):
            audit.record(Act.SECOND_FACTOR_FAILED, about=self.user)
            raise get_adapter().validation_error("incorrect_code")
        return code


class SecondFactorForm(UsedOnceForm, mfa_forms.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            # There is nothing else to do on this page; after an error its summary comes first.
            self.fields["code"].widget.attrs["autofocus"] = True


class ReauthenticateBySecondFactorForm(UsedOnceForm, mfa_forms.ReauthenticateForm):
    pass


class ActivateAppForm(CodeForm, totp_forms.ActivateTOTPForm):
    code_help = _("The six digits that the app shows now.")


class CredentialDecoder(json.JSONDecoder):
    """Reads a browser's answer about a passkey, and calls malformed whatever no browser sends.

    Python's own decoder raises other errors on deep nesting and on long integers.
    """

    # An answer nests four deep and holds a handful of lists; its texts hold no brackets.
    MAX_BRACKETS = 100
    # Characters; the chain of certificates that a device may add to a new passkey is the longest.
    MAX_LENGTH = 50_000

    def decode(self, s: str, *args: Any) -> Any:
        brackets = s.count("[") + s.count("{")
        # A browser escapes half a surrogate pair only, which no page could show again.
        if len(s) > self.MAX_LENGTH or brackets > self.MAX_BRACKETS or "\\u" in s:
            raise json.JSONDecodeError("Not an answer of a browser", s, 0)
        try:
            return super().decode(s, *args)
        except json.JSONDecodeError:
            raise
        except ValueError:  # an integer of thousands of digits
            raise json.JSONDecodeError("Not an answer of a browser", s, 0) from None


class CredentialForm(forms.Form):
    """Reads the hidden field of a passkey's form with the decoder above."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        credential = self.fields["credential"]
        assert isinstance(credential, forms.JSONField)
        credential.decoder = CredentialDecoder


# What the library raises of an answer that no browser sends: of its JSON, and of the CBOR inside.
MALFORMED = (
    AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError, struct.error,
)  # fmt: skip


class PasskeyForm(CredentialForm, webauthn_forms.AuthenticateWebAuthnForm):
    """Refuses what no browser sends, for which the library raises errors of its own, and records
    every failure, of which allauth tells nobody."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except MALFORMED:
            error = get_adapter().validation_error("incorrect_code")
        except ValidationError as refusal:
            error = refusal
        # No more of them than the throttle allows: nobody shall fill the log at will.
        if error.code == "incorrect_code" and throttle.count_failure(context.request):
            # Without a password before it, nobody knows whose passkey it was to be.
            failed = Act.SECOND_FACTOR_FAILED if self.user else Act.LOGIN_FAILED
            audit.record(failed, about=self.user)
        raise error


class LoginByPasskeyForm(PasskeyForm, webauthn_forms.LoginWebAuthnForm):
    pass


class SecondFactorByPasskeyForm(PasskeyForm):
    pass


class ReauthenticateByPasskeyForm(PasskeyForm, webauthn_forms.ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(CredentialForm, webauthn_forms.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Not required: the device has made the passkey already when the form arrives.
        self.fields["name"] = name_of_passkey(required=False)
        if "passwordless" in self.fields:
            self.fields["passwordless"].label = _("Let me log in with it alone, without password")
            self.fields["passwordless"].help_text = ""
            self.fields["passwordless"].initial = True

    def clean(self) -> dict[str, Any] | None:
        try:
            return super().clean()
        except MALFORMED:
            # As in ``PasskeyForm``.
            raise get_adapter().validation_error("incorrect_code") from None


class RenamePasskeyForm(webauthn_forms.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = name_of_passkey()


def name_of_passkey(*, required: bool = True) -> LineField:
    return LineField(
        label=_("Name"),
        required=required,
        max_length=100,
        help_text=_("So that you know which one it is, such as “my telephone”."),
        error_messages={"required": _("Please give it a name.")},
    )


class CorrectionForm(RegistrationFields):
    """Corrects what a health professional has declared."""

    def __init__(self, *args: Any, registration: Registration | None, **kwargs: Any) -> None:
        self.registration = registration
        initial = {name: getattr(registration, name, "") for name in DECLARED}
        super().__init__(*args, **kwargs | {"initial": initial})

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        was_refused = self.registration and self.registration.state in REFUSED
        if was_refused and not self.errors and not set(self.changed_data) & set(DECLARED):
            raise ValidationError(
                _("You have changed nothing: correct what is not right, or write to us.")
            )
        return cleaned


class PersonForm(forms.ModelForm):
    """Changes what users may change about themselves at once. The name of a health professional is
    part of what an editor has approved, and stays."""

    first_name = NameField(**FIRST_NAME, required=False)
    last_name = NameField(**LAST_NAME, required=False)

    class Meta:
        model = User
        fields = ["first_name", "last_name", "preferred_language"]
        labels = {"preferred_language": _("Language of our mails, and of the administration")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = ("first_name", "last_name")
        if is_approved(self.instance):
            for name in names:
                del self.fields[name]
        elif Registration.objects.filter(user=self.instance).exists():
            for name in names:
                self.fields[name].required = True


class OwnPasswordForm(forms.Form):
    """Asks for the user's password, to confirm something grave."""

    password = PasswordField(autocomplete="current-password", label=_("Your password"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        return own_password(self.user, self.cleaned_data["password"])


class EmailChangeForm(OwnPasswordForm):
    email = CanonicalEmailField(label=_("New email address"))

    field_order = ["email", "password"]

    def clean_email(self) -> str:
        if self.cleaned_data["email"] == self.user.email:
            raise ValidationError(_("This is your email address already."))
        return self.cleaned_data["email"]
