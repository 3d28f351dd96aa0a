"""Fields for what people type: cleaned where that loses nothing, refused where it must be."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from immunoportal.text import clean_line, clean_text
from immunoportal.web_addresses import web_address

NO_WEB_ADDRESS = _(
    "This is no web address. It looks like https://www.example.org/page, has no spaces, quotes or "
    "passwords, and begins with https:// or http://."
)
NO_EMAIL = _("This is no email address. It looks like name@example.org.")

EMAIL_VALIDATORS: list[Callable[[Any], None]] = [
    EmailValidator(NO_EMAIL),
    # An encoded word (RFC 2047) in an email address is somebody else's in disguise.
    RegexValidator(r"=\?", NO_EMAIL, inverse_match=True),
]


class LineField(forms.CharField):
    """One line of text, cleaned instead of refused where that loses nothing."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class TextField(forms.CharField):
    """A text of several lines, cleaned instead of refused where that loses nothing."""

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class WebAddressField(models.URLField):
    """The URL of a page on another site, completed to https where its scheme is missing."""

    default_validators = []  # clean() is stricter than Django's validator

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        if value:
            try:
                value = web_address(value)
            except ValueError:
                raise ValidationError(NO_WEB_ADDRESS, code="invalid") from None
        return super().clean(value, model_instance)

    def formfield(self, **kwargs: Any) -> Any:
        # Django's own form field would complete it to http.
        return super().formfield(**{"form_class": forms.CharField} | kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs
