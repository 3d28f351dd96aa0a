"""The database before the first test, and between two tests that commit: the rows of the
migrations, and no others.

Django empties every table instead, and makes all permissions anew: that costs more than most
tests do, and takes away what the migrations have put in.
"""

import hashlib
import os
import shutil
import sqlite3
from pathlib import Path

import django
from django.apps import apps
from django.db import connection

from immunoportal import guards

Rows = dict[str, list[tuple]]


def migrated(folder: Path) -> Path:
    """Where a database of SQLite is kept that has gone through all migrations as they are now."""
    digest = hashlib.sha256(f"{django.__version__} {sqlite3.sqlite_version}".encode())
    for config in apps.get_app_configs():
        for path in sorted(Path(config.path, "migrations").glob("*.py")):
            digest.update(path.read_bytes())
    return folder / f"{digest.hexdigest()[:16]}.sqlite3"


def keep_migrated(path: Path) -> None:
    """Keep the database as it is for the next processes, and none from before."""
    for old in path.parent.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    copy = path.with_suffix(f".{os.getpid()}")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
    copy.rename(path)


def begin_with(path: Path) -> bool:
    """Begin with a copy of the database that is kept, if there is one; the name is that of the
    settings."""
    try:
        shutil.copyfile(path, connection.settings_dict["TEST"]["NAME"])
    except FileNotFoundError:
        return False
    return True


def rows_of_all_tables() -> Rows:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        return {table: _rows(cursor, table) for table in sorted(tables)}


def empty_tables(but: Rows) -> None:
    """Delete what has come into any table, and put back what has gone or changed.

    Args:
        but: the rows that stay, of every table.
    """
    with connection.cursor() as cursor:
        changed = [table for table, rows in but.items() if _rows(cursor, table) != rows]
    if not changed:
        return
    # In one transaction: foreign keys are looked at when it ends, so the order is of no account.
    with guards.lifted(), connection.cursor() as cursor:
        for table in changed:
            name, rows = connection.ops.quote_name(table), but[table]
            cursor.execute(f"DELETE FROM {name}")
            if rows:
                values = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(f"INSERT INTO {name} VALUES ({values})", rows)


def _rows(cursor, table: str) -> list[tuple]:
    # Sorted, because a row that was written again may come last.
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
    return sorted(cursor.fetchall(), key=repr)
