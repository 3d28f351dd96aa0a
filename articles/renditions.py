"""Renditions: the library's pictures at the sizes and in the formats that readers get.

The rows are written at upload. One small JPEG is made at once, so that there is always
something to show; the worker makes the rest, each in one process only: it claims the row
(``claims``) and encodes outside any transaction.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles import pictures
from articles.models import Image, Rendition
from immunoportal import clock
from immunoportal.claims import claim

logger = logging.getLogger(__name__)

# CSS pixels of a phone, a tablet column and the article's column, on screens of 1 to 3
# device pixels each.
WIDTHS = {
    Rendition.Format.AVIF: (400, 800, 1200, 1600),
    Rendition.Format.WEBP: (400, 800, 1200, 1600),
    Rendition.Format.JPEG: (800, 1600),
}
FIRST_FORMAT, FIRST_WIDTH = Rendition.Format.JPEG, 800

RETRY_AFTER = timedelta(minutes=5)


class AlreadyInLibrary(Exception):
    """The same file was uploaded before; ``image`` is what it became."""

    def __init__(self, image: Image):
        super().__init__(str(image))
        self.image = image


@dataclass
class Picture:
    """What a page needs to show an image, from the renditions that are ready.

    Attributes:
        sources: by MIME type, the ``srcset`` of each modern format, the best format first.
        fallback: the address of the JPEG for ``src``.
        fallback_srcset: the ``srcset`` of the JPEGs.
        width, height: of the image in pixels, for the browser to keep its place.
    """

    width: int
    height: int
    sources: dict[str, str] = field(default_factory=dict)
    fallback: str = ""
    fallback_srcset: str = ""


def plan(width: int) -> list[tuple[str, int]]:
    """The formats and widths for an image of a width: never larger than it is."""
    return [
        (format, size)
        for format, sizes in WIDTHS.items()
        for size in sorted({min(size, width) for size in sizes})
    ]


@transaction.atomic
def add_to_library(file: File, *, decoded=None, by=None, **fields) -> Image:
    """Check an uploaded file, keep it, and plan its renditions; the first one is made now.

    Args:
        file: the upload.
        decoded: what ``pictures.read`` gave for it, where that has been asked already.
        by: the user who adds it.
        fields: further fields of the image, such as ``title`` and ``credit_it``.

    Raises:
        pictures.UnusablePicture: nothing is stored.
        AlreadyInLibrary: nothing is stored.
    """
    picture, extension = decoded or pictures.read(file, max_pixels=settings.IMAGE_MAX_PIXELS)
    digest = digest_of(file)
    existing = Image.objects.filter(digest=digest).first()
    if existing:
        raise AlreadyInLibrary(existing)
    image = Image(digest=digest, width=picture.width, height=picture.height, added_by=by, **fields)
    file.seek(0)
    storage = image._meta.get_field("original").storage
    name = f"{digest[:2]}/{digest}.{extension}"
    _keep(storage, name, file)
    image.original.name = name
    try:
        with transaction.atomic():
            image.save()
    except IntegrityError:  # the same file has been uploaded at the same moment
        raise AlreadyInLibrary(Image.objects.get(digest=digest)) from None
    Rendition.objects.bulk_create(
        Rendition(
            image=image,
            format=format,
            width=width,
            height=pictures.height_at(width, image.width, image.height),
        )
        for format, width in plan(image.width)
    )
    first = image.renditions.get(format=FIRST_FORMAT, width=min(FIRST_WIDTH, image.width))
    _store(first, pictures.encode(picture, width=first.width, format=first.format))
    return image


@transaction.atomic
def remove_from_library(image: Image) -> None:
    """Delete an image and, once that is certain, its files.

    Raises:
        ProtectedError: an article or an edition shows it.
    """
    files = [(_storage(), rendition.name) for rendition in image.renditions.all()]
    files.append((image.original.storage, image.original.name))
    image.delete()
    transaction.on_commit(lambda: [storage.delete(name) for storage, name in files])
    clock.advance()


def digest_of(file: File) -> str:
    """The SHA-256 of a file in hexadecimal."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _storage():
    from articles.models.images import renditions

    return renditions()


def _keep(storage, name: str, content: File) -> None:
    """Store a file whose name follows from its content.

    One that is there already is kept, unless it is what a process that died has left of it.
    """
    if storage.exists(name):
        if storage.size(name) == content.size:
            return
        storage.delete(name)
    kept = storage.save(name, content)
    if kept != name:
        # The same content has been stored at this moment, by somebody else.
        storage.delete(kept)


def _store(rendition: Rendition, content: bytes) -> None:
    """Keep a rendition's file, then say that it is ready."""
    _keep(_storage(), rendition.name, ContentFile(content))
    Rendition.objects.filter(pk=rendition.pk).update(
        made_at=timezone.now(), bytes=len(content), error=""
    )
    clock.advance()


def make_next() -> bool:
    """Make one of the renditions that are waiting.

    Returns:
        Whether there was one.
    """
    with claim(Rendition.objects.waiting().select_related("image")) as rendition:
        if rendition is not None:
            _make(rendition)
        return rendition is not None


def _make(rendition: Rendition) -> None:
    """Make a rendition, or write down why that failed."""
    try:
        with rendition.image.original.open() as file:
            picture, _extension = pictures.read(file, max_pixels=settings.IMAGE_MAX_PIXELS)
        content = pictures.encode(picture, width=rendition.width, format=rendition.format)
        with transaction.atomic():
            _store(rendition, content)
    except Exception as error:
        # One picture that cannot be made must not hold up the others.
        logger.exception("The rendition %s could not be made.", rendition.name)
        Rendition.objects.claimed(rendition).update(
            error=f"{type(error).__name__}: {error}",
            next_attempt_at=timezone.now() + RETRY_AFTER,
        )


def pictures_of(image_ids: Iterable[int]) -> dict[int, Picture]:
    """By image id, what a page needs to show it: one query, whatever the number of images."""
    ready = Rendition.objects.ready().filter(image_id__in=set(image_ids)).select_related("image")
    sets: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    found: dict[int, Picture] = {}
    for rendition in ready.order_by("width"):
        image = rendition.image
        picture = found.setdefault(image.pk, Picture(image.width, image.height))
        url = rendition.get_absolute_url()
        sets[image.pk][rendition.format].append(f"{url} {rendition.width}w")
        if rendition.format == FIRST_FORMAT and rendition.width <= FIRST_WIDTH:
            picture.fallback = url
    for pk, picture in found.items():
        for format in (Rendition.Format.AVIF, Rendition.Format.WEBP):
            if sets[pk][format]:
                picture.sources[f"image/{format.value}"] = ", ".join(sets[pk][format])
        picture.fallback_srcset = ", ".join(sets[pk][FIRST_FORMAT])
    return found
