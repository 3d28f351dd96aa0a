from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.holds import Hold
from immunoportal.models import Singleton


class ArticleSettings(Singleton):
    """What the publisher decides about all articles."""

    on_safety = models.CharField(
        _("after a change about safety"),
        max_length=8,
        choices=Hold.FOR_SAFETY,
        default=Hold.Kind.NOTICE,
        help_text=_(
            "What readers see of the page in the other language until it has been mended. Whoever "
            "publishes the change can choose otherwise."
        ),
    )

    class Meta:
        verbose_name = _("settings of articles")
        verbose_name_plural = _("settings of articles")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_article_settings")
        ]

    def __str__(self) -> str:
        return str(_("Settings of articles"))
