"""Where the header of every page leads."""

from django.urls import reverse
from django.utils.translation import get_language

from immunoportal.publication import clock

ENTRIES = (
    "articles:home",
    "articles:topics",
    "articles:list",
    "contact:contact",
    "articles:professionals",
    "articles:search",
)


def current(path: str) -> str:
    """Return a path if the navigation leads to it in the active language; empty otherwise."""
    addresses = clock.remember(
        ("navigation", get_language()), lambda: frozenset(reverse(name) for name in ENTRIES)
    )
    return path if path in addresses else ""
