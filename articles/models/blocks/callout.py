from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.blocks.base import Block
from articles.models.fields import TEXT_WITHOUT_HEADINGS, RichTextField


class Callout(Block):
    """A panel that stands out: something to know, or to mind.

    Editions of the past have urgent ones too, whose place the care card has taken.
    """

    class Kind(models.TextChoices):
        INFORMATION = "information", _("Information")
        WARNING = "warning", _("Warning")

    texts = ("title", "text")
    rich_texts = ("text",)

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.INFORMATION)
    title = models.CharField(_("title"), max_length=150, blank=True)
    text = RichTextField(_("text"), blank=True, extensions=TEXT_WITHOUT_HEADINGS)

    class Meta(Block.Meta):
        verbose_name = _("call-out")
        verbose_name_plural = _("call-outs")

    def __str__(self) -> str:
        return str(self.get_kind_display())
