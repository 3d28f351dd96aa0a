"""Tells a page how to show images of the library."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django import template
from django.db.models import FilteredRelation, Q
from django.template import Context
from django.urls import reverse

from articles.images.codec import height_at
from articles.images.renditions import FIRST_FORMAT, FIRST_WIDTH
from articles.models import Image, Rendition
from articles.models.images import rendition_name
from immunoportal.publication import clock

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
        width, height: of the image in pixels, for the browser to keep its place.
        sets: by format, the ``srcset`` of its renditions.
        fallback: the address of the JPEG for ``src``.
        widest: the address, width and height of the widest JPEG; ``None`` where there is none.
        look: names what of the image is ready.
        is_withdrawn: whether the image was withdrawn for good: its place says so.
    """

    width: int
    height: int
    sets: dict[str, str] = field(default_factory=dict)
    fallback: str = ""
    widest: tuple[str, int, int] | None = None
    look: str = ""
    is_withdrawn: bool = False

    def add(self, url: str, format: str, width: int) -> None:
        """Add a rendition; the narrow ones come first."""
        others = self.sets.get(format)
        self.sets[format] = f"{others}, {url} {width}w" if others else f"{url} {width}w"
        self.look += f"{format}{width} "
        if format == FIRST_FORMAT:
            self.widest = (url, width, height_at(width, self.width, self.height))
            if width <= FIRST_WIDTH:
                self.fallback = url

    @property
    def sources(self) -> dict[str, str]:
        """By MIME type, the ``srcset`` of each modern format, the best format first."""
        modern = (Rendition.Format.AVIF, Rendition.Format.WEBP)
        return {f"image/{name.value}": self.sets[name] for name in modern if name in self.sets}

    @property
    def fallback_srcset(self) -> str:
        return self.sets.get(FIRST_FORMAT, "")


# How many are remembered, about two kilobytes each; past that it begins anew.
MOST_REMEMBERED = 2_000


def pictures_of(digests: Iterable[str]) -> dict[str, Picture]:
    """Look up how to show images, in one query at most.

    Returns:
        By digest; nothing for an image that has no rendition yet and is to have one.
    """
    remembered: dict[str, Picture | None] = clock.remember("pictures", dict)
    found = {digest: remembered.get(digest) for digest in digests}
    unknown = [digest for digest in found if digest not in remembered]
    if unknown:
        looked_up: dict[str, Picture | None] = dict.fromkeys(unknown) | _look_up(unknown)
        found |= looked_up
        if len(remembered) > MOST_REMEMBERED:
            remembered.clear()
        remembered |= looked_up
    return {digest: picture for digest, picture in found.items() if picture}


def _look_up(digests: Collection[str]) -> dict[str, Picture]:
    is_ready = FilteredRelation("renditions", condition=Q(renditions__made_at__isnull=False))
    images = Image.objects.filter(digest__in=digests).annotate(ready=is_ready)
    pictures: dict[str, Picture] = {}
    folder = reverse("rendition", args=["-"])[:-1]
    for digest, image_width, image_height, withdrawn_at, format, width in images.order_by(
        "ready__width"
    ).values_list("digest", "width", "height", "withdrawn_at", "ready__format", "ready__width"):
        if withdrawn_at:
            pictures[digest] = Picture(
                image_width, image_height, look="withdrawn", is_withdrawn=True
            )
        elif format:
            picture = pictures.setdefault(digest, Picture(image_width, image_height))
            picture.add(f"{folder}{rendition_name(digest, width, format)}", format, width)
    return pictures


@register.filter
def look(pictures: dict[str, Picture], digest: str) -> str:
    """Return what names the present look of one of a page's pictures."""
    return pictures[digest].look if digest in pictures else ""


@register.filter
def is_withdrawn(pictures: dict[str, Picture], digest: str) -> bool:
    """Tell whether one of a page's pictures was withdrawn for good."""
    return digest in pictures and pictures[digest].is_withdrawn


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
