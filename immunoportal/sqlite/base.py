"""Django's SQLite, which leaves a file that another one has taken the place of, and searches in
letters of any alphabet (``lookups``).

A connection goes on with the file that it has opened, wherever that is by now: when a backup is put
in its place, readers would be shown the site from before, and editors would write into a file that
is gone.
"""

import os
import sqlite3
from typing import Any

from django.db.backends.sqlite3 import base

from immunoportal.sqlite import lookups

# The device and the inode of a file: what tells it from another one that takes its place.
Place = tuple[int, int]


def place_of(path: str | os.PathLike[str]) -> Place:
    """Return which file stands at a path now.

    Raises:
        OSError: there is none, or it cannot be told.
    """
    found = os.stat(path)  # noqa: PTH116  a third of the time that a Path takes
    return found.st_dev, found.st_ino


class DatabaseWrapper(base.DatabaseWrapper):
    place: Place | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        # Before it is opened: one that is replaced just then is opened once more.
        self.place = self._find()
        connection: sqlite3.Connection = super().get_new_connection(conn_params)
        connection.create_function(lookups.FUNCTION, 2, lookups.has_words, deterministic=True)
        return connection

    def close_if_unusable_or_obsolete(self) -> None:
        self.leave_replaced_file()
        super().close_if_unusable_or_obsolete()

    def leave_replaced_file(self) -> None:
        """Close the connection if its file is no longer the database; the next query opens it."""
        if self.connection is None or self.in_atomic_block:
            return
        # One that is away for a moment would come into being anew, and empty.
        if self._find() not in (None, self.place):
            self.close()

    def _find(self) -> Place | None:
        try:
            return place_of(self.settings_dict["NAME"])
        except OSError:
            return None
