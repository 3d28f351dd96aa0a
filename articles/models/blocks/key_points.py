from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.blocks.base import Block


class KeyPoints(Block):
    """What to take home: shown under the lead, wherever it stands among the blocks."""

    FEWEST, MOST = 3, 5

    texts = ("points",)

    points = models.TextField(
        _("key points"),
        blank=True,
        help_text=_(
            "Three to five, each on a line of its own. Shown under the lead, as “In brief”."
        ),
    )

    class Meta(Block.Meta):
        verbose_name = _("key points")
        verbose_name_plural = _("key points")
        constraints = [
            models.UniqueConstraint(
                fields=["parent"],
                name="key_points_once",
                violation_error_message=_(
                    "This article has its key points already: write them all in one block."
                ),
            )
        ]

    def __str__(self) -> str:
        return str(_("Key points"))
