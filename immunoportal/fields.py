"""Form fields for what people type: cleaned where that loses nothing, refused where it must be."""

from django import forms
from django.core.validators import EmailValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from immunoportal.text import clean_line, clean_text

NO_ADDRESS = _("This is no email address. It looks like name@example.org.")

ADDRESS_VALIDATORS = [
    EmailValidator(NO_ADDRESS),
    # An encoded word (RFC 2047) in an address is somebody else's address in disguise.
    RegexValidator(r"=\?", NO_ADDRESS, inverse_match=True),
]


class LineField(forms.CharField):
    """One line of text, cleaned instead of refused where that loses nothing."""

    def to_python(self, value):
        return clean_line(super().to_python(value))


class TextField(forms.CharField):
    """A text of several lines, cleaned likewise."""

    def to_python(self, value):
        return clean_text(super().to_python(value))
