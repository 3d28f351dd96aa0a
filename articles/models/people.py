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

    interests = models.CharField(
        _("declared interests"),
        max_length=500,
        blank=True,
        help_text=_(
            "What could sway them: fees, shares, research paid for by a company. Shown at the end "
            "of their articles, once these are published anew."
        ),
    )
    # Where neither is filled in, nobody has asked yet.
    no_interests = models.BooleanField(_("declares that there are none"), default=False)

    class Meta:
        verbose_name = _("contributor")
        verbose_name_plural = _("contributors")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(no_interests=False)
                | models.Q(
                    *(
                        models.Q(**{f"{column}__isnull": True}) | models.Q(**{column: ""})
                        for column in languages.localized("interests")
                    )
                ),
                name="contributor_interests_or_none",
                violation_error_message=_(
                    "Either write the interests, or tick that there are none: not both."
                ),
            )
        ]

    def __str__(self) -> str:
        return languages.text_in_any(self, "name") or str(_("(without a name)"))

    def has_declared_in(self, language: str) -> bool:
        """Tell whether readers of a language can be told of interests, or that there are none."""
        return self.no_interests or bool(languages.text_in(self, "interests", language))

    def name_in(self, language: str) -> str:
        """Return the name in a language, or in another: a person's name needs no translation."""
        return languages.text_in(self, "name", language) or languages.text_in_any(self, "name")
