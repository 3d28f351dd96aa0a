"""Public pages: who may ask for them, and who may keep the answer.

Public pages are the same for everyone, so any browser, proxy or CDN may hold them; what is for
one reader is held by nobody.

docs/decisions/0004-public-pages.md weighs the figures.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from immunoportal.publication import clock

# A browser asks at each visit (and mostly hears 304), so a correction is seen at once;
# shared caches hold a page for half a minute, and for a day when the portal is down.
CACHE_CONTROL = {
    "public": True,
    "max_age": 0,
    "s_maxage": 30,
    "stale_while_revalidate": 60,
    "stale_if_error": 86_400,
}


Answer = TypeVar("Answer", bound=HttpResponseBase)


def safe_page(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Let a view answer GET and HEAD only.

    Any other method hears 405, not that a token is missing: such a page never gives one out.
    """
    return csrf_exempt(require_safe(view))


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view answer GET and HEAD, and let its answer be cached by all.

    An answer that says itself how it may be kept, as ``keep_private`` has it say, is left alone.

    ``Last-Modified`` is the time of the last public change anywhere on the site: a page
    shows more than its own article (footer, topics, renditions that have become ready).
    """

    @safe_page
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Read before the page is: a change that comes between makes it look older, not newer.
        changed_at = clock.changed_at()
        response = view(request, *args, **kwargs)
        if response.status_code == 200 and "Cache-Control" not in response.headers:
            patch_cache_control(response, **CACHE_CONTROL)
            # The header counts in seconds. While a second change may still fall into the
            # same one, the page passes for older than it is: it is then fetched once more.
            if timezone.now() - changed_at < timedelta(seconds=2):
                changed_at -= timedelta(seconds=1)
            response.headers.setdefault("Last-Modified", http_date(changed_at.timestamp()))
        return response

    return page


def keep_private(response: Answer) -> Answer:
    """Have an answer say that it is for one reader: no cache and no search engine keeps it.

    Without ``ETag`` and ``Last-Modified`` it is never answered by 304 either.
    """
    patch_cache_control(response, private=True, no_store=True)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
