"""Faults of a database, as real as they can be had in a test."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection

SOON = 20  # milliseconds, after which a lock is given up


@contextmanager
def locked() -> Iterator[None]:
    """Somebody else is writing to everything, and does not end."""
    other: Any
    if connection.vendor == "sqlite":
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        patience, impatience = "PRAGMA busy_timeout = 20000", f"PRAGMA busy_timeout = {SOON}"
    else:
        other = connection.copy()
        other.set_autocommit(False)
        with other.cursor() as cursor:
            for table in connection.introspection.table_names():
                cursor.execute(f'LOCK TABLE "{table}" IN EXCLUSIVE MODE')
        patience, impatience = "SET lock_timeout = 0", f"SET lock_timeout = {SOON}"
    execute(impatience)
    try:
        yield
    finally:
        other.rollback()
        other.close()
        execute(patience)


@contextmanager
def full():
    """SQLite may not take another page of the disk."""
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite can be told how large it may become")
    execute("VACUUM")  # leaves no page to be used again
    execute(f"PRAGMA max_page_count = {execute('PRAGMA page_count')}")
    try:
        yield
    finally:
        execute("PRAGMA max_page_count = 4294967294")


@contextmanager
def unwritable():
    """The system refuses every write to a file, that of the database included."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL writes in a process of its own")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def away():
    """The database does not answer, not even to whoever wants to read."""

    def refuse(*_query):
        raise OperationalError("connection to server lost, password=hunter2")

    with connection.execute_wrapper(refuse):
        yield


def execute(statement: str):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone() if cursor.description else None
    return row and row[0]
