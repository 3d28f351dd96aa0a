"""Deletes stored files that belong to no entry of a library.

A process that is killed after it has stored a file, and before the database has kept its row,
leaves one behind; so does a deletion that the store was not there for.
"""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta

from django.core.files.storage import Storage, storages
from django.utils import timezone

from articles.files.library import discard
from articles.files.withdrawal import libraries
from articles.models.images import ORIGINALS, RENDITIONS
from articles.models.stored_files import FILES

logger = logging.getLogger(__name__)

AGE = timedelta(days=1)
# There are some now and then. Of more, the database of another site may be at fault, or one that
# was put back.
MOST = 50

# The names of all that we store begin with the digest of what was uploaded, or its first part.
_NAME = re.compile(r"(?:[0-9a-f]{2}/)?([0-9a-f]{20})[0-9a-f]*(?:-\d+)?\.\w+")


def delete_leftovers() -> bool:
    """Delete the files that belong to no entry, a day after they were stored.

    Returns:
        False: what is left is for the next time.
    """
    known = {
        digest[:20]
        for library in libraries()
        for digest in library._default_manager.values_list("digest", flat=True)
    }
    left = [
        (match[1], alias, name)
        for alias in (ORIGINALS, RENDITIONS, FILES)
        for name in _names_in(storages[alias])
        if (match := _NAME.fullmatch(name)) and match[1] not in known
        if _is_old(storages[alias], name)
    ]
    if len(left) > MOST:
        logger.error(
            "%d stored files belong to no entry of the libraries, too many to delete: is this "
            "their database?",
            len(left),
        )
        return False
    for digest, alias, name in left:
        discard(digest, [[alias, name]])
    return False


def _names_in(storage: Storage, folder: str = "") -> Iterator[str]:
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:  # nothing has been stored yet
        return
    for name in names:
        yield f"{folder}{name}"
    for each in folders:
        yield from _names_in(storage, f"{folder}{each}/")


def _is_old(storage: Storage, name: str) -> bool:
    try:
        return storage.get_modified_time(name) < timezone.now() - AGE
    except FileNotFoundError:  # somebody else has just deleted it
        return False
