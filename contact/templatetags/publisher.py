import re
from urllib.parse import urlsplit

from django import template

from contact.models import Publisher
from immunoportal.publication import clock

register = template.Library()


@register.simple_tag
def get_publisher() -> Publisher:
    """Return the publisher; a page asks once and passes it on to its parts with ``as``."""
    return clock.remember("publisher", Publisher.get)


@register.filter
def dialled(number: str) -> str:
    """Return a telephone number as in a ``tel:`` link: "+39023343281" for "02.3343281".

    A number without a country code is Italian, and Italian area codes keep their zero.
    """
    digits = re.sub(r"\D", "", number)
    return f"+{digits}" if number.strip().startswith("+") else f"+39{digits}"


@register.filter
def bare_url(url: str) -> str:
    """Return a URL as it is printed: "www.effetti.it" for "http://www.effetti.it/"."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}".rstrip("/")
