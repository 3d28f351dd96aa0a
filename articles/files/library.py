"""Keeps files that readers get as they were uploaded: each once, whole, and never changed."""

import hashlib
import logging
from typing import Any, TypeVar

from django.core.files.base import File
from django.core.files.storage import storages
from django.db import DatabaseError, IntegrityError, connection, transaction

from articles.files.keeping import keep
from articles.files.withdrawal import Withdrawn, libraries
from articles.models.stored_files import StoredFile, files
from articles.models.withdrawable import WithdrawableModel
from immunoportal.actors import User
from immunoportal.publication import clock

logger = logging.getLogger(__name__)

Stored = TypeVar("Stored", bound=StoredFile)


class AlreadyInLibrary(Exception):
    """The same file was uploaded before; ``row`` is what it became."""

    def __init__(self, row: WithdrawableModel):
        super().__init__(str(row))
        self.row: Any = row


def add(
    library: type[Stored], file: File, extension: str, *, by: User | None = None, **fields: Any
) -> Stored:
    """Keep a file that has been found good.

    Args:
        library: the model.
        file: the upload.
        extension: by what is in it, not by its name; one of the library's ``content_types``.
        by: the user who adds it.
        fields: what else is known of it.

    Raises:
        AlreadyInLibrary: nothing is stored.
        Withdrawn: nothing is stored.
        OSError: the disk is full; nothing is stored.
    """
    digest = digest_of(file)
    name = name_of(digest, extension)
    row = library(file=name, digest=digest, bytes=file.size, added_by=by, **fields)
    try:
        with transaction.atomic():
            # The row before the file.
            store_row(row)
            file.seek(0)
            keep(files(), name, file)
    except (AlreadyInLibrary, Withdrawn):
        raise
    except BaseException:
        discard(digest, row.all_files())
        raise
    return row


def store_row(row: WithdrawableModel) -> None:
    """Store an entry. Whoever stores one of the same file at this moment, or deletes the file,
    waits until the transaction ends.

    Raises:
        AlreadyInLibrary, Withdrawn: there is an entry of the file.
    """
    _take_turn(row.digest)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        known = type(row)._default_manager.get(digest=row.digest)
        raise (Withdrawn if known.is_withdrawn else AlreadyInLibrary)(known) from None


def _take_turn(digest: str) -> None:
    """Be the only one who stores or deletes a file, until the transaction ends."""
    # In SQLite, every transaction is the only one that writes.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(digest[:15], 16)])


def discard(digest: str, names: list[list[str]]) -> None:
    """Delete what is stored of an upload, unless the database has kept its row.

    ``add`` does so by itself; call it where the transaction around ``add`` has failed. While it
    cannot be known what the database has kept, everything stays.

    Args:
        digest: of the upload; its first twenty characters are enough.
        names: of the files, as ``WithdrawableModel.all_files`` gives them.
    """
    try:
        with transaction.atomic():
            _take_turn(digest)
            if not any(
                library._default_manager.filter(digest__startswith=digest).exists()
                for library in libraries()
            ):
                for alias, name in names:
                    storages[alias].delete(name)
    except DatabaseError:
        logger.exception("It is not known whether there is an entry of %s: its files stay.", digest)


def demand_not_withdrawn(row: WithdrawableModel) -> None:
    """Demand of an entry that is about to be deleted that it may go.

    Raises:
        Withdrawn: its row stays, so that nobody adds the file again.
    """
    withdrawn = type(row)._default_manager.filter(pk=row.pk, withdrawn_at__isnull=False)
    if withdrawn.select_for_update().exists():
        raise Withdrawn(row)


@transaction.atomic
def remove(row: WithdrawableModel) -> None:
    """Delete an entry and, once that is certain, its files.

    Raises:
        ProtectedError: an article or an edition shows it.
        Withdrawn: its row stays, so that nobody adds the file again.
    """
    demand_not_withdrawn(row)
    names = row.all_files()
    row.delete()
    # Unless somebody has added it again at this moment.
    transaction.on_commit(lambda: discard(row.digest, names))
    clock.advance()


def name_of(digest: str, extension: str) -> str:
    """Return the name of a file in the storage."""
    return f"{digest[:2]}/{digest}.{extension}"


def digest_of(file: File) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()
