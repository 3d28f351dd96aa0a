"""Keeps the library of PDFs: what comes in is looked into first."""

import json
from typing import IO

from django.conf import settings
from django.core.files.base import File

from articles.files import library, sandbox
from articles.files.pdf import Found, Reason, UnusableDocument
from articles.models import Document
from articles.models.stored_files import FILES
from immunoportal.actors import User
from immunoportal.languages import codes

EXTENSION = "pdf"
# Run in the sandbox alone: nobody else needs what it imports.
READER = "articles.files.pdf_reader"
SECONDS = 45  # for one document; a thousand pages take two on one core of 2020


def examine(file: File) -> Found:
    """Look into an upload.

    Call it before a transaction begins: it takes seconds, in which nobody else could write.

    Raises:
        UnusableDocument: too many bytes, or what ``pdf_reader.look_into`` refuses.
    """
    if file.size > settings.DOCUMENT_MAX_BYTES:
        raise UnusableDocument(Reason.TOO_HEAVY, settings.DOCUMENT_MAX_BYTES)
    return look_into(file)


def look_into(file: IO[bytes]) -> Found:
    """Have the sandbox look into a document; see ``pdf_reader.look_into``."""
    most = str(settings.DOCUMENT_MAX_PAGES)
    try:
        said = json.loads(sandbox.read(file, READER, most, seconds=SECONDS))
    except sandbox.TooSlow:
        raise UnusableDocument(Reason.TOO_SLOW) from None
    except sandbox.Crashed:
        raise UnusableDocument(Reason.TOO_MUCH_MEMORY) from None
    if "refused" in said:
        raise UnusableDocument(Reason(said["refused"]), said["limit"])
    return Found(**said)


def add(file: File, found: Found, *, title: str, language: str, by: User | None = None) -> Document:
    """Keep a document.

    Args:
        found: what ``examine`` gave for it.
        language: in which it is written; what it says of itself counts, if it says one of ours.

    Raises:
        AlreadyInLibrary, Withdrawn, OSError: see ``library.add``.
    """
    said = found.language.partition("-")[0].lower()
    return library.add(
        Document,
        file,
        EXTENSION,
        by=by,
        title=title,
        language=said if said in codes() else language,
        pages=found.pages,
    )


def discard(file: File) -> None:
    """Delete the file of an upload whose row the database has not kept; see ``library.discard``."""
    digest = library.digest_of(file)
    library.discard(digest, [[FILES, library.name_of(digest, EXTENSION)]])
