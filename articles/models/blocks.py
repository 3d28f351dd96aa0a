"""The blocks that an article's working copy is made of, in the order that editors give them."""

from content_editor.models import create_plugin_base
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from articles.models.fields import TEXT_WITHOUT_HEADINGS, RichTextField
from articles.models.images import Image
from articles.models.keys import KeyedModel
from articles.models.relations import ReadRelationsModel


class Block(
    KeyedModel,
    ReadRelationsModel,
    create_plugin_base(Article),  # type: ignore[misc]  # made when the code is loaded
):
    """A part of an article: its position, and the key by which editions know it for ever."""

    class Meta:
        abstract = True
        ordering = ["ordering", "pk"]


class RichText(Block):
    """Headings, paragraphs and lists."""

    text = RichTextField(_("text"), blank=True)

    class Meta(Block.Meta):
        verbose_name = _("text")
        verbose_name_plural = _("texts")

    def __str__(self) -> str:
        return str(_("Text"))


class Figure(Block):
    """An image of the library, with what is said about it in this article."""

    image = models.ForeignKey(
        Image, verbose_name=_("image"), on_delete=models.PROTECT, related_name="figures"
    )
    alternative_text = models.CharField(
        _("alternative text"),
        max_length=400,
        blank=True,
        help_text=_(
            "What the picture shows and why it is here, for people who cannot see it. "
            "Up to 125 characters are easy to listen to."
        ),
    )
    decorative = models.BooleanField(
        _("decorative"),
        default=False,
        help_text=_("It says nothing that the text does not say: screen readers pass over it."),
    )
    caption = models.CharField(_("caption"), max_length=400, blank=True)

    class Meta(Block.Meta):
        verbose_name = _("figure")
        verbose_name_plural = _("figures")

    def __str__(self) -> str:
        return str(_("Figure"))


class Quote(Block):
    """Somebody's words, and whose they are."""

    text = models.TextField(_("quotation"), blank=True, help_text=_("Without quotation marks."))
    source = models.CharField(_("who said it"), max_length=200, blank=True)

    class Meta(Block.Meta):
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")

    def __str__(self) -> str:
        return str(_("Quotation"))


class Callout(Block):
    """A panel that stands out: something to know, to mind, or to act on at once."""

    class Kind(models.TextChoices):
        INFORMATION = "information", _("Information")
        WARNING = "warning", _("Warning")
        URGENT = "urgent", _("Urgent")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.INFORMATION)
    title = models.CharField(
        _("title"),
        max_length=150,
        blank=True,
        help_text=_(
            "In an urgent call-out: what to do, such as “Call your oncology team at once if:”"
        ),
    )
    text = RichTextField(_("text"), blank=True, extensions=TEXT_WITHOUT_HEADINGS)

    class Meta(Block.Meta):
        verbose_name = _("call-out")
        verbose_name_plural = _("call-outs")

    def __str__(self) -> str:
        return str(self.get_kind_display())


BLOCKS: tuple[type[Block], ...] = (RichText, Figure, Quote, Callout)
