"""The publisher, who answers for the site."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from immunoportal.fields import WebAddressField
from immunoportal.models import Singleton
from immunoportal.publication.models import LiveModel


def vat_number_is_valid(number: str) -> bool:
    """Tell whether eleven digits are an Italian VAT number.

    The eleventh digit is a Luhn check digit (D.M. 23 December 1976, annex).
    """
    digits = [int(character) for character in number]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]
    return (sum(digits[0::2]) + sum(doubled)) % 10 == 0


class Publisher(Singleton, LiveModel):
    """Who answers for the site, as the footer and the contact page show it.

    Italian law asks for the VAT number on the home page (DPR 633/1972, art. 35) and for
    company, seat, register and capital (Codice civile, art. 2250): empty lines are not shown.
    """

    name = models.CharField(_("name"), max_length=200)
    street = models.CharField(_("street and number"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    telephone = models.CharField(_("telephone"), max_length=40, blank=True)
    fax = models.CharField(_("fax"), max_length=40, blank=True)
    email = models.EmailField(_("email address"), blank=True)
    website = WebAddressField(_("website"), blank=True)
    other_website = WebAddressField(_("other website"), blank=True)
    vat_number = models.CharField(
        _("VAT number (P. IVA)"),
        max_length=11,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{11}$", _("An Italian VAT number has eleven digits."))],
    )
    company_register = models.CharField(
        _("company register"),
        max_length=200,
        blank=True,
        help_text=_("Registro Imprese with its number, and the REA number."),
    )
    share_capital = models.CharField(_("share capital"), max_length=100, blank=True)
    licence_name = models.CharField(
        _("licence"),
        max_length=100,
        blank=True,
        help_text=_(
            "Under which others may use the texts, such as CC BY-NC-ND 4.0. Where it stays empty, "
            "all rights are reserved, and each page says whom to ask."
        ),
    )
    licence_url = WebAddressField(_("address of the licence"), blank=True)

    class Meta:
        verbose_name = _("publisher")
        verbose_name_plural = _("publisher")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_publisher")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        eleven_digits = re.fullmatch(r"[0-9]{11}", self.vat_number)
        if eleven_digits and not vat_number_is_valid(self.vat_number):
            raise ValidationError(
                {"vat_number": _("This is not a valid VAT number: a digit is wrong.")}
            )
        if self.licence_url and not self.licence_name:
            raise ValidationError({"licence_name": _("Say what the licence is called.")})

    @property
    def postal_address(self) -> list[str]:
        """Return the lines of the postal address, without empty ones."""
        city = f"{self.postal_code} {self.city}".strip()
        return [line for line in (self.street, city, self.country) if line]

    @property
    def websites(self) -> list[str]:
        return [url for url in (self.website, self.other_website) if url]
