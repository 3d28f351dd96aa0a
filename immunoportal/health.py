"""How the parts of the portal are: each is ``ok``, or says what is wrong with it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation

from immunoportal import claims, unavailable
from immunoportal.mail import report

EVERY = 5  # seconds; between two tries of a process to write
PATIENCE = 1_000  # milliseconds

_lock = threading.Lock()
_last: tuple[float, str] | None = None


def parts() -> dict[str, str]:
    """Return the condition of each part, by its name.

    Without its database the portal can serve nobody. What only waits, or fails for some, is told
    as well, but no other host would be better off with it.
    """
    database = _database()
    if database != "ok":
        return {"database": database}
    return {"database": database, "cache": _cache(), "mail": _mail(), "worker": _worker()}


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error as error:
        return f"not reachable ({type(error).__name__})"
    return "migrations are missing: run manage.py migrate" if waiting else "ok"


def _mail() -> str:
    found = report.condition()
    return "; ".join(f"{count} {what}" for what, count in found.items() if count) or "ok"


def _worker() -> str:
    """Tell whether mails go out and renditions are made."""
    silence = claims.silence()
    if silence is None:
        return "no worker is running"
    if silence > claims.DEAD_AFTER:
        return f"no worker has been seen for {silence.total_seconds():.0f} s"
    return "ok"


def _cache() -> str:
    """Tell whether the cache, a table of the database, takes what is written, and whether the
    Redis before it is there, if it has one.

    Where it does not, nobody can log in, for failures cannot be counted. Tried once in five
    seconds, for one second.
    """
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
    condition = getattr(cache, "condition", None)
    return condition() if condition else "ok"


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
