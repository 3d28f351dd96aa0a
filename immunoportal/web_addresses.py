"""URLs of other sites, as people type them. Pure: takes text, returns text."""

import re
from ipaddress import IPv4Address
from urllib.parse import urlsplit, urlunsplit

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d)", re.IGNORECASE)
_HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]|(?:\d{1,3}\.){3}\d{1,3}")
# What no web address holds: quotes and white space, which paths write as "%22", and characters
# that turn the direction of what follows.
_FORBIDDEN = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\"'“”‘’«»<>\\^`{|}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


def web_address(typed: str) -> str:
    """Return the whole web address that somebody means: "www.example.org" is "https://…".

    Raises:
        ValueError: it is no address of a page on the web, has another scheme than http and
            https, or holds a user's name or a password.
    """
    text = typed.strip()
    if _FORBIDDEN.search(text):
        raise ValueError("It holds characters that no web address holds.")
    scheme = _SCHEME.match(text)
    if scheme is None:
        text = f"https://{text.removeprefix('//')}"
    elif scheme[1].lower() not in ("http", "https") or text[scheme.end() :][:2] != "//":
        raise ValueError("Its scheme is not http or https.")
    parts = urlsplit(text)
    if "@" in parts.netloc:
        raise ValueError("It holds a user's name.")
    if not _HOST.fullmatch(parts.hostname or ""):
        raise ValueError("It names no host.")
    if re.fullmatch(r"[\d.]+", parts.hostname or ""):
        IPv4Address(parts.hostname)  # no part of it may be larger than 255
    port = f":{parts.port}" if parts.port is not None else ""
    return urlunsplit(parts._replace(netloc=f"{parts.hostname}{port}"))
