"""Keeps files whole, or not at all."""

import time
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage


def keep(storage: Storage, name: str, content: File) -> None:
    """Store a file whose name follows from its content.

    One that is there already is kept, unless it is what a process that died has left of it.

    Raises:
        OSError: it could not be stored, and nothing of it is left.
    """
    if storage.exists(name):
        if storage.size(name) == content.size:
            return
        storage.delete(name)
    try:
        kept = storage.save(name, content)
    except BaseException:
        storage.delete(name)
        raise
    if kept != name:
        # The same content has been stored at this moment, by somebody else.
        storage.delete(kept)


# So long after it began, nobody still sends a file.
ABANDONED_AFTER = 24 * 3600  # seconds


def delete_abandoned() -> bool:
    """Delete what is left of uploads whose process was killed.

    Returns:
        False: what is left is for the next time.
    """
    began_before = time.time() - ABANDONED_AFTER
    for path in Path(settings.FILE_UPLOAD_TEMP_DIR).glob("tmp*.upload*"):
        try:
            if path.stat().st_mtime < began_before:
                path.unlink()
        except FileNotFoundError:  # it has just been kept or refused
            continue
    return False
