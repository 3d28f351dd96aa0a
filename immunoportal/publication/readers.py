"""Reads the publication clock without Django, on connections of its own.

Every request asks, those too whose answer is stored, so this is made to cost next to nothing:
4 µs of processor on SQLite, where Django's cursor takes 19 and the ORM 229. On PostgreSQL even
that way costs 40 µs and as much in the server, so there a reading holds for ``LEASE`` seconds.
"""

import os
import sqlite3
import threading
import time
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from django.db import DEFAULT_DB_ALIAS, connections

STATEMENT = "SELECT version, mark, changed_at FROM immunoportal_publicationclock WHERE id = 1"

LEASE = 0.25  # seconds
# In WAL mode readers are not kept waiting, but for the moments of a recovery.
SQLITE_PATIENCE = 0.05  # seconds
POSTGRESQL_PATIENCE = 2  # seconds


class ClockUnreadable(Exception):
    """The database does not say what time it is on the publication clock."""


class Stamp(NamedTuple):
    """Names one state of what is public; two states never share one.

    Attributes:
        place: of the database: a file that another has taken the place of was another one.
        version: counts the changes.
        mark: a random number, drawn anew at each change: a database that is put back from a
            backup uses its versions again.
    """

    place: tuple[int, int]
    version: int
    mark: int


class Reading(NamedTuple):
    """What the clock showed: its stamp, and when it was last advanced as the database has it."""

    stamp: Stamp
    changed_at: Any


class Reader(Protocol):
    """Reads the clock.

    Attributes:
        lease: for how many seconds a reading may be out of date.
    """

    lease: float

    def read(self) -> Reading:
        """Return what the clock shows.

        Raises:
            ClockUnreadable: it cannot be read.
        """


class _Connection:
    """A connection to the SQLite file that stands at a path now; closed with its thread."""

    def __init__(self, path: str) -> None:
        self.place = place_of(path)
        self.raw = sqlite3.connect(
            f"file:{quote(path)}?mode=rw",
            uri=True,
            timeout=SQLITE_PATIENCE,
            isolation_level=None,
            check_same_thread=False,
        )

    def __del__(self) -> None:
        if hasattr(self, "raw"):
            self.raw.close()


def place_of(path: str) -> tuple[int, int]:
    """Return what tells a file from another one that takes its place."""
    found = os.stat(path)  # noqa: PTH116  a third of the time that a Path takes
    return found.st_dev, found.st_ino


class SQLiteReader:
    """Reads the clock each time, each thread on a connection of its own."""

    lease = 0.0

    def __init__(self, path: str) -> None:
        self._path = path
        self._of_thread = threading.local()

    def read(self) -> Reading:
        try:
            connection = getattr(self._of_thread, "connection", None)
            if connection is None or place_of(self._path) != connection.place:
                connection = self._of_thread.connection = _Connection(self._path)
            # To the end, or the connection would go on seeing the database as it is now.
            rows = connection.raw.execute(STATEMENT).fetchall()
        except (OSError, sqlite3.Error) as error:
            self._of_thread.connection = None
            raise ClockUnreadable(str(error)) from error
        return _reading(rows, connection.place)


class PostgreSQLReader:
    """Reads the clock at most once a ``LEASE``, on one connection for the whole process.

    A database that does not answer is asked again no sooner, so that nobody queues up for it.
    """

    lease = LEASE

    def __init__(self, parameters: dict[str, Any]) -> None:
        known = {"host", "hostaddr", "port", "dbname", "user", "password", "service", "options"}
        self._parameters = {
            name: value
            for name, value in parameters.items()
            if name in known or name.startswith(("ssl", "pass"))
        }
        self._lock = threading.Lock()
        self._connection: Any = None
        self._last: Reading | ClockUnreadable = ClockUnreadable("not read yet")
        self._ends = 0.0

    def read(self) -> Reading:
        if time.monotonic() >= self._ends:
            if not self._lock.acquire(timeout=POSTGRESQL_PATIENCE):
                raise ClockUnreadable("the database does not answer")
            try:
                if time.monotonic() >= self._ends:
                    self._renew()
            finally:
                self._lock.release()
        last = self._last
        if isinstance(last, ClockUnreadable):
            raise last
        return last

    def _renew(self) -> None:
        import psycopg

        # From before the question: what is committed after it is seen when the lease ends.
        begun = time.monotonic()
        try:
            try:
                rows = self._ask()
            except psycopg.OperationalError:
                # A server that was started anew has closed the connection.
                self._connection = None
                begun = time.monotonic()
                rows = self._ask()
            self._last = _reading(rows, (0, 0))
        except (psycopg.Error, ClockUnreadable) as error:
            self._connection = None
            self._last = ClockUnreadable(str(error))
            begun = time.monotonic()
        self._ends = begun + LEASE

    def _ask(self) -> list[Any]:
        import psycopg

        if self._connection is None:
            self._connection = psycopg.connect(
                **self._parameters,
                autocommit=True,
                connect_timeout=POSTGRESQL_PATIENCE,
                tcp_user_timeout=POSTGRESQL_PATIENCE * 1000,
            )
        return list(self._connection.execute(STATEMENT).fetchall())


def _reading(rows: list[Any], place: tuple[int, int]) -> Reading:
    if not rows:
        raise ClockUnreadable("the clock has no row")
    version, mark, changed_at = rows[0]
    return Reading(Stamp(place, version, mark), changed_at)


def make_reader() -> Reader:
    """Return a reader for the portal's database."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite":
        return SQLiteReader(str(connection.settings_dict["NAME"]))
    return PostgreSQLReader(connection.get_connection_params())
