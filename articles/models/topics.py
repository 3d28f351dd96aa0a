from typing import Any

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models.keys import KeyedModel
from immunoportal import languages
from immunoportal.publication.models import LiveModel, PublicationClock


class Topic(KeyedModel, LiveModel):
    """A subject under which articles stand; shown in a language once it has a name there."""

    name = models.CharField(_("name"), max_length=100, blank=True)
    slug = models.SlugField(
        _("slug"),
        max_length=100,
        blank=True,
        help_text=_(
            "The last part of the page's address. Proposed from the name. If you change it later, "
            "the old address leads on to the new one."
        ),
    )
    description = models.CharField(
        _("description"),
        max_length=300,
        blank=True,
        help_text=_("One or two sentences, shown to readers and in search results."),
    )
    asks_interests = models.BooleanField(
        _("asks for interests and funding"),
        default=False,
        help_text=_(
            "Its articles are published once their authors and reviewers have declared their "
            "interests, and the article says who paid for it."
        ),
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            # Whoever renames it at the same time sees what this has made of it.
            PublicationClock.take_turn()
            self._keep_former_slugs()
            super().save(*args, **kwargs)

    def _keep_former_slugs(self) -> None:
        """Keep each slug that is given up and has had a page, so that its address leads on."""
        stored = Topic.objects.filter(pk=self.pk).first() if self.pk else None
        for language in languages.codes() if stored else ():
            slug = languages.text_in(stored, "slug", language)
            if slug in ("", languages.text_in(self, "slug", language)):
                continue
            if self.editions.begun().public().in_language(language).exists():
                self.former_slugs.update_or_create(
                    language=language, slug=slug, defaults={"topic": self}
                )

    def get_absolute_url(self) -> str | None:
        """Return the address of the topic in the active language; ``None`` if it has none there."""
        if not (self.name and self.slug):
            return None
        return reverse("articles:topic", args=[self.slug])
