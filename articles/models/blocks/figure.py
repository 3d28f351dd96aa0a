from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.blocks.base import Block
from articles.models.images import Image


class Figure(Block):
    """An image of the library, with what is said about it in this article."""

    texts = ("alternative_text", "caption")
    related = files = ("image",)

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
