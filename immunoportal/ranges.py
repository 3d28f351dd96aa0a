"""Range requests: the part of a file that is asked for (RFC 9110, section 14)."""

import re
from collections.abc import Mapping

SINGLE = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))", re.IGNORECASE)

Answer = tuple[int, range]


def answer(environ: Mapping[str, str], size: int, etag: str) -> Answer:
    """Return how to answer a request for a file that exists.

    What is not understood, several parts at once, and a part of another file than this one
    (``If-Range``) are answered by the whole file, as the RFC lets a server do; and so is whoever
    may have the whole already (``If-None-Match``), for that comes first.

    Args:
        environ: of the request, by WSGI's names.
        size: of the file, in bytes.
        etag: of the file, strong; empty if it has none.

    Returns:
        The status (200, 206 or 416), and which bytes to send.
    """
    whole = 200, range(size)
    match = SINGLE.fullmatch(environ.get("HTTP_RANGE", "").strip())
    if match is None or environ["REQUEST_METHOD"] != "GET" or "HTTP_IF_NONE_MATCH" in environ:
        return whole
    if environ.get("HTTP_IF_RANGE", etag) != etag:
        return whole
    first, last, length = match.groups()
    if length is not None:
        part = range(max(0, size - int(length)), size)
    elif last and int(last) < int(first):
        return whole
    else:
        part = range(int(first), min(int(last), size - 1) + 1 if last else size)
    return (206, part) if part else (416, part)


def said(part: range, size: int) -> str:
    """Return the ``Content-Range`` of a 206, or of a 416 where the part is empty."""
    where = f"{part.start}-{part.stop - 1}" if part else "*"
    return f"bytes {where}/{size}"
