from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.blocks.base import Block
from articles.models.fields import TableField


class Table(Block):
    """Rows and columns, with a caption that says what is in them."""

    texts = ("caption", "text")
    rich_texts = ("text",)

    caption = models.CharField(_("caption"), max_length=300, blank=True)
    header_row = models.BooleanField(_("The first row names the columns"), default=True)
    header_column = models.BooleanField(_("The first column names the rows"), default=True)
    text = TableField(_("table"), blank=True)

    class Meta(Block.Meta):
        verbose_name = _("table")
        verbose_name_plural = _("tables")

    def __str__(self) -> str:
        return str(_("Table"))
