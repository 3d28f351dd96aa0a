from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models.keys import KeyedModel
from immunoportal import languages
from immunoportal.publication.models import LiveModel


class Topic(KeyedModel, LiveModel):
    """A subject under which articles stand; shown in a language once it has a name there."""

    name = models.CharField(_("name"), max_length=100, blank=True)
    slug = models.SlugField(
        _("slug"),
        max_length=100,
        blank=True,
        help_text=_("The last part of the page's address. Proposed from the name."),
    )
    description = models.CharField(
        _("description"),
        max_length=300,
        blank=True,
        help_text=_("One or two sentences, shown to readers and in search results."),
    )
    ordering = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["ordering", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=[f"slug_{language}"],
                name=f"topic_slug_{language}_unique",
                violation_error_message=_("Another topic already has this slug."),
            )
            for language in languages.codes()
        ]

    def __str__(self) -> str:
        return languages.text_in_any(self, "name") or str(_("(without a name)"))

    def get_absolute_url(self) -> str | None:
        """Return the address of the topic in the active language; ``None`` if it has none there."""
        if not (self.name and self.slug):
            return None
        return reverse("articles:topic", args=[self.slug])
