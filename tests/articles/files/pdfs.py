"""PDFs for tests: clean ones, and what must be refused."""

import io
import itertools
import zlib
from collections.abc import Callable

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from pikepdf import Array, Dictionary, Name, Pdf

_count = itertools.count(1)


def pdf(change: Callable[[Pdf], None] | None = None, *, pages=1, **options) -> bytes:
    """A PDF of empty pages, each time another one.

    Args:
        change: to be made to it before it is written.
        options: of ``Pdf.save``.
    """
    document = pikepdf.new()
    for _page in range(pages):
        document.add_blank_page()
    document.docinfo["/Title"] = f"Leaflet {next(_count)}"
    if change:
        change(document)
    file = io.BytesIO()
    document.save(file, **options)
    return file.getvalue()


def pdf_file(name="leaflet.pdf", content: bytes | None = None, **options) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or pdf(**options), content_type="application/pdf")


def action(kind: str, **more) -> Dictionary:
    return Dictionary(S=Name(f"/{kind}"), **more)


def opens_with(kind: str, **more) -> Callable[[Pdf], None]:
    def change(document: Pdf) -> None:
        document.Root.OpenAction = action(kind, **more)

    return change


def in_object(what: Callable[[], Dictionary]) -> Callable[[Pdf], None]:
    """Put something into a document to which nothing leads."""
    return lambda document: document.Root.__setattr__(
        "Hidden", document.make_indirect(Array([Dictionary(Deep=what())]))
    )


def attach(document: Pdf) -> None:
    document.attachments["x.exe"] = b"MZ"


def outside(document: Pdf) -> None:
    """Have something be shown that is in another file."""
    document.Root.Outside = pikepdf.Stream(document, b"", F=pikepdf.String("other.bin"))


def bomb(document: Pdf) -> None:
    packed = zlib.compress(b"\0" * 6_000_000, 9)
    document.Root.Bomb = pikepdf.Stream(document, packed, Filter=Name.FlateDecode)
