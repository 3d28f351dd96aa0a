from django.utils.translation import gettext_lazy as _

from articles.models.blocks.base import Block
from articles.models.fields import RichTextField


class RichText(Block):
    """Headings, paragraphs and lists."""

    texts = rich_texts = ("text",)

    text = RichTextField(_("text"), blank=True)

    class Meta(Block.Meta):
        verbose_name = _("text")
        verbose_name_plural = _("texts")

    def __str__(self) -> str:
        return str(_("Text"))
