"""Pages of the site as a whole: the choice of a language, errors, and health."""

import json
import sys
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import RequestDataTooBig
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.urls import Resolver404, reverse
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers

from immunoportal import health, languages, navigation, registry, sitemaps, unavailable
from immunoportal.publication import clock
from immunoportal.publication.public_pages import (
    last_modified,
    public_page,
    safe_page,
    show,
)

# The ground of a page: the token of the style sheets in the light.
PAPER = "#fbf8f3"


@safe_page
def choose_language(request: HttpRequest) -> HttpResponse:
    """Send the reader to the home page in the language that the browser asks for."""
    with translation.override(languages.preferred(request)):
        response = redirect("articles:home")
    patch_vary_headers(response, ["Accept-Language"])
    patch_cache_control(response, public=True, max_age=3600)
    return response


@safe_page
def robots(request: HttpRequest) -> HttpResponse:
    """Let crawlers read everything that is public, and tell them of the sitemap.

    What is being developed is for none of them. Where the site's address is this machine's own, no
    crawler comes by, and tools that judge the site shall find what it would say elsewhere.
    """
    if settings.DEBUG:
        lines = ["User-agent: *", "Disallow: /"]
    else:
        paths = [reverse("admin:index")]
        for language in languages.codes():
            with translation.override(language):
                paths += map(reverse, registry.not_crawled())
        lines = [
            "User-agent: *",
            *(f"Disallow: {path}" for path in paths),
            "",
            f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
        ]
    return _for_an_hour("\n".join([*lines, ""]), "text/plain; charset=utf-8")


@public_page()
def sitemap(request: HttpRequest) -> HttpResponse:
    """Answer with the index of the sitemap."""
    files = [
        (reverse("sitemap_file", args=[language, kind, file.number]), file)
        for language in languages.codes()
        for kind, file in registry.sitemap_files(language)
    ]
    response = HttpResponse(sitemaps.index(files), content_type=sitemaps.CONTENT_TYPE)
    # Whoever asks for it: else it would be said to be in the language of the first one.
    response.headers["Content-Language"] = ", ".join(languages.codes())
    return response


@safe_page
def sitemap_file(
    request: HttpRequest, language: str, kind: str, number: int
) -> StreamingHttpResponse:
    """Answer with a file of the sitemap, which is made while it is sent.

    It may be as large as everything else that the page cache holds, so it is named by the moment,
    and not by its bytes: whoever has it is told so without it being made.
    """
    moment = clock.moment()
    found = [
        file
        for its_kind, file in (
            registry.sitemap_files(language) if language in languages.codes() else ()
        )
        if (its_kind, file.number) == (kind, number)
    ]
    if not found:
        raise Http404
    is_wanted = request.method == "GET"
    response = StreamingHttpResponse(
        sitemaps.pieces(found[0].entries(), language) if is_wanted else (),
        content_type=sitemaps.CONTENT_TYPE,
    )
    response.headers["Content-Language"] = language
    named = (settings.SITE_URL, request.path, moment.stamp, moment.since)
    digest = blake2b(repr(named).encode(), digest_size=12).hexdigest()
    response.headers["ETag"] = f'W/"{digest}"'
    response.headers["Last-Modified"] = last_modified(moment)
    patch_cache_control(response, public=True, no_cache=True)
    return response


@safe_page
def manifest(request: HttpRequest) -> HttpResponse:
    """Say how a telephone shows the site among its applications: one manifest for all languages,
    whose start asks for the language as the site's own address does."""
    told = {
        "id": "/",
        "start_url": reverse("choose_language"),
        "scope": "/",
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME.partition(".")[0],
        "lang": settings.LANGUAGE_CODE,
        "dir": "ltr",
        "display": "minimal-ui",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {
                "src": staticfiles_storage.url(f"immunoportal/icon-{name}.png"),
                "type": "image/png",
                "sizes": f"{side}x{side}",
                "purpose": purpose,
            }
            for name, side, purpose in (
                ("192", 192, "any"),
                ("512", 512, "any"),
                ("maskable-512", 512, "maskable"),
            )
        ],
    }
    return _for_an_hour(json.dumps(told, indent=1), "application/manifest+json")


