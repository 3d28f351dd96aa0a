"""Forms that anyone may send: no cookie and no token, for nobody's rights are used by sending them.

A page that is the same for everyone can have no token in it, so these go by what browsers say.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest


def is_from_another_site(request: HttpRequest) -> bool:
    """Tell whether a browser says that a form was sent from another site.

    It says ``null`` of a page that hides its origin. Old browsers, and what is no browser, say
    nothing and are believed.
    """
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        return True
    origin = request.headers.get("Origin")
    if origin is None and "Referer" in request.headers:
        origin = _origin_of(request.headers["Referer"])
    own = {settings.SITE_URL.lower(), f"{request.scheme}://{request.get_host()}".lower()}
    return origin is not None and origin.lower() not in own


def _origin_of(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.scheme}://{parts.netloc}"


def refuse_strange_characters(request: HttpRequest) -> None:
    """Refuse a form that names another character set than UTF-8, in which no browser sends ours.

    Raises:
        BadRequest: it does.
    """
    if (request.content_params or {}).get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise BadRequest("The form is in no character set that browsers send.")
