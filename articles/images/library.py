"""Keeps the library: each uploaded picture once, with the renditions that readers will need."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from articles.files import library
from articles.files.keeping import keep
from articles.files.library import AlreadyInLibrary, digest_of, store_row
from articles.files.withdrawal import Withdrawn
from articles.images import codec, sandbox
from articles.images.codec import Reason, Rendered, UnusablePicture
from articles.images.renditions import FIRST_FORMAT, FIRST_WIDTH, plan, store
from articles.models import Figure, Image, Rendition
from articles.models.images import ORIGINALS, RENDITIONS, originals, rendition_name
from immunoportal.actors import User
from immunoportal.languages import localized


@dataclass(frozen=True)
class Examined:
    """What is known of an upload before it is added.

    Attributes:
        digest: see ``digest_of``.
        first: the rendition that every image has from the start.
    """

    digest: str
    first: Rendered

    @property
    def name(self) -> str:
        """The name of the file in the storage of originals."""
        return f"{self.digest[:2]}/{self.digest}.{self.first.extension}"


def examine(file: File) -> Examined:
    """Read an upload to its end, and make its first rendition.

    Call it before a transaction begins: it takes seconds, in which nobody else could write.

    Raises:
        UnusablePicture: too many bytes, or what ``codec.render`` refuses.
    """
    if file.size > settings.IMAGE_MAX_BYTES:
        raise UnusablePicture(Reason.TOO_HEAVY, settings.IMAGE_MAX_BYTES)
    first = sandbox.render(file, width=FIRST_WIDTH, format=FIRST_FORMAT)
    return Examined(digest_of(file), first)


def add(
    file: File, *, examined: Examined | None = None, by: User | None = None, **fields: str
) -> Image:
    """Check an upload, keep it with its first rendition, and plan the others.

    Args:
        file: the upload.
        examined: what ``examine`` gave for it, where that has been asked already.
        by: the user who adds it.
        fields: further fields of the image, such as ``title`` and ``credit_it``.

    Raises:
        UnusablePicture: nothing is stored.
        AlreadyInLibrary: nothing is stored.
        Withdrawn: nothing is stored.
        OSError: the disk is full; nothing is stored.
    """
    examined = examined or examine(file)
    try:
        with transaction.atomic():
            return _add(file, examined, added_by=by, **fields)
    except (AlreadyInLibrary, Withdrawn):
        raise
    except BaseException:
        discard(examined)
        raise


def _add(file: File, examined: Examined, **fields: Any) -> Image:
    first = examined.first
    image = Image(
        digest=examined.digest,
        original=examined.name,
        width=first.width,
        height=first.height,
        **fields,
    )
    # The row before the files.
    store_row(image)
    Rendition.objects.bulk_create(
        Rendition(
            image=image,
            format=format,
            width=width,
            height=codec.height_at(width, image.width, image.height),
        )
        for format, width in plan(image.width, image.height)
    )
    file.seek(0)
    keep(originals(), examined.name, file)
    rendition = image.renditions.get(format=FIRST_FORMAT, width=min(FIRST_WIDTH, image.width))
    store(rendition, first.content)
    return image


def discard(examined: Examined) -> None:
    """Delete the files of an upload whose row the database has not kept.

    ``add`` does so by itself; call it where the transaction around ``add`` has failed. While
    it cannot be known what the database has kept, everything stays.
    """
    width = min(FIRST_WIDTH, examined.first.width)
    names = [
        [ORIGINALS, examined.name],
        [RENDITIONS, rendition_name(examined.digest, width, FIRST_FORMAT)],
    ]
    library.discard(examined.digest, names)


def found(images: QuerySet[Image], words: str) -> QuerySet[Image]:
    """Return the images of which title, credit or alternative texts have all of some words."""
    for word in words.split():
        said = Q.create(
            [Q(**{f"{name}__icontains": word}) for name in localized("alternative_text")],
            connector=Q.OR,
        )
        own = Q.create(
            [Q(**{f"{name}__icontains": word}) for name in ("title", *localized("credit"))],
            connector=Q.OR,
        )
        images = images.filter(own | Exists(Figure.objects.filter(said, image=OuterRef("pk"))))
    return images
