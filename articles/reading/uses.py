"""Counts how often old addresses are used, and costs the reader who uses one next to nothing.

The counts are kept in memory and written by a thread of their own some seconds after the first, all
at once: however many requests come, the database is written to a few times a minute. A database
that cannot be written to costs no reader a page; the counts wait for it. What has not been written
when a process is killed is lost.
"""

import logging
import threading
from datetime import datetime

from django.db import Error, close_old_connections, connection
from django.utils import timezone

from articles.models import OldAddress

logger = logging.getLogger(__name__)

WRITTEN_AFTER = 10  # seconds

_lock = threading.Lock()
# By the row's number: how many uses there were, and when the last one was.
_noted: dict[int, tuple[int, datetime]] = {}
_writer: threading.Timer | None = None


def note(row: int) -> None:
    """Note that the address of a row was used."""
    global _writer
    with _lock:
        _add(row, 1, timezone.now())
        if _writer is None:
            _writer = threading.Timer(WRITTEN_AFTER, _write_in_thread)
            _writer.daemon = True
            _writer.start()


def _add(row: int, count: int, last: datetime) -> None:
    before, latest = _noted.get(row, (0, last))
    _noted[row] = before + count, max(last, latest)


def write() -> None:
    """Write down what has been noted; what cannot be written is kept for the next time."""
    global _writer
    with _lock:
        _writer = None
        uses = dict(_noted)
        _noted.clear()
    try:
        OldAddress.objects.count_uses(uses)
    except Error as error:
        logger.warning("The uses of old addresses could not be written, and wait: %s", error)
        with _lock:
            for row, (count, last) in uses.items():
                _add(row, count, last)


def _write_in_thread() -> None:
    close_old_connections()
    try:
        write()
    finally:
        connection.close()
