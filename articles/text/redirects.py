"""Addresses of the old site, whatever form a link to them has. Pure: takes text, returns text."""

import re
import unicodedata
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode, urlsplit

from django.utils.encoding import repercent_broken_unicode

# No longer one is known, or looked for.
LONGEST = 500  # characters
MOST_NAMES = 50  # behind the question mark

# What says something of the visit, and not of the page.
_OF_THE_VISIT = re.compile(r"utm_.*|fbclid|gclid|msclkid|mc_[ce]id|phpsessid")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# No browser sends them as they are.
_FORBIDDEN = re.compile(r"[\s\x00-\x1f\x7f\\<>\"\ud800-\udfff]")
# A path, or the name of a site; one with a scheme, as a browser shows it, or without.
_BEGINS = re.compile(r"/|[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HOST = re.compile(r"[^/?#]+\.[^/?#]+/")


class NoAddress(ValueError):
    """Something is no address of a site."""


def typed_address(typed: str) -> str:
    """Return the path and the query of an address, as somebody has typed or copied it.

    The name of the old site, and what follows "#", are left out.

    Raises:
        NoAddress: it is none, is that of a whole site, or is too long.
    """
    text = typed.strip().replace(" ", "%20")
    if not _BEGINS.match(text):
        text = f"//{text}" if _HOST.match(text) else f"/{text}"
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise NoAddress(typed) from error
    address = f"{parts.path}?{parts.query}" if parts.query else parts.path
    is_of_web = parts.scheme in ("", "http", "https") and parts.path.startswith("/")
    is_a_page = is_of_web and parts.path.strip("/")
    if not is_a_page or _FORBIDDEN.search(text) or len(address) > LONGEST:
        raise NoAddress(typed)
    if not key_of(address):
        raise NoAddress(typed)
    return address


def key_of(address: str) -> str:
    """Return the one form of an address, under which it is stored; empty if it has none."""
    path, _mark, query = address.partition("?")
    decoded = repercent_broken_unicode(unquote_to_bytes(path)).decode()
    return next(iter(keys_of(decoded, query)), "")


def keys_of(path: str, query: str) -> list[str]:
    """Return the forms under which an address may be stored, the best first.

    With all that its query says of the page, and then the path alone: a page that was stored
    without a query is meant whatever else is said.

    Args:
        path: decoded.
        query: encoded, without "?".
    """
    folded = re.sub("/{2,}", "/", _folded(path)).rstrip("/")
    try:
        said = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_NAMES)
    except ValueError:
        said = []
    pairs = sorted((_folded(name), _folded(value)) for name, value in said)
    pairs = [pair for pair in pairs if not _OF_THE_VISIT.fullmatch(pair[0])]
    keys = [f"{folded}?{urlencode(pairs)}"] if pairs else []
    return [key for key in [*keys, folded] if 0 < len(key) <= LONGEST and not _CONTROL.search(key)]


def _folded(text: str) -> str:
    # Longer ones are no address, and normalizing takes time by the square of a length.
    return unicodedata.normalize("NFC", text).lower() if len(text) <= LONGEST else text
