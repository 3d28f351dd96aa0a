"""The page cache, which stands before Django in each process.

It holds finished answers of public pages, redirects and pictures in memory, each for the
``Moment`` (``clock``) in which it was made: who asks gets the bytes that Django would make now, for
a twentieth of the work. Only what a view under ``public_page`` or with ``store_file`` has made is
stored, under the address that the view calls canonical, so nobody can fill it with addresses of
their own.

docs/decisions/0012-page-cache.md weighs the figures.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.http import parse_http_date_safe

from immunoportal import ranges
from immunoportal.publication import clock
from immunoportal.publication.public_pages import TERMS, Terms, canonical_query, with_query
from immunoportal.publication.readers import ClockUnreadable, Stamp
from immunoportal.publication.representations import Body, Headers, accepted, status_of

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
# Of a page: whether it was asked for by HTTPS, its path and its canonical query.
Address = tuple[bool, str, str]

# How long pages are handed out while nobody can say whether they are still right: by this cache,
# and by our nginx.
OLDEST = 600  # seconds
WARN_EVERY = 30  # seconds
# For somebody else who is making the same page.
LONGEST_WAIT = 20  # seconds
# What an entry takes beside its bodies.
OVERHEAD = 3_000  # bytes
# A page that takes more than this part of the memory is not stored.
LARGEST_PART = 0.25

# What an answer says of its body, and not of the site.
OF_BODY = {
    "accept-ranges", "cache-control", "content-encoding", "content-language", "content-length",
    "content-type", "etag", "last-modified", "location", "speculation-rules", "vary",
    "x-accel-redirect",
}  # fmt: skip
NOTHING: tuple[bytes, ...] = ()
OK = "200 OK"
CONDITIONS = frozenset(
    {
        "HTTP_IF_MATCH",
        "HTTP_IF_UNMODIFIED_SINCE",
        "HTTP_IF_NONE_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
    }
)
KEPT_BY_304 = {"cache-control", "content-location", "date", "etag", "expires", "vary"}


class Answer(NamedTuple):
    """A finished page or redirect: its headers, body, and the tags of all that is accepted."""

    headers: Headers
    content: tuple[bytes, ...]
    tags: tuple[str, ...]

    def cut(self, part: range) -> tuple[Headers, tuple[bytes, ...]]:
        """Return the headers and the body of the 206 with a part of it."""
        (whole,) = self.content
        headers = [header for header in self.headers if header[0] != "Content-Length"]
        headers.append(("Content-Range", ranges.said(part, len(whole))))
        headers.append(("Content-Length", str(len(part))))
        return headers, (whole[part.start : part.stop],)


class Page:
    """A page, or a redirect that stays, that is ready to be sent.

    Attributes:
        status: "200 OK", or that of a redirect.
        body: its bytes.
        stamp, since, until: the moment in which it is right; the interval in seconds.
        query: the names of the query that its view takes, and what brings each into its one form.
    """

    def __init__(self, status: str, headers: Headers, body: Body, terms: Terms) -> None:
        assert terms.moment is not None
        self.status = status
        self.stamp: Stamp = terms.moment.stamp
        self.since = terms.moment.since.timestamp()
        self.until = terms.moment.until.timestamp()
        self.query = terms.query
        self.body = body
        # How many of its bytes are counted as held.
        self.counted = 0
        named = {name.lower(): value for name, value in headers}
        self.takes_ranges = "accept-ranges" in named
        # It then knows the file's tag, its date and its parts.
        self.is_left_to_nginx = "x-accel-redirect" in named
        self.last_modified = parse_http_date_safe(named.get("last-modified", ""))
        # A redirect is followed whatever somebody has already.
        self.heeds_conditions = status == OK and not self.is_left_to_nginx
        self._headers = [
            (name, value)
            for name, value in headers
            if name.lower() not in {"content-length", "content-encoding", "etag", "vary"}
        ]
        if not terms.is_file:
            self._headers.append(("Vary", "Accept-Encoding"))
        # A 304 repeats them (RFC 9110, section 15.4.5).
        self._of_304 = [header for header in self._headers if header[0].lower() in KEPT_BY_304]
        # By what a request accepts: the finished 200.
        self.answers: dict[tuple[str, ...], Answer] = {}

    def lasts(self, stamp: Stamp, now: float) -> bool:
        """Tell whether this is what Django would answer now."""
        return self.stamp == stamp and self.since <= now < self.until

    def make_answer(self, liked: tuple[str, ...], *, is_new: bool = False) -> Answer | None:
        """Make the 200 for requests that like codings in this order; ``None`` if there is none.

        It is kept among the ``answers``, unless Brotli is still to come.

        Args:
            is_new: whether it has just been made: its reader does not wait for Brotli as well,
                unless nothing else is accepted.
        """
        only = liked == ("br",)
        best = "br" in liked and (only or not is_new) and self.body.make_brotli(waits=only)
        codings = [
            coding for coding in liked if self.body.is_there(coding) or (coding == "br" and best)
        ]
        if not codings:
            return None
        coding = codings[0]
        content = self.body.bytes_in(coding)
        headers = [*self._headers, ("ETag", self.body.tag(coding))]
        if coding != "identity":
            headers.append(("Content-Encoding", coding))
        headers.append(("Content-Length", str(len(content))))
        tags = tuple(self.body.tag(coding) for coding in codings)
        answer = Answer(headers, (content,), tags)
        if "br" not in liked or "br" in codings or not self.body.may_get_brotli:
            self.answers[liked] = answer
        return answer

    def headers_of_site(self) -> Headers:
        """Return the headers that any other answer of the site carries too."""
        return [header for header in self._headers if header[0].lower() not in OF_BODY]

    def headers_of_304(self, tag: str) -> Headers:
        """Return the headers of a 304 about one way to pack it."""
        return [*self._of_304, ("ETag", tag)]


class PageCache:
    """A WSGI application that answers from memory what it can, and asks Django for the rest.

    Args:
        application: Django.
        most_bytes: how much it may hold; the pages that nobody has asked for longest go first.
        https_header: Django's ``SECURE_PROXY_SSL_HEADER``.
        is_behind_nginx: whether our nginx is told for how long to keep a page.
    """

    def __init__(
        self,
        application: Application,
        most_bytes: int,
        *,
        https_header: tuple[str, str] | None = None,
        is_behind_nginx: bool = False,
    ) -> None:
        self.application = application
        self.most_bytes = most_bytes
        self.https_header = https_header
        self.is_behind_nginx = is_behind_nginx
        self._pages: OrderedDict[Address, Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        # Those that are being made, by address.
        self._in_the_making: dict[Address, threading.Event] = {}
        # When the clock was last read, and what it showed.
        self._last_read: tuple[float, Stamp | None] = (0.0, None)
        self._warned_at = float("-inf")

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or environ.get("SCRIPT_NAME")
            or not is_ours(environ.get("HTTP_HOST", ""))
        ):
            return self.application(environ, start_response)
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        address = (is_secure(environ, self.https_header), path, query)
        page = self._pages.get(address)
        if page is not None:
            answer = self._answer_from_memory(address, page, environ, start_response)
            if answer is not None:
                return answer
        elif query and "%00" not in query:
            plain = self._pages.get((address[0], path, ""))
            if plain is not None:
                canonical = canonical_query(query, plain.query)
                if canonical is not None and canonical != query:
                    return redirect(path, canonical, plain, start_response)
        return self._make(address, environ, start_response)

    def _answer_from_memory(
        self, address: Address, page: Page, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes] | None:
        """Answer with a page, if it is still right; ``None`` if it is not."""
        age = None
        # Both before the clock is read: a change may come as soon as it is.
        begun, now = time.monotonic(), time.time()
        try:
            stamp = clock.reader().read().stamp
            self._note(begun, stamp)
        except ClockUnreadable as error:
            self._warn(error)
            read_at, last = self._last_read
            age = begun - read_at
            if last is None or age > OLDEST:
                return None
            stamp = last
        if not page.lasts(stamp, now):
            return None
        # Another thread may have thrown it out meanwhile.
        with suppress(KeyError):
            self._pages.move_to_end(address)
        return self._send(address, page, environ, start_response, now=now, age=age)

    def _note(self, begun: float, stamp: Stamp) -> None:
        """Note what the clock showed to a reading that began at a time."""
        # Another thread may have read it later, and been faster.
        if begun >= self._last_read[0]:
            self._last_read = begun, stamp

    def _warn(self, error: ClockUnreadable) -> None:
        now = time.monotonic()
        if now - self._warned_at >= WARN_EVERY:
            self._warned_at = now
            logger.warning(
                "The database does not answer (%s). Stored pages are handed out for at most %d "
                "minutes; whatever else is asked for is answered by 503.",
                error,
                OLDEST // 60,
            )

    def _send(
        self,
        address: Address,
        page: Page,
        environ: Environ,
        start_response: StartResponse,
        *,
        now: float,
        age: float | None = None,
        is_new: bool = False,
    ) -> Iterable[bytes]:
        """Send a page as the request likes it best: 200, 206, 304, 406, 412 or 416.

        Args:
            now: when it was asked for.
            age: seconds since it was known to be right, if that cannot be asked now.
            is_new: whether it has just been made.
        """
        liked = accepted(environ.get("HTTP_ACCEPT_ENCODING"))
        answer = page.answers.get(liked)
        if answer is None:
            answer = page.make_answer(liked, is_new=is_new)
            self._count(address, page)
            if answer is None:
                return refuse("406 Not Acceptable", page, start_response)
        headers, content, tags = answer
        status = page.status
        if page.heeds_conditions and not CONDITIONS.isdisjoint(environ):
            code, tag = status_of(
                tags,
                page.last_modified,
                if_match=environ.get("HTTP_IF_MATCH"),
                if_unmodified_since=environ.get("HTTP_IF_UNMODIFIED_SINCE"),
                if_none_match=environ.get("HTTP_IF_NONE_MATCH"),
                if_modified_since=environ.get("HTTP_IF_MODIFIED_SINCE"),
            )
            if code == 412:
                return refuse("412 Precondition Failed", page, start_response)
            if code == 304:
                status, headers, content = "304 Not Modified", page.headers_of_304(tag), NOTHING
        if page.takes_ranges and status == OK:
            code, part = ranges.answer(environ, len(content[0]), tags[0])
            if code == 416:
                there_is = ("Content-Range", ranges.said(part, len(content[0])))
                return refuse("416 Range Not Satisfiable", page, start_response, there_is)
            if code == 206:
                status, headers, content = "206 Partial Content", *answer.cut(part)
        if age is not None:
            headers = [*headers, ("Age", str(int(age)))]
        if self.is_behind_nginx:
            kept = kept_by_nginx(page, now) if age is None else "0"
            headers = [*headers, ("X-Accel-Expires", kept)]
        start_response(status, headers)
        return NOTHING if environ["REQUEST_METHOD"] == "HEAD" else content

    def _make(
        self, address: Address, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Have Django answer, once for all who ask for the same page at this time."""
        made = threading.Event()
        with self._lock:
            others = self._in_the_making.setdefault(address, made)
        if others is not made and is_public(address[1]):
            others.wait(LONGEST_WAIT)
            page = self._pages.get(address)
            if page is not None:
                answer = self._answer_from_memory(address, page, environ, start_response)
                if answer is not None:
                    return answer
        try:
            return self._ask_django(address, environ, start_response)
        finally:
            if others is made:
                with self._lock:
                    del self._in_the_making[address]
                made.set()

    def _ask_django(
        self, address: Address, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        terms = environ[TERMS] = Terms()
        headers: Headers = []
        held = ""

        def hold_back(status: str, given: Headers, exc_info: Any = None) -> Any:
            nonlocal held
            if terms.moment is not None and may_be_stored(status, given):
                held = status
                headers.extend(given)
                return None
            terms.moment = None
            return start_response(status, given, exc_info)

        begun, now = time.monotonic(), time.time()
        answer = self.application(environ, hold_back)
        if terms.moment is None:
            return answer
        self._note(begun, terms.moment.stamp)
        try:
            plain = b"".join(answer)
        finally:
            close = getattr(answer, "close", None)
            if close:
                close()
        before = self._pages.get(address)
        # After most changes elsewhere a page is what it was: it need not be packed again.
        is_same = before is not None and before.body.plain == plain
        tag = dict(headers).get("ETag") if terms.is_file else None
        body = before.body if before and is_same else Body(plain, tag=tag)
        page = Page(held, headers, body, terms)
        try:
            return self._send(address, page, environ, start_response, now=now, is_new=True)
        finally:
            self._store(address, page)

    def _store(self, address: Address, page: Page) -> None:
        if page.body.size > self.most_bytes * LARGEST_PART or page.since == page.until:
            return
        with self._lock:
            before = self._pages.pop(address, None)
            if before is not None:
                self._bytes -= before.counted + OVERHEAD
            page.counted = 0
            self._pages[address] = page
            self._bytes += OVERHEAD
        self._count(address, page)

    def _count(self, address: Address, page: Page) -> None:
        """Count how much a page takes, once it is packed in one more way; make room for it."""
        with self._lock:
            if self._pages.get(address) is not page:
                return
            size = page.body.size
            self._bytes += size - page.counted
            page.counted = size
            while self._bytes > self.most_bytes:
                _address, oldest = self._pages.popitem(last=False)
                self._bytes -= oldest.counted + OVERHEAD


def may_be_stored(status: str, headers: Headers) -> bool:
    """Tell whether an answer has come out of all middleware as a page for everybody, or as the
    place to which it has moved."""
    return status.startswith(("200", "301")) and not any(
        name.lower() == "set-cookie" for name, _value in headers
    )


@lru_cache(maxsize=64)
def is_ours(host: str) -> bool:
    """Tell whether a ``Host`` is one of the site's; Django refuses the others."""
    allowed = settings.ALLOWED_HOSTS
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)


