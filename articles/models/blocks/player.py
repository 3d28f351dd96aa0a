from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.blocks.base import Block
from articles.models.images import Image
from articles.models.recordings import Recording


class Player(Block):
    """A video or a sound recording of the library, with the picture that stands for it."""

    texts = ("title",)
    related = files = ("recording", "poster")

    recording = models.ForeignKey(
        Recording,
        verbose_name=_("recording"),
        on_delete=models.PROTECT,
        related_name="players",
    )
    title = models.CharField(
        _("title"), max_length=150, blank=True, help_text=_("Shown above the player.")
    )
    poster = models.ForeignKey(
        Image,
        verbose_name=_("poster"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="posters",
        help_text=_("What a video shows until it is played."),
    )

    class Meta(Block.Meta):
        verbose_name = _("video or audio")
        verbose_name_plural = _("videos and audio")

    def __str__(self) -> str:
        return str(_("Video or audio"))
