from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.blocks.base import Block
from articles.models.fields import TEXT_WITHOUT_HEADINGS, RichTextField


class TimelineEntry(Block):
    """One step of a timeline; those that follow one another are one timeline."""

    texts = ("when", "title", "text")
    rich_texts = ("text",)

    when = models.CharField(
        _("when"),
        max_length=80,
        blank=True,
        help_text=_("A date, or where it stands in the course: “Week 3”, “Before the infusion”."),
    )
    title = models.CharField(_("title"), max_length=150, blank=True)
    text = RichTextField(_("text"), blank=True, extensions=TEXT_WITHOUT_HEADINGS)

    class Meta(Block.Meta):
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")

    def __str__(self) -> str:
        return str(_("Timeline entry"))
