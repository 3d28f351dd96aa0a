"""Pages of the site as a whole: the choice of a language, errors, and health."""

import sys
from typing import Any

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, reverse
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers

from immunoportal import health, languages, navigation, registry, unavailable
from immunoportal.publication import clock
from immunoportal.publication.public_pages import safe_page, show


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
    """Let crawlers read everything that is public."""
    lines = ["User-agent: *", f"Disallow: {reverse('admin:index')}", ""]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
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
