"""Keeps files whole, or not at all."""

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
