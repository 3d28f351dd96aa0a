from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.blocks.base import Block


class Quote(Block):
    """Somebody's words, and whose they are."""

    texts = ("text", "source")

    text = models.TextField(_("quotation"), blank=True, help_text=_("Without quotation marks."))
    source = models.CharField(_("who said it"), max_length=200, blank=True)

    class Meta(Block.Meta):
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")

    def __str__(self) -> str:
        return str(_("Quotation"))
