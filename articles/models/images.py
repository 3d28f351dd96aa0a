from typing import ClassVar, Self

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models.withdrawable import WithdrawableModel
from immunoportal.claims import Claimable, ClaimableQuerySet

ORIGINALS, RENDITIONS = "default", "renditions"
CARDS = "cards"


def originals() -> Storage:
    """Return the private storage of the pictures as they were uploaded."""
    return storages[ORIGINALS]


def renditions() -> Storage:
    """Return the storage of what readers get."""
    return storages[RENDITIONS]


def rendition_name(digest: str, width: int, format: str) -> str:
    """Return the name of a rendition's file, also the last part of its address."""
    return f"{digest[:20]}-{width}.{format}"


def card_folder(digest: str) -> str:
    """Return where the cards lie that show a picture of the library, among the renditions.

    Args:
        digest: of the picture; empty for cards that show none.
    """
    return f"{CARDS}/{digest[:20] or 'plain'}"


class Image(WithdrawableModel):
    """A picture of the library. Its file never changes: a new picture is a new image."""

    title = models.CharField(
        _("title"), max_length=200, help_text=_("For finding it here. Readers do not see it.")
    )
    credit = models.CharField(
        _("credit"),
        max_length=200,
        blank=True,
        help_text=_("Author and licence, shown under the picture."),
    )
    original = models.FileField(_("file"), storage=originals, max_length=200)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)

    class Meta(WithdrawableModel.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")
        permissions = [("withdraw_file", _("Can withdraw pictures and files for good"))]

    def all_files(self) -> list[list[str]]:
        # Those that are not made yet too: the worker may just be about them.
        names = [[RENDITIONS, rendition.name] for rendition in self.renditions.all()]
        folder = card_folder(self.digest)
        cards = [[RENDITIONS, f"{folder}/{name}"] for name in _names_in(folder)]
        return [*names, *cards, [ORIGINALS, str(self.original.name)]]

    def forget_what_was_made(self) -> None:
        self.renditions.all().delete()


def _names_in(folder: str) -> list[str]:
    try:
        return renditions().listdir(folder)[1]
    except FileNotFoundError:  # nothing has been stored there yet
        return []


class RenditionQuerySet(ClaimableQuerySet["Rendition"]):
    def ready(self) -> Self:
        """Return those that exist as a file."""
        return self.filter(made_at__isnull=False)

    def waiting(self) -> Self:
        """Return those that still have to be made and are due, the small ones first: so each
        picture soon has something better to show."""
        waiting = self.due().filter(made_at__isnull=True, attempts__lt=Rendition.MAX_ATTEMPTS)
        return waiting.order_by("width", "pk")

    def given_up(self) -> Self:
        """Return those that could not be made."""
        return self.filter(made_at__isnull=True, attempts__gte=Rendition.MAX_ATTEMPTS)


class Rendition(Claimable):
    """One picture file for readers: an image at one width in one format.

    The row comes first (at upload), the file later (from the worker). Unique in the
    database, so that each is made once.
    """

    class Format(models.TextChoices):
        AVIF = "avif", "AVIF"
        WEBP = "webp", "WebP"
        JPEG = "jpg", "JPEG"

    MAX_ATTEMPTS = 5

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="renditions")
    format = models.CharField(max_length=4, choices=Format.choices)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    # Set once the file is stored; until then the page does without this rendition.
    made_at = models.DateTimeField(null=True)
    bytes = models.PositiveIntegerField(null=True)
    error = models.TextField(blank=True)

    objects: ClassVar = RenditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        ordering = ["width", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["image", "format", "width"], name="rendition_made_once")
        ]
        indexes = [
            models.Index(
                fields=["width"], condition=Q(made_at__isnull=True), name="rendition_waiting"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("rendition", args=[self.name])

    @property
    def name(self) -> str:
        """The file's name in the storage: it follows from the content, and is cached for ever."""
        return rendition_name(self.image.digest, self.width, self.format)
