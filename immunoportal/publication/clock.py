"""The publication clock: when anything public last changed.

Every public change advances it: an edition that goes live or is withdrawn, a topic, the
publisher's data, a rendition that has become ready. A scheduled edition changes the site
by the mere passing of time: that is why a ``Moment`` of the site also ends by time.
"""

import os
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils import timezone

from immunoportal import registry
from immunoportal.publication import readers
from immunoportal.publication.models import PublicationClock
from immunoportal.publication.readers import Reader, Stamp
from immunoportal.sqlite import base as sqlite

Value = TypeVar("Value")

# How many values a moment keeps; past that it begins anew.
MOST_REMEMBERED = 5_000
BEGINNING = datetime.fromtimestamp(0, UTC)
NEVER = datetime.max.replace(tzinfo=UTC)


class Moment:
    """A time during which nothing public changes, and what is remembered for as long.

    Attributes:
        stamp: of the clock.
        changed_at: when what is public last changed, by an act or by the passing of time.
        since, until: the interval ``[since, until)`` of the wall clock in which it may last: it
            begins and ends when any edition or notice begins or ends.
    """

    def __init__(
        self, stamp: Stamp, changed_at: datetime, since: datetime, until: datetime
    ) -> None:
        self.stamp = stamp
        self.changed_at = max(changed_at, since)
        self.since = since
        self.until = until
        self._remembered: dict[Hashable, Any] = {}

    def lasts(self, stamp: Stamp, now: datetime) -> bool:
        """Tell whether it is still this moment."""
        return self.stamp == stamp and self.since <= now < self.until

    def remember(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made once in this moment.

        Args:
            key: names the value and all that it depends on beside what is public, such as the
                language; no key may come from what a stranger sends.
            make: makes it, from what the database says.
        """
        try:
            value: Value = self._remembered[key]
        except KeyError:
            value = make()
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = value
        return value


_reader: Reader | None = None
_latest: Moment | None = None
_of_parent: list[Reader | None] = []
# The moment in which the page is made that is being made now.
_of_page: ContextVar[Moment | None] = ContextVar("moment_of_page", default=None)


def forget() -> None:
    """Close the connection, and let go of all that is remembered."""
    global _reader, _latest
    if _reader is not None:
        _reader.close()
    _reader = _latest = None


def _begin() -> None:
    """Begin as a new process: its parent's connection is not its own, not even to close."""
    global _reader, _latest
    _of_parent.append(_reader)
    _reader = _latest = None


os.register_at_fork(after_in_child=_begin)


def advance() -> None:
    """Count one public change; call it in the transaction that makes the change."""
    PublicationClock.advance()


def take_turn() -> None:
    """Wait for those who are changing something public, and have all others wait for this
    transaction: between a look and a change nobody else comes."""
    PublicationClock.take_turn()


def reader() -> Reader:
    """Return this process's reader of the clock."""
    global _reader
    if _reader is None:
        _reader = readers.make_reader()
    return _reader


def moment() -> Moment:
    """Return the moment that it is now: the same one for as long as nothing public changes.

    In a transaction, which may see what nobody else does, it is one of its own.

    Raises:
        ClockUnreadable, Error: the database does not answer.
    """
    global _latest
    made_in = _of_page.get()
    if made_in is not None:
        return made_in
    now = timezone.now()
    if connection.in_atomic_block:
        return _moment_of_transaction()
    stamp, changed_at = reader().read()
    # What is read from now on is read from the file whose clock this was.
    database = connections[DEFAULT_DB_ALIAS]
    if isinstance(database, sqlite.DatabaseWrapper):
        database.leave_replaced_file()
    latest = _latest
    if latest is None or not latest.lasts(stamp, now):
        since, until = registry.boundaries(now)
        latest = _latest = Moment(
            stamp, _as_datetime(changed_at), since or BEGINNING, until or NEVER
        )
    return latest


def remember(key: Hashable, make: Callable[[], Value]) -> Value:
    """Return what ``make`` gives, remembered for the present moment; see ``Moment.remember``.

    In a transaction it is made each time.
    """
    if connection.in_atomic_block:
        return make()
    return moment().remember(key, make)


def recall(key: Hashable) -> Any:
    """Return what this process remembers under a key, without asking the database whether anything
    has changed since; ``None`` if it remembers nothing, or the moment is over.

    For pages that are shown when the database does not answer.
    """
    latest, now = _latest, timezone.now()
    if latest is None or not latest.since <= now < latest.until:
        return None
    return latest._remembered.get(key)


@contextmanager
def held(moment: Moment) -> Iterator[None]:
    """Have it be one moment all through the making of a page."""
    token = _of_page.set(moment)
    try:
        yield
    finally:
        _of_page.reset(token)


def _moment_of_transaction() -> Moment:
    with connection.cursor() as cursor:
        cursor.execute(readers.STATEMENT)
        row = cursor.fetchone()
    version, mark, changed_at = row or (0, 0, BEGINNING)
    return Moment(Stamp((0, 0), version, mark), _as_datetime(changed_at), BEGINNING, BEGINNING)


def _as_datetime(stored: Any) -> datetime:
    """Return a moment as a ``datetime``, however the database's library gives it."""
    made = stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)
    # On SQLite it is stored without a time zone, in UTC.
    return made if made.tzinfo else made.replace(tzinfo=UTC)
