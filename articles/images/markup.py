"""Tells a page how to show images of the library."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django import template
from django.template import Context

from articles.images.renditions import FIRST_FORMAT, FIRST_WIDTH
from articles.models import Rendition

# A library of template tags: the settings call it "pictures".
register = template.Library()

# How wide a picture is shown, for the browser to choose the file by.
SIZES = {
    "column": "(min-width: 50rem) 46rem, calc(100vw - 2.3rem)",
    "card": "(min-width: 74rem) 21rem, (min-width: 44rem) 45vw, calc(100vw - 2.3rem)",
    "row": "(min-width: 44rem) 19rem, calc(100vw - 2.3rem)",
    "featured": "(min-width: 58rem) 38rem, calc(100vw - 2.3rem)",
}


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


def pictures_of(digests: Iterable[str]) -> dict[str, Picture]:
    """Look up how to show images, in one query.

    Returns:
        By digest; nothing for an image that has no rendition yet.
    """
    ready = Rendition.objects.ready().filter(image__digest__in=set(digests))
    rows: dict[str, list[Rendition]] = defaultdict(list)
    for row in ready.select_related("image").order_by("width"):
        rows[row.image.digest].append(row)
    return {digest: _picture(found) for digest, found in rows.items()}


def _picture(rows: list[Rendition]) -> Picture:
    """Return how to show an image, from its renditions in the order of their widths."""
    picture = Picture(rows[0].image.width, rows[0].image.height)
    sets: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        url = row.get_absolute_url()
        sets[row.format].append(f"{url} {row.width}w")
        if row.format == FIRST_FORMAT and row.width <= FIRST_WIDTH:
            picture.fallback = url
    for format in (Rendition.Format.AVIF, Rendition.Format.WEBP):
        if sets[format]:
            picture.sources[f"image/{format.value}"] = ", ".join(sets[format])
    picture.fallback_srcset = ", ".join(sets[FIRST_FORMAT])
    return picture


@register.inclusion_tag("articles/reading/_picture.html", takes_context=True)
def picture(
    context: Context, digest: str, *, shown: str, alternative_text: str = "", first: bool = False
) -> dict[str, object]:
    """Show an image of the library, from the renditions that the page has looked up.

    Args:
        digest: of the image, a key of the context's ``pictures``.
        shown: how wide, a key of ``SIZES``.
        alternative_text: empty for a decorative picture.
        first: whether it is seen without scrolling: then it is fetched at once.
    """
    return {
        "picture": context["pictures"].get(digest),
        "sizes": SIZES[shown],
        "alternative_text": alternative_text,
        "first": first,
    }
