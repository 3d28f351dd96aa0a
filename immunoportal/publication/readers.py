"""Reads the publication clock without Django, on connections of its own.

Every request asks, those too whose answer is stored, so this is made to cost next to nothing: 4 µs
of processor on SQLite, where Django's cursor takes 19 and the ORM 229. On PostgreSQL the shortest
way costs 40 µs and as much in the server, so there a reading holds for ``LEASE`` seconds.
"""

import os
import sqlite3
import threading
import time
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from immunoportal.sqlite.base import Place, place_of

STATEMENT = "SELECT version, mark, changed_at FROM immunoportal_publicationclock WHERE id = 1"

LEASE = 0.25  # seconds
# In WAL mode readers are not kept waiting, but for the moments of a recovery.
SQLITE_PATIENCE = 0.05  # seconds
POSTGRESQL_PATIENCE = 2  # seconds
# Of a WAL index.
HEADER = 48  # bytes


class ClockUnreadable(OperationalError):
    """The database does not say what time it is on the publication clock."""


class Stamp(NamedTuple):
    """Names one state of what is public; two states never share one.

    Attributes:
        place: of the database: a file that another has taken the place of was another one.
        version: counts the changes.
        mark: a random number, drawn anew at each change: a database that is put back from a
            backup uses its versions again.
    """

    place: Place
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

    def close(self) -> None:
        """Close the connection; the next reading opens one anew."""


class SQLiteReader:
    """Reads the clock each time, or makes sure each time that nothing has been written since.

    What a database in WAL mode has committed last is told by the first bytes of its WAL index, the
    file that ends in "-shm" (https://sqlite.org/walformat.html, section 2). While they are the
    same, so is the clock; when they differ, or cannot be had, it is read.
    """

    lease = 0.0

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._place = (0, 0)
        self._index: int | None = None
        # The place, the index, its header, and what the clock showed with them.
        self._known: tuple[Place, int, bytes, Reading] | None = None

    def read(self) -> Reading:
        try:
            place = place_of(self._path)
            known = self._known
            if (
                known is not None
                and known[0] == place
                and os.pread(known[1], HEADER, 0) == known[2]
            ):
                return known[3]
        except OSError as error:
            raise ClockUnreadable(str(error)) from error
        with self._lock:
            try:
                return self._ask(place)
            except (OSError, sqlite3.Error) as error:
                # Before another thread asks: what it knew with no connection might never change.
                self.close()
                raise ClockUnreadable(str(error)) from error

    def _ask(self, place: Place) -> Reading:
        if self._connection is None or place != self._place:
            self.close()
            self._open(place)
        assert self._connection is not None
        # Before the clock is read: what is written between makes the next reader ask again.
        header = os.pread(self._index, HEADER, 0) if self._index is not None else b""
        # To the end, or the connection would go on seeing the database as it is now.
        reading = _reading(self._connection.execute(STATEMENT).fetchall(), place)
        if self._index is not None and len(header) == HEADER:
            self._known = place, self._index, header, reading
        return reading

    def _open(self, place: Place) -> None:
        self._connection = sqlite3.connect(
            f"file:{quote(self._path)}?mode=rw",
            uri=True,
            timeout=SQLITE_PATIENCE,
            isolation_level=None,
            check_same_thread=False,
        )
        self._place = place
        # The first one to read makes the index.
        self._connection.execute(STATEMENT).fetchall()
        (mode,) = self._connection.execute("PRAGMA journal_mode").fetchone()
        if mode == "wal":
            # Beside the file itself, should the path be a link to it.
            self._index = _opened(f"{os.path.realpath(self._path)}-shm")

    def close(self) -> None:
        self._known = self._index = None
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


# The files of WAL indexes that this process has opened, by their places. They stay open to its
# end: to close one would drop the locks that SQLite holds on it (fcntl(2), "record locks").
_indexes: dict[Place, int] = {}


def _opened(path: str) -> int:
    """Return the number of an open file."""
    place = place_of(path)
    if place not in _indexes:
        _indexes[place] = os.open(path, os.O_RDONLY)
    return _indexes[place]


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
        self._last: Reading | None = None
        self._error: Exception | None = None
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
        if last is None:
            raise ClockUnreadable(str(self._error)) from self._error
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
                self.close()
                begun = time.monotonic()
                rows = self._ask()
            self._last = _reading(rows, (0, 0))
        except (psycopg.Error, ClockUnreadable) as error:
            self.close()
            self._last, self._error = None, error
            begun = time.monotonic()
        self._ends = begun + LEASE

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

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


def _reading(rows: list[Any], place: Place) -> Reading:
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
