"""Makes renditions: the library's pictures at the sizes and in the formats that readers get.

The rows are written at upload. One small JPEG is made at once, so that there is always
something to show; the worker makes the rest, each in one process only: it claims the row
(``claims``) and encodes outside any transaction.
"""

import logging
from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from articles.files.keeping import keep
from articles.images import codec, sandbox
from articles.models import Rendition
from articles.models.images import renditions
from immunoportal.claims import claim
from immunoportal.publication import clock

logger = logging.getLogger(__name__)

# CSS pixels of a phone, a tablet column and the article's column, on screens of 1 to 3
# device pixels each.
WIDTHS = {
    Rendition.Format.AVIF: (400, 800, 1200, codec.LARGEST_WIDTH),
    Rendition.Format.WEBP: (400, 800, 1200, codec.LARGEST_WIDTH),
    Rendition.Format.JPEG: (800, codec.LARGEST_WIDTH),
}
FIRST_FORMAT, FIRST_WIDTH = Rendition.Format.JPEG, 800

RETRY_AFTER = timedelta(minutes=5)


def plan(width: int, height: int) -> list[tuple[str, int]]:
    """Return the formats and widths for an image of a size: never larger than it is.

    A picture that is very tall does without the formats that would take too much memory:
    without all of their widths, or browsers that prefer the format would show it blurred.
    """
    largest = min(width, codec.LARGEST_WIDTH)
    pixels = largest * codec.height_at(largest, width, height)
    return [
        (format, size)
        for format, sizes in WIDTHS.items()
        if pixels <= codec.MOST_ENCODED[format]
        for size in sorted({min(size, width) for size in sizes})
    ]


def store(rendition: Rendition, content: bytes) -> None:
    """Keep a rendition's file, then say that it is ready."""
    keep(renditions(), rendition.name, ContentFile(content))
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
            made = sandbox.render(file, width=rendition.width, format=rendition.format)
        with transaction.atomic():
            # Whoever withdraws the picture just now waits, or has taken the row away already.
            if Rendition.objects.select_for_update().filter(pk=rendition.pk).exists():
                store(rendition, made.content)
    except Exception as error:
        # One picture that cannot be made must not hold up the others.
        logger.exception("The rendition %s could not be made.", rendition.name)
        Rendition.objects.claimed(rendition).update(
            error=f"{type(error).__name__}: {error}",
            next_attempt_at=timezone.now() + RETRY_AFTER,
        )
