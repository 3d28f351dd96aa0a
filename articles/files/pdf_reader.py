"""Looks into a PDF with qpdf. Pure: takes a file, says what is in it, or why it is refused.

    python -m articles.files.pdf_reader MAX_PAGES < document

looks into one file, as ``articles.files.documents`` has it done in the sandbox.
"""

import io
import json
import re
import sys
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import pikepdf

from articles.files.confinement import confine
from articles.files.pdf import Found, Reason, UnusableDocument

# Readers look for the mark of a PDF in so many bytes from its beginning (ISO 32000-1, annex H).
HEAD = 1024
# Bytes that one stream may unpack to: a page of a scanner has some 100 MB.
MOST_UNPACKED = 400_000_000
# Bytes of the whole process.
MOST_MEMORY = 384 * 1024 * 1024
# Of a processor's time, where nobody ends the process sooner.
MOST_SECONDS = 60

# Actions that leave the document (ISO 32000-1, 12.6.4): to start a program, to send what is
# typed into it, to open another file.
LEAVING = {"/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"}
# What may happen by itself when a document or a page of it is opened; scripts are met elsewhere.
HARMLESS_BY_ITSELF = {"/GoTo", "/Named", "/JavaScript"}
MOST_IN_A_ROW = 100
MOVING = {"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
PLAYING = {"/Rendition", "/Movie", "/Sound", "/RichMediaExecute"}
# Addresses of links that lead to a script, to the reader's own disk, or log in at another machine.
HARMFUL_ADDRESS = re.compile(
    r"\s*(?:(?:javascript|vbscript|data|file|smb):|[\\/]{2})", re.IGNORECASE
)


def look_into(file: BinaryIO, *, max_pages: int) -> Found:
    """Read a document to its end, and refuse what could act on the reader's device.

    Args:
        file: positioned anywhere.
        max_pages: a document with more is refused.

    Raises:
        UnusableDocument: see ``Reason``.
    """
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        raise UnusableDocument(Reason.EMPTY)
    if b"%PDF-" not in head:
        raise UnusableDocument(Reason.NO_PDF)
    file.seek(0)
    try:
        # A program that mends a document may find another one in it than we have looked into.
        with pikepdf.open(file, attempt_recovery=False, suppress_warnings=True) as document:
            pages = len(document.pages)
            if pages > max_pages:
                raise UnusableDocument(Reason.TOO_MANY_PAGES, max_pages)
            if not pages:
                raise UnusableDocument(Reason.BROKEN)
            for part in _parts(document):
                _demand_harmless(part)
            return Found(pages, _language(document))
    except pikepdf.PasswordError:
        raise UnusableDocument(Reason.LOCKED) from None
    except MemoryError:
        raise UnusableDocument(Reason.TOO_MUCH_MEMORY) from None
    except UnusableDocument:
        raise
    except Exception:  # noqa: BLE001  hostile bytes provoke whatever they can
        raise UnusableDocument(Reason.BROKEN) from None


def _parts(document: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Yield every dictionary and stream, those that nothing leads to included."""
    waiting: list[Any] = [document.trailer]
    objects = iter(document.objects)
    while True:
        if not waiting:
            following = next(objects, None)
            if following is None:
                return
            waiting.append(following)
        part = waiting.pop()
        if isinstance(part, pikepdf.Array):
            inner = list(part)
        elif isinstance(part, (pikepdf.Dictionary, pikepdf.Stream)):
            yield part
            inner = [value for _name, value in part.items()]
        else:
            continue
        # What has a number of its own is met by that.
        waiting += [
            each for each in inner if isinstance(each, pikepdf.Object) and not each.is_indirect
        ]


def _demand_harmless(part: pikepdf.Object) -> None:
    names = set(part.keys())
    action = _name(part, "/S")
    if names & {"/JS", "/JavaScript"} or action == "/JavaScript":
        raise UnusableDocument(Reason.SCRIPTS)
    if action in LEAVING or any(_acts_by_itself(part, name) for name in ("/OpenAction", "/AA")):
        raise UnusableDocument(Reason.ACTIONS)
    address = part.get("/URI")
    if isinstance(address, pikepdf.String) and HARMFUL_ADDRESS.match(str(address)):
        raise UnusableDocument(Reason.ACTIONS)
    if names & {"/EF", "/EmbeddedFiles"} or _name(part, "/Type") == "/EmbeddedFile":
        raise UnusableDocument(Reason.ATTACHED)
    if "/XFA" in names:
        raise UnusableDocument(Reason.FORM)
    if _name(part, "/Subtype") in MOVING or action in PLAYING:
        raise UnusableDocument(Reason.MOVING)
    if isinstance(part, pikepdf.Stream):
        # What is in the stream, or shown in its place, is in another file.
        if names & {"/F", "/Ref"}:
            raise UnusableDocument(Reason.ACTIONS)
        _demand_unpackable(part)


def _name(part: pikepdf.Object, key: str) -> str:
    value = part.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _acts_by_itself(part: pikepdf.Object, key: str) -> bool:
    """Tell whether opening does more than to show a page: it might open an address."""
    value = part.get(key)
    if not isinstance(value, pikepdf.Dictionary):
        return False
    waiting: list[Any] = (
        [value] if key == "/OpenAction" else [each for _event, each in value.items()]
    )
    for _step in range(MOST_IN_A_ROW):
        if not waiting:
            return False
        each = waiting.pop()
        if isinstance(each, pikepdf.Array):
            waiting += list(each)
        elif isinstance(each, pikepdf.Dictionary):
            if _name(each, "/S") not in HARMLESS_BY_ITSELF:
                return True
            waiting.append(each.get("/Next"))
    return True


def _demand_unpackable(stream: pikepdf.Object) -> None:
    filters = stream.get("/Filter")
    names = list(map(str, filters if isinstance(filters, pikepdf.Array) else [filters]))
    packed = [name for name in names if name in ("/FlateDecode", "/Fl")]
    if len(packed) > 1:
        raise UnusableDocument(Reason.TOO_MUCH_MEMORY)
    if packed and names[0] == packed[0]:
        left, unpacking = MOST_UNPACKED, zlib.decompressobj()
        rest = io.BytesIO(stream.read_raw_bytes())
        while data := rest.read(65_536):
            while data:
                try:
                    left -= len(unpacking.decompress(data, 1_048_576))
                except zlib.error:  # readers show what they can of it
                    return
                data = unpacking.unconsumed_tail
                if left < 0:
                    raise UnusableDocument(Reason.TOO_MUCH_MEMORY)


def _language(document: pikepdf.Pdf) -> str:
    said = document.Root.get("/Lang")
    return str(said)[:35] if isinstance(said, pikepdf.String) else ""


def main(max_pages: str) -> None:
    """Look into the document on the standard input, and say what is found as JSON.

    It says ``pages`` and ``language``, or ``refused`` and ``limit``.
    """
    confine(seconds=MOST_SECONDS, memory=MOST_MEMORY)
    said: dict[str, Any]
    try:
        found = look_into(sys.stdin.buffer, max_pages=int(max_pages))
    except UnusableDocument as refusal:
        said = {"refused": refusal.reason, "limit": refusal.limit}
    else:
        said = {"pages": found.pages, "language": found.language}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
