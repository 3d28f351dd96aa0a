import re
from urllib.parse import urlsplit

from django import template

from contact.models import Publisher

register = template.Library()


@register.simple_tag
def get_publisher() -> Publisher:
    """The publisher; a page asks once and hands it on to its parts with ``as``."""
    return Publisher.get()


@register.filter
def dialled(number: str) -> str:
    """A telephone number as ``tel:`` links want it: "02.3343281" gives "+39023343281".

    A number without a country code is Italian, where the zero of the area stays.
    """
    digits = re.sub(r"\D", "", number)
    return f"+{digits}" if number.strip().startswith("+") else f"+39{digits}"


@register.filter
def bare_address(url: str) -> str:
    """A web address as it is printed: "http://www.effetti.it/" gives "www.effetti.it"."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}".rstrip("/")