def _for_an_hour(text: str, content_type: str) -> HttpResponse:
    """Return a text that is the same for everyone and hardly ever changes."""
    response = HttpResponse(text, content_type=content_type)
    patch_cache_control(response, public=True, max_age=3600)
    return response


@safe_page
def favicon(request: HttpRequest) -> HttpResponse:
    """Redirect to the icon: browsers ask for this address whatever a page says."""
    response = HttpResponseRedirect(staticfiles_storage.url("immunoportal/favicon.ico"))
    patch_cache_control(response, public=True, max_age=86_400)
    return response


@safe_page
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer, so that whoever asks sees that this process does."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@safe_page
def readyz(request: HttpRequest) -> JsonResponse:
    """Tell of each part whether it is ``ok``, or what is wrong.

    503 where pages cannot be served; what only waits (mail, the worker) is told with a 200, since
    another host would be no better off.
    """
    parts = health.parts()
    return JsonResponse(parts, status=200 if parts["database"] == "ok" else 503)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404, with what the exception's ``context`` offers instead, if it offers anything; or
    410 if its ``status`` says so.

    An address that this site never had may be one of the site before it, and lead on.
    """
    if isinstance(exception, Resolver404):
        try:
            answer = registry.answer_elsewhere(request)
        except Http404 as missing:
            exception = missing
        else:
            if answer is not None:
                return answer
    context = getattr(exception, "context", {})
    language = getattr(exception, "language", None) or languages.of_request(request)
    if any(context.values()):
        status = getattr(exception, "status", 404)
        return _error_page(request, status, f"{status}.html", context, language)
    # One page for all addresses that a stranger invents.
    with translation.override(language):
        key = ("not found", language, navigation.current(request.path))
        body = clock.remember(key, lambda: _error_page(request, 404, "404.html").content)
    return HttpResponse(body, status=404, headers={"Content-Language": language})


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_page(request, 403, "403.html")


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form without a valid token: mostly one that stood open for too long."""
    return _plain_error_page(request, 403, "form_expired.html")


def too_many_requests(request: HttpRequest) -> HttpResponse:
    response = _error_page(request, 429, "429.html")
    response.headers["Retry-After"] = "3600"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, 413 to a form that is too large, or 503 if what Django calls a bad request is a
    session that cannot be stored."""
    reason = unavailable.reason_for(exception)
    if reason:
        # The session is written last, when the view has committed.
        is_stored = isinstance(exception, SessionInterrupted)
        return unavailable.page(request, reason, is_stored=is_stored)
    if isinstance(exception, RequestDataTooBig):
        return _plain_error_page(request, 413, "413.html")
    return _plain_error_page(request, 400, "400.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 if nothing can be stored. Asks nothing of the database."""
    # Django calls this while it handles the error.
    reason = unavailable.reason_for(sys.exc_info()[1])
    if reason:
        return unavailable.page(request, reason)
    return _plain_error_page(request, 500, "500.html")


def _error_page(
    request: HttpRequest,
    status: int,
    template: str,
    context: dict[str, Any] | None = None,
    language: str | None = None,
) -> HttpResponse:
    told = {"alternates": [], "is_error": True, **(context or {})}
    language = language or languages.of_request(request)
    with translation.override(language):
        response = show(request, template, told, status)
    response.headers["Content-Language"] = language
    return response


def _plain_error_page(request: HttpRequest, status: int, template: str) -> HttpResponse:
    language = languages.of_request(request)
    with translation.override(language):
        # Without the request, no context processor runs.
        response = render(None, template, {"SITE_NAME": settings.SITE_NAME}, status=status)
    response.headers["Content-Language"] = language
    return response
