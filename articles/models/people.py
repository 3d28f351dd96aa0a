from django.db import models
from django.utils.translation import gettext_lazy as _


class Contributor(models.Model):
    """A person or a body that writes, reviews or translates."""

    name = models.CharField(
        _("name"),
        max_length=200,
        blank=True,
        help_text=_("Leave it empty where it is the same as in the other language."),
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
        return self.name_it or self.name_en or str(_("(without a name)"))

    def name_in(self, language: str) -> str:
        """The name in a language. A person's name needs no translation, so it may come from
        the other one."""
        return getattr(self, f"name_{language}") or self.name_it or self.name_en or ""