def is_secure(environ: Environ, https_header: tuple[str, str] | None) -> bool:
    """Tell whether a page is asked for by HTTPS, as Django tells it."""
    if https_header is not None:
        name, value = https_header
        said = environ.get(name)
        if said is not None:
            return bool(said.split(",", 1)[0].strip() == value)
    return bool(environ["wsgi.url_scheme"] == "https")


def is_public(path: str) -> bool:
    """Tell whether a path is the address of a view under ``public_page``."""
    try:
        path = path.encode("latin-1").decode()
        with translation.override(translation.get_language_from_path(path)):
            return hasattr(resolve(path).func, "is_public_page")
    except (UnicodeError, Resolver404):
        return False


def kept_by_nginx(page: Page, now: float) -> str:
    """Return until when our nginx keeps a page: to the end of the second in which it asked.

    "@" and a second is the last one in which nginx hands it out, unless no host answers: then it
    does so for ten minutes more. Should the page end before that, nginx does not keep it at all.
    """
    second = int(now)
    return "0" if page.until < second + 1 + OLDEST else f"@{second}"


def redirect(path: str, query: str, page: Page, start_response: StartResponse) -> Iterable[bytes]:
    """Send a browser from an address with a query that no view takes to the page itself."""
    headers = [
        *page.headers_of_site(),
        ("Location", with_query(path.encode("latin-1"), query)),
        ("Cache-Control", "no-store"),
        ("Content-Length", "0"),
    ]
    start_response("302 Found", headers)
    return NOTHING


def refuse(
    status: str, page: Page, start_response: StartResponse, *more: tuple[str, str]
) -> Iterable[bytes]:
    """Answer that no representation of a page is what the request asks for."""
    headers = [
        *page.headers_of_site(),
        *more,
        ("Cache-Control", "no-store"),
        ("Vary", "Accept-Encoding"),
        ("Content-Length", "0"),
    ]
    start_response(status, headers)
    return NOTHING
