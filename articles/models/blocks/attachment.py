from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.blocks.base import Block
from articles.models.documents import Document
from immunoportal.languages import localized


class Attachment(Block):
    """A document of the library for readers to keep: each language may have one of its own."""

    texts = files = ("document",)
    related = tuple(localized("document"))

    document = models.ForeignKey(
        Document,
        verbose_name=_("file"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
    )

    class Meta(Block.Meta):
        verbose_name = _("PDF file")
        verbose_name_plural = _("PDF files")

    def __str__(self) -> str:
        return str(_("PDF file"))
