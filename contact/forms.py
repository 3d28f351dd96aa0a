"""The contact form. It asks for no cookie: a signed stamp tells that the form is ours."""

import secrets
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core import signing
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from contact import spam
from contact.models import ContactSettings, Message, Subject
from immunoportal.fields import EMAIL_VALIDATORS, LineField, TextField

STAMP_SALT = "contact.form"
STAMP_HOURS = 24


@dataclass(frozen=True)
class Stamp:
    """What the signed stamp of a form says: when it was ``made`` (seconds since the epoch),
    and a ``nonce`` that no other form has."""

    made: float
    nonce: str

    @property
    def seconds(self) -> float:
        """Return how long ago the form was made."""
        return timezone.now().timestamp() - self.made


def new_stamp(*, renewed: bool = False) -> str:
    """Return a signed stamp of now.

    A renewed one is for somebody who has filled in the form before and may send it at once.
    """
    made = timezone.now().timestamp() - (spam.MIN_SECONDS if renewed else 0)
    return signing.dumps([made, secrets.token_urlsafe(9)], salt=STAMP_SALT)


def read_stamp(stamp: str) -> Stamp:
    """Return what a stamp says.

    Raises:
        signing.BadSignature: it is not ours, or older than a day (``SignatureExpired``).
    """
    made, nonce = signing.loads(stamp, salt=STAMP_SALT, max_age=STAMP_HOURS * 3600)
    return Stamp(made, nonce)


class SubjectField(forms.ModelChoiceField):
    """A choice that shows a subject in the language of the page."""

    def label_from_instance(self, obj: Subject) -> str:
        return obj.name


class ContactForm(forms.Form):
    """What a visitor fills in."""

    error_css_class = "has-error"
    required_css_class = "required"

    name = LineField(
        label=_("Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Please write your name.")},
    )
    email = LineField(
        label=_("Your email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        help_text=_("We answer to this email address."),
        error_messages={"required": _("Please write your email address, so that we can answer.")},
        validators=EMAIL_VALIDATORS,
    )
    subject = SubjectField(
        label=_("What is it about?"),
        queryset=Subject.objects.none(),
        empty_label=_("Please choose"),
        error_messages={
            "required": _("Please choose what it is about."),
            "invalid_choice": _("Please choose one of the list."),
        },
    )
    text = TextField(
        label=_("Your message"),
        max_length=Message.MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": _("Please write your message."),
            "max_length": _(
                "Your message has %(show_value)d characters; there is room for %(limit_value)d. "
                "Please shorten it."
            ),
        },
    )
    send_copy = forms.BooleanField(label=_("Send me a copy"), required=False)
    # Hidden from people: a machine that fills in every field gives itself away.
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        name = f"name_{get_language()}"
        named = Subject.objects.filter(**{f"{name}__isnull": False}).exclude(**{name: ""})
        subject = cast(SubjectField, self.fields["subject"])
        subject.queryset = named
        if not named.exists():
            del self.fields["subject"]
        if not ContactSettings.get().offer_copy:
            del self.fields["send_copy"]
        # A browser would cut a longer text off without a word; our message says what to do.
        self.fields["text"].widget.attrs.pop("maxlength", None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            cleaned["stamp"] = read_stamp(cleaned.get("stamp", ""))
            self.fresh_stamp = self.data["stamp"]
        except (signing.BadSignature, ValueError, TypeError):
            self.fresh_stamp = new_stamp(renewed=True)
            self.add_error(
                None,
                _(
                    "This form stood open for more than a day, or was not ours. What you typed "
                    "is still here: please press “Send” once more."
                ),
            )
        return cleaned

    @property
    def stamp_to_send(self) -> str:
        """Return the stamp for the form that is shown next."""
        if self.is_bound and not self.is_valid():
            return self.fresh_stamp
        return new_stamp()
