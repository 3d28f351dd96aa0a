"""Site-wide middleware."""

from collections.abc import Callable, Set
from wsgiref.headers import Headers

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import get_conditional_response, set_response_etag
from django.utils.http import parse_http_date_safe
from whitenoise.middleware import WhiteNoiseMiddleware

from immunoportal.publication.public_pages import TERMS

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# What the site never needs, and what embedded code must therefore not get.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media",
        "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment",
        "picture-in-picture", "usb", "browsing-topics",
    )
)  # fmt: skip


# Which links a browser may fetch before they are followed: those to public pages.
SPECULATION_RULES = "immunoportal/prefetch.speculationrules"

# Files that no browser shows as a page that could do something.
INERT = ("text/css", "text/javascript", "font/", "image/", "application/speculationrules+json")
ACTIVE = "image/svg+xml"
POLICIES_OF_PAGES = (
    "Content-Security-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy",
    "Referrer-Policy", "X-Frame-Options",
)  # fmt: skip


class FilesMiddleware(WhiteNoiseMiddleware):
    """Serves the static files, and has no file carry what only says something to pages.

    The policies of a page weigh more than some style sheets.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = super().__call__(request)
        if is_inert(response.headers.get("Content-Type", "")):
            for name in POLICIES_OF_PAGES:
                del response.headers[name]
        return response

    def add_mime_headers(self, headers: Headers, path: str, url: str) -> None:
        """Add the headers that a static file needs."""
        super().add_mime_headers(headers, path, url)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if not is_inert(headers["Content-Type"] or ""):
            headers["Content-Security-Policy"] = (
                "default-src 'none'; style-src 'unsafe-inline'; sandbox"
            )
        if settings.SECURE_HSTS_SECONDS:
            headers["Strict-Transport-Security"] = (
                f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
            )


def is_inert(content_type: str) -> bool:
    """Tell whether a file could not act as a page when its address is opened."""
    return content_type.startswith(INERT) and not content_type.startswith(ACTIVE)


class UnpaddedGZipMiddleware(GZipMiddleware):
    """Compresses the same page to the same bytes, for GET and HEAD alike.

    Django's own adds random bytes that hide how long a secret in the page is (BREACH).
    """

    max_random_bytes = 0


class RepresentationMiddleware(GZipMiddleware):
    """Names a page by its ``ETag``, compresses it, and answers 304 to whoever has it already.

    In this order, for the ``ETag`` names the page, not one way to pack it, and 304 repeats the
    headers of the answer that it stands for (RFC 9110, 15.4.5). HEAD gets the headers of GET: our
    views make the whole page for it, and the server holds the body back.
    """

    def __init__(self, get_response: GetResponse):
        super().__init__(get_response)
        self.unpadded = UnpaddedGZipMiddleware(get_response)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        terms = request.META.get(TERMS)
        if terms is not None and terms.moment is not None:
            # The page cache does the same, once for all who ask.
            return response
        if request.method not in ("GET", "HEAD"):
            return self.compressed(request, response)
        if self.should_name(response):
            set_response_etag(response)
        response = self.compressed(request, response)
        etag, last_modified = response.get("ETag"), response.get("Last-Modified")
        if not etag and not last_modified:
            return response
        answer = get_conditional_response(
            request,
            etag=etag,
            last_modified=parse_http_date_safe(last_modified) if last_modified else None,
            response=response,  # type: ignore[arg-type]  # it takes any kind
        )
        return answer or response

    def compressed(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress an answer unless it is a file of a library, which is sent as it is, in parts if
        parts are asked for."""
        if "Accept-Ranges" in response or response.headers.get("Content-Type", "").startswith(
            "image/"
        ):
            return response
        if is_public(response):
            return self.unpadded.process_response(request, response)
        return super().process_response(request, response)

    def should_name(self, response: HttpResponseBase) -> bool:
        """Tell whether this answer may be kept and has no ``ETag`` yet."""
        directives = split_header_value(response.get("Cache-Control", "").lower())
        return "ETag" not in response and "no-store" not in directives


class WithoutNulMiddleware:
    """Answers 400 to a query string or a cookie with a NUL.

    No browser sends one that we have not sent it, and PostgreSQL refuses to store it.
    """

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self.should_refuse(request):
            raise SuspiciousOperation("The query string or a cookie has a NUL.")
        return self.get_response(request)

    def should_refuse(self, request: HttpRequest) -> bool:
        """Tell whether the query string or a cookie has a NUL, plain or encoded."""
        query = request.META.get("QUERY_STRING", "")
        return (
            "%00" in query
            or "\0" in query
            or any("\0" in value for value in request.COOKIES.values())
        )


class SecurityHeadersMiddleware:
    """Adds the security headers that Django has no setting for."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not getattr(response, "xframe_options_exempt", False):
            # Django's middleware for it stands too far inside to see redirects, 304 and 400.
            response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        if self.should_forbid_keeping(response):
            response.headers["Cache-Control"] = "no-store"
        if "immutable" in response.headers.get("Cache-Control", ""):
            # A file is the same in every language.
            response.headers.pop("Content-Language", None)
            remove_from_vary(response, {"accept-language", "cookie"})
        if is_public(response):
            # Django answers a malformed cookie with a new one, whatever the page.
            response.cookies.clear()
            remove_from_vary(response, {"cookie"})
        if self.should_lead_on(response):
            response.headers["Speculation-Rules"] = (
                f'"{staticfiles_storage.url(SPECULATION_RULES)}"'
            )
        return response

    def should_forbid_keeping(self, response: HttpResponseBase) -> bool:
        """Tell whether nothing has said how long this answer may be kept."""
        return "Cache-Control" not in response.headers

    def should_lead_on(self, response: HttpResponseBase) -> bool:
        """Tell whether this is a public page, whose links a browser may follow in advance."""
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        return is_page and response.status_code == 200 and is_public(response)


def is_public(response: HttpResponseBase) -> bool:
    """Tell whether any cache may hold this answer: then it has no secret and gets no cookie."""
    return "public" in split_header_value(response.headers.get("Cache-Control", ""))


def remove_from_vary(response: HttpResponseBase, unwanted: Set[str]) -> None:
    """Take names, in lower case, out of an answer's ``Vary``."""
    names = split_header_value(response.headers.get("Vary", ""))
    names = [name for name in names if name.lower() not in {"", *unwanted}]
    response.headers["Vary"] = ", ".join(names)
    if not names:
        del response.headers["Vary"]


def split_header_value(value: str) -> list[str]:
    """Return the parts of a header that is a list."""
    return [part.strip() for part in value.split(",")]
