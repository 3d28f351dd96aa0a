"""How pages are shown where somebody shares their address (Open Graph, and X's cards).

https://ogp.me has the names. A page that says nothing of its own is shown with its title, its
description, and the picture that stands for the site in its language.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from immunoportal.languages import TABLE

Tag = tuple[str, str]

PICTURE_SIZE = (1200, 630)


@dataclass(frozen=True)
class Shared:
    """What a page says of its own.

    Attributes:
        title: without the name of the site.
        picture: the path of its picture, of ``PICTURE_SIZE``.
        picture_text: what is written on it.
        properties: others, by their names.
    """

    title: str
    picture: str
    picture_text: str
    properties: Sequence[Tag] = ()


def tags(
    *,
    title: str,
    description: str,
    path: str,
    language: str,
    others: Iterable[str],
    shared: Shared | None,
) -> Iterator[Tag]:
    """Yield the properties of a page.

    Args:
        title: as in the head of the page.
        path: of the page, with what belongs to its address.
        others: the languages of its other versions.
        shared: what it says of its own.
    """
    suffix = f" – {settings.SITE_NAME}"
    yield "og:type", "article" if shared else "website"
    yield "og:site_name", settings.SITE_NAME
    yield "og:title", shared.title if shared else title.removesuffix(suffix)
    yield "og:description", description
    yield "og:url", settings.SITE_URL + path
    if locale := TABLE[language].locale:
        yield "og:locale", locale
        for other in others:
            if locale := TABLE[other].locale:
                yield "og:locale:alternate", locale
    picture = shared.picture if shared else _picture_of_site(language)
    if picture:
        width, height = PICTURE_SIZE
        yield "og:image", settings.SITE_URL + picture
        yield "og:image:width", str(width)
        yield "og:image:height", str(height)
        yield "og:image:alt", shared.picture_text if shared else settings.SITE_NAME
    yield from shared.properties if shared else ()


def _picture_of_site(language: str) -> str:
    """Return the path of the picture that stands for the site; empty if nobody has drawn it."""
    try:
        return staticfiles_storage.url(f"immunoportal/cards/{language}.jpg")
    except ValueError:
        return ""
