"""The site-wide notices, for the template of every page."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django import template
from django.utils.translation import get_language

from articles.models import SiteNotice
from immunoportal.languages import text_in

# A library of template tags: the settings call it "site_notices".
register = template.Library()


@dataclass(frozen=True)
class Shown:
    """What a page shows of a notice.

    Attributes:
        link: empty where there is none.
        host: the site to which the link leads.
    """

    text: str
    link: str
    host: str


@register.simple_tag
def get_site_notices() -> list[Shown]:
    """Return what every page shows now in the active language, the newest first.

    A page asks inside ``{% remember %}``, which lasts until a notice begins or ends.
    """
    language = get_language()
    return [
        Shown(text, link, urlsplit(link).netloc)
        for notice in SiteNotice.objects.shown()
        if (text := text_in(notice, "text", language))
        for link in [text_in(notice, "link", language)]
    ]
