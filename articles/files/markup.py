"""Tells a page how to show files of the libraries."""

from collections.abc import Collection

from django import template
from django.urls import reverse
from django.utils.formats import number_format

from articles.files.withdrawal import libraries
from articles.models.stored_files import StoredFile, file_name
from immunoportal.publication import clock

# A library of template tags: the settings call it "files".
register = template.Library()


def withdrawn_among(digests: Collection[str]) -> tuple[str, ...]:
    """Return those of some files that were withdrawn for good.

    All of them are remembered, in one query: they are few.
    """
    if not digests:
        return ()
    gone = clock.remember("withdrawn files", _withdrawn)
    return tuple(digest for digest in digests if digest in gone)


def _withdrawn() -> frozenset[str]:
    first, *others = (
        library._default_manager.filter(withdrawn_at__isnull=False)
        .order_by()
        .values_list("digest", flat=True)
        for library in libraries()
        if issubclass(library, StoredFile)
    )
    return frozenset(first.union(*others).order_by() if others else first)


@register.filter
def file_address(digest: str, extension: str) -> str:
    """Return the address of a file that an edition names by its digest."""
    return reverse("file", args=[file_name(digest, extension)])


@register.filter
def size(bytes: int) -> str:
    """Return how large a file is, for people: "240 kB", "3.4 MB"."""
    if bytes < 999_500:
        return f"{number_format(max(1, round(bytes / 1000)))}\u00a0kB"
    return f"{number_format(bytes / 1_000_000, decimal_pos=1)}\u00a0MB"
