"""Leaflets: an edition as a PDF to print, or to take along to the doctor."""

from datetime import timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.editions import Edition, EditionQuerySet, relation_to
from articles.models.stored_files import FILES
from articles.models.withdrawable import WithdrawableModel
from immunoportal.claims import Claimable, ClaimableQuerySet

# Of how leaflets look: raise it, and the worker makes those of live editions anew.
STYLE = 1

# Where the files are in their storage. The libraries have folders of two digits beside it.
FOLDER = "leaflets"


def leaflet_name(digest: str) -> str:
    """Return the name of a leaflet's file in the storage."""
    return f"{FOLDER}/{digest}.pdf"


class LeafletQuerySet(ClaimableQuerySet["Leaflet"]):
    def ready(self) -> Self:
        """Return those that exist as a file."""
        return self.filter(made_at__isnull=False)

    def waiting(self) -> Self:
        """Return those that still have to be made and are due, the newest first."""
        begun = self.due().filter(edition__valid_from__lte=timezone.now())
        waiting = begun.filter(made_at__isnull=True, attempts__lt=Leaflet.MAX_ATTEMPTS)
        return waiting.order_by("-edition_id")

    def given_up(self) -> Self:
        """Return those that could not be made."""
        return self.filter(made_at__isnull=True, attempts__gte=Leaflet.MAX_ATTEMPTS)

    def unneeded(self) -> Self:
        """Return those of editions that were replaced or withdrawn: nobody is given them."""
        return self.exclude(edition__in=Edition.objects.live()).filter(
            edition__valid_from__lte=timezone.now()
        )

    def forget(self) -> None:
        """Have them made anew: something that they show is not what it was.

        The file of each is deleted by whoever calls this, or by the worker.
        """
        self.update(
            made_at=None, bytes=None, pages=None, digest="", error="", attempts=0,
            style=STYLE, next_attempt_at=timezone.now(),
        )  # fmt: skip


class Leaflet(Claimable):
    """The leaflet of one edition.

    The row comes first, the file once it is made.
    """

    # The first attempt at once, the last one after most of a day.
    MAX_ATTEMPTS = 8
    RETRY_AFTER = timedelta(minutes=5)

    edition = models.OneToOneField(Edition, on_delete=models.CASCADE, related_name="leaflet")
    style = models.PositiveSmallIntegerField(default=STYLE)
    # SHA-256 of all that the file is made of; the file has its name from it.
    digest = models.CharField(max_length=64, blank=True)
    # Set once the file is stored.
    made_at = models.DateTimeField(null=True)
    bytes = models.PositiveIntegerField(null=True)
    pages = models.PositiveSmallIntegerField(null=True)
    error = models.TextField(blank=True)

    objects: ClassVar = LeafletQuerySet.as_manager()

    class Meta:
        verbose_name = _("leaflet")
        verbose_name_plural = _("leaflets")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(made_at__isnull=True, bytes__isnull=True, pages__isnull=True, digest="")
                    | Q(made_at__isnull=False, bytes__isnull=False, pages__isnull=False)
                    & ~Q(digest="")
                ),
                name="leaflet_made_whole",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(made_at__isnull=True),
                name="leaflet_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}.pdf"

    @property
    def files(self) -> list[list[str]]:
        """Return the file that there is of it: pairs of a storage's alias and a name."""
        return [[FILES, leaflet_name(self.digest)]] if self.digest else []


def leaflets_showing(row: WithdrawableModel) -> LeafletQuerySet:
    """Return the leaflets of editions that show an entry of a library."""
    found: LeafletQuerySet = Leaflet.objects.filter(
        **{f"edition__{relation_to(type(row)).name}": row}
    )
    return found


def newest_live() -> EditionQuerySet:
    """Return the live editions, those that began last first."""
    live: EditionQuerySet = Edition.objects.live()
    return live.order_by("-valid_from", "-pk")


def lacking_a_leaflet() -> EditionQuerySet:
    """Return the live editions without a leaflet in the present style, the newest first."""
    return newest_live().filter(Q(leaflet__isnull=True) | Q(leaflet__style__lt=STYLE))
