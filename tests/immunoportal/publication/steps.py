"""Asking a WSGI application as a server does."""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime

from immunoportal.publication.clock import BEGINNING, NEVER, Moment
from immunoportal.publication.public_pages import TERMS
from immunoportal.publication.readers import ClockUnreadable, Reading, Stamp

HOST = "127.0.0.1:8000"
PATH = "/it/articoli/"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def __getitem__(self, name: str) -> str:
        return self.headers[name.lower()]


def ask(application, path=PATH, query="", *, method="GET", **headers) -> Answer:
    """Send a request; ``if_none_match="x"`` is the header "If-None-Match"."""
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": HOST,
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    } | {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    given: list[Answer] = []

    def start_response(status, headers, exc_info=None):
        named = {name.lower(): value for name, value in headers}
        assert len(named) == len(headers), headers
        given.append(Answer(int(status[:3]), named, b""))

    content = application(environ, start_response)
    given[0].body = b"".join(content)
    if hasattr(content, "close"):
        content.close()
    return given[0]


class Clock:
    """A reader of the clock that shows what it is told to."""

    lease = 0.0

    def __init__(self):
        self.version = 1
        self.is_away = False

    def close(self):
        pass

    def read(self):
        if self.is_away:
            raise ClockUnreadable("away")
        return Reading(Stamp((0, 0), self.version, 1), BEGINNING)


@dataclass
class Site:
    """Stands for Django: makes one page in versions, and counts how often it is asked."""

    clock: Clock
    text: bytes = b"<p>" + b"Immunoterapia " * 100 + b"</p>"
    status: str = "200 OK"
    since: datetime = BEGINNING
    until: datetime = NEVER
    query: dict = field(default_factory=dict)
    extra: list = field(default_factory=list)
    is_public: bool = True
    asked: int = 0

    def __call__(self, environ, start_response):
        self.asked += 1
        if self.is_public:
            stamp = self.clock.read().stamp
            moment = Moment(stamp, datetime(2025, 11, 24, tzinfo=UTC), self.since, self.until)
            environ[TERMS].moment = moment
            environ[TERMS].query = self.query
        start_response(
            self.status,
            [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Cache-Control", "public, no-cache"),
                ("Last-Modified", "Mon, 24 Nov 2025 00:00:00 GMT"),
                ("X-Frame-Options", "DENY"),
                ("Content-Length", str(len(self.text))),
                *self.extra,
            ],
        )
        return [self.text]
