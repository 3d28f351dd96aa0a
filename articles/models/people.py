from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.keys import KeyedModel
from immunoportal import languages


class Contributor(KeyedModel):
    """A person or a body that writes, reviews or translates."""

    name = models.CharField(
        _("name"),
        max_length=200,
        blank=True,
        help_text=_("Leave it empty where it is the same as in another language."),
    )
    qualification = models.CharField(
        _("qualification"),
        max_length=300,
        blank=True,
        help_text=_("What readers should know: profession, specialty, institution."),
    )

    class Meta:
        verbose_name = _("contributor")
        verbose_name_plural = _("contributors")
        ordering = ["pk"]

    def __str__(self) -> str:
        return languages.text_in_any(self, "name") or str(_("(without a name)"))

    def name_in(self, language: str) -> str:
        """Return the name in a language, or in another: a person's name needs no translation."""
        return languages.text_in(self, "name", language) or languages.text_in_any(self, "name")
