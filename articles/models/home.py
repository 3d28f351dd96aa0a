from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Audience
from immunoportal.models import Singleton
from immunoportal.publication.models import LiveModel


class Home(Singleton, LiveModel):
    """What the home page says of its own, and the article that it puts first."""

    hero_line = models.CharField(_("hero line"), max_length=150, blank=True)
    introduction = models.TextField(
        _("introduction"),
        max_length=400,
        blank=True,
        help_text=_("What this site is and for whom, in two or three sentences."),
    )
    featured = models.ForeignKey(
        "articles.Article",
        verbose_name=_("featured article"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_(
            "An article for everybody. Where it is empty, or not published in a language, the "
            "newest article takes its place."
        ),
        limit_choices_to={"audience": Audience.PUBLIC},
    )

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home page")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_home_page")]

    def __str__(self) -> str:
        return str(_("Home page"))
