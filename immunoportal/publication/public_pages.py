"""Public pages: who may ask for them, and who may keep the answer.

Public pages are the same for everyone, so any browser, proxy or CDN may hold them; what is for
one reader is held by nobody.

docs/decisions/0004-public-pages.md weighs the figures.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from immunoportal import context_processors
from immunoportal.publication import clock
from immunoportal.publication.clock import Moment

# What a view tells the page cache, in the request's ``META``.
TERMS = "immunoportal.terms"

# What may stand in a path as it is (RFC 3986, section 3.3).
_SAFE = "/:@!$&'()*+,;=~"

# Brings the value of a query's name into its one form; ``None`` where it says nothing. Raises
# ``ValueError`` for a value that has none.
Canonical = Callable[[str], str | None]


@dataclass
class Terms:
    """On which terms an answer may be stored before Django.

    Attributes:
        moment: in which it was made; ``None`` if it must not be stored.
        query: the names of the query that the view takes, and the one form of each.
        is_file: whether it is a file that its ``ETag`` names already, to be sent as it is.
    """

    moment: Moment | None = None
    query: Mapping[str, Canonical] = field(default_factory=dict)
    is_file: bool = False


Answer = TypeVar("Answer", bound=HttpResponseBase)


def safe_page(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Let a view answer GET and HEAD only.

    Any other method hears 405, not that a token is missing: such a page never gives one out.
    It is called before anybody knows who asks; see ``parting``.
    """
    page = csrf_exempt(require_safe(view))
    page.is_safe_page = True  # type: ignore[attr-defined]  # for whoever resolves an address
    return page


def show(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Return a page that is the same for everyone: its template is told nothing of who asks."""
    told = {"request": request, **context_processors.site(request), **context}
    return HttpResponse(render_to_string(template, told), status=status)


def public_page(
    **query: Canonical,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let a view answer GET and HEAD, and let its answer be kept by all who ask again each time.

    That holds for a page, and for a redirect that stays (301). An answer that says itself how it
    may be kept, as ``keep_private`` has it say, is left alone.
    A query that the view does not take, such as one that tells where a reader came from, leads to
    the address without it: each page has one address, which is stored once.

    ``Last-Modified`` is the time of the last public change anywhere on the site: a page
    shows more than its own article (footer, topics, renditions that have become ready).

    Args:
        query: the names of the query that the view takes, and what brings each into its one form.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @safe_page
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            asked = request.META.get("QUERY_STRING", "")
            canonical = canonical_query(asked, query) if asked else ""
            if canonical is not None and canonical != asked:
                return HttpResponseRedirect(with_query(request.path, canonical))
            # Read before the page is: a change that comes between makes it look older, not newer.
            moment = clock.moment()
            with clock.held(moment):
                response = view(request, *args, **kwargs)
            is_page = response.status_code == 200
            has_moved = response.status_code == 301
            if (is_page or has_moved) and "Cache-Control" not in response.headers:
                patch_cache_control(response, public=True, no_cache=True)
                response.headers.setdefault("Last-Modified", last_modified(moment))
                terms = request.META.get(TERMS)
                # Where a page has moved, any query leads on: a stranger could invent them.
                if terms is not None and canonical is not None and (is_page or not canonical):
                    terms.moment, terms.query = moment, query
            return response

        page.is_public_page = True  # type: ignore[attr-defined]  # for whoever resolves an address
        return page

    return decorate


def store_file(request: HttpRequest, moment: Moment) -> None:
    """Have the page cache keep the answer with a file, which its ``ETag`` names.

    An answer to an address with a query is not kept: a file has one address.

    Args:
        moment: in which it was found that everybody may see the file.
    """
    terms = request.META.get(TERMS)
    if terms is not None and not request.META.get("QUERY_STRING"):
        terms.moment, terms.is_file = moment, True


def last_modified(moment: Moment) -> str:
    """Return when a page made in a moment was last changed, as HTTP writes it."""
    changed_at = moment.changed_at
    # The header counts in seconds. While a second change may still fall into the
    # same one, the page passes for older than it is: it is then fetched once more.
    if timezone.now() - changed_at < timedelta(seconds=2):
        changed_at -= timedelta(seconds=1)
    return http_date(changed_at.timestamp())


def canonical_query(query: str, names: Mapping[str, Canonical]) -> str | None:
    """Return what a query says in the one form in which it is stored.

    Args:
        query: as it was sent, without "?".
        names: those that the view takes, and what brings each into its one form.

    Returns:
        The names that the view takes, in their order; of several values the last, as views read
        them. ``None`` if a value has no such form: the view may refuse it, and nobody stores it.
    """
    if not names:
        return ""
    try:
        most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        said = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=most))
        pairs = [(name, form(said[name])) for name, form in names.items() if name in said]
    except ValueError:
        return None
    return urlencode([(name, value) for name, value in pairs if value is not None])


def with_query(path: str | bytes, query: str) -> str:
    """Return where a path with a query is, as a ``Location`` writes it.

    Args:
        path: decoded.
        query: encoded; empty where there is none.
    """
    return quote(path, safe=_SAFE) + (query and f"?{query}")


def page_number(value: str) -> str | None:
    """Return the number of a list's page in its one form; ``None`` for the first page.

    Raises:
        ValueError: it is no number.
    """
    if not (value.isascii() and value.isdigit()):
        raise ValueError(value)
    number = value.lstrip("0") or "0"
    return None if number == "1" else number


def keep_private(response: Answer) -> Answer:
    """Have an answer say that it is for one reader: no cache and no search engine keeps it.

    Without ``ETag`` and ``Last-Modified`` it is never answered by 304 either.
    """
    patch_cache_control(response, private=True, no_store=True)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
