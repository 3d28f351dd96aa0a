from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models.keys import KeyedModel
from immunoportal import languages
from immunoportal.publication.models import LiveModel


class Term(KeyedModel, LiveModel):
    """A word of the field, what it means, and how it is said in each language.

    The texts of a page and of its translation are compared by its names and by the words that must
    not stand for it; a search for one of its names finds the others.
    """

    term = models.CharField(_("term"), max_length=120, blank=True)
    definition = models.TextField(
        _("definition"),
        max_length=1000,
        blank=True,
        help_text=_("One or two sentences that a patient understands."),
    )
    aliases = models.TextField(
        _("other names"),
        max_length=2000,
        blank=True,
        help_text=_("Plurals, short forms and other words that are right as well: one a line."),
    )
    forbidden = models.TextField(
        _("not to be used"),
        max_length=2000,
        blank=True,
        help_text=_(
            "Words that must not stand for it, one a line; after a colon, why: “killer cells: "
            "frightens patients”."
        ),
    )

    class Meta:
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=[f"term_{language}"],
                condition=~Q(**{f"term_{language}": ""}),
                name=f"term_{language}_unique",
                violation_error_message=_("The glossary already has this term."),
            )
            for language in languages.codes()
        ]

    def __str__(self) -> str:
        return languages.text_in_any(self, "term") or str(_("(without a name)"))
