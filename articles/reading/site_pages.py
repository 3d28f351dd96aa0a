"""The pages of the site that are live: for the foot of every page, and for whoever links to one."""

from dataclasses import dataclass

from django import template
from django.utils.translation import get_language

from articles.models import Edition, SitePage
from immunoportal.publication import clock

# A library of template tags: the settings call it "site_pages".
register = template.Library()


@dataclass(frozen=True)
class LivePage:
    """A page of the site, as it is live in a language."""

    title: str
    url: str


@register.simple_tag
def get_site_pages() -> dict[str, LivePage]:
    """Return the pages of the site that are live in the active language, in their order, by the
    value of ``SitePage``."""
    return live_site_pages(get_language())


def live_site_pages(language: str) -> dict[str, LivePage]:
    """Return the pages of the site that are live in a language, in their order, by the value of
    ``SitePage``."""
    return clock.remember("site pages", _read).get(language, {})


def site_page_url(key: str, language: str) -> str | None:
    """Return the address of a page of the site; ``None`` while it is not live in that language.

    Args:
        key: a value of ``SitePage``, such as "privacy".
    """
    page = live_site_pages(language).get(key)
    return page.url if page else None


def _read() -> dict[str, dict[str, LivePage]]:
    """Read those of all languages at once."""
    live = Edition.objects.live().of_site().order_by()
    pages: dict[str, dict[str, LivePage]] = {}
    for edition in live.only("language", "slug", "title", "site_page"):
        page = LivePage(edition.title, edition.get_absolute_url())
        pages.setdefault(edition.language, {})[edition.site_page] = page
    return {
        language: {key: found[key] for key in SitePage.values if key in found}
        for language, found in pages.items()
    }


@register.simple_tag
def url_of(page: Edition, name: str, *more: object) -> str:
    """Return the address of what stands beneath that of a page; see ``Edition.url_of``."""
    return page.url_of(name, *more)
