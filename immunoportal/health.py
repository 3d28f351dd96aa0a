"""Try whether the cache, a table of the database, takes what is written."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import translation

from immunoportal import unavailable

EVERY = 5  # seconds; between two tries of a process
PATIENCE = 1_000  # milliseconds

_lock = threading.Lock()
_last: tuple[float, str] | None = None


def condition() -> str:
    """Return ``ok``, or what is wrong. Tries once in five seconds, and gives up after one."""
    global _last
    with _lock:
        if _last is None or time.monotonic() - _last[0] >= EVERY:
            _last = (time.monotonic(), _try_to_write())
        return _last[1]


def _try_to_write() -> str:
    try:
        with _little_patience():
            cache.set("readyz", "", timeout=60)
    except Exception as error:  # noqa: BLE001  each kind of cache fails in its own way
        reason = unavailable.reason_for(error)
        if reason is None:
            return f"not reachable ({type(error).__name__})"
        with translation.override(None):  # for operators, as all that /readyz says
            return f"not writable: {reason}"
    return "ok"


@contextmanager
def _little_patience() -> Iterator[None]:
    """Have the database give up what it waits for after a second."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            (before,) = cursor.execute("PRAGMA busy_timeout").fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
            try:
                yield
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {before}")
        else:
            with transaction.atomic():
                cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE}")
                yield
