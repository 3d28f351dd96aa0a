"""Makes a PDF of a leaflet with WeasyPrint. Pure: takes all that it needs, returns a PDF.

    python -m articles.reading.leaflet_pdf < bundle

makes one leaflet, as ``articles.reading.leaflets`` has it done in the sandbox. The bundle is a ZIP
with the page and, each under its address, the pictures and fonts that it shows. Nothing else is
read: no file of this machine, and nothing of any other.
"""

import io
import json
import logging
import os
import sys
import zipfile
from collections.abc import Mapping
from typing import IO, Any

from articles.files.confinement import confine

# In the bundle: the page, and the address at which it stands, to which its links are relative.
PAGE, ADDRESS = "page.html", "address"

# Bytes of the whole process: two hundred blocks with forty pictures take a quarter of it.
MOST_MEMORY = 512 * 1024 * 1024
# Of a processor's time, where nobody ends the process sooner.
MOST_SECONDS = 120

TYPES = {"jpg": "image/jpeg", "svg": "image/svg+xml", "ttf": "font/ttf", "woff2": "font/woff2"}


def make(bundle: IO[bytes]) -> tuple[bytes, int]:
    """Return the PDF of what is in a bundle, and the number of its pages.

    The same bundle gives the same bytes.

    Raises:
        KeyError, zipfile.BadZipFile: it is no bundle.
    """
    with zipfile.ZipFile(bundle) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    page, address = parts.pop(PAGE).decode(), parts.pop(ADDRESS).decode()
    # Takes a second, and fails where the libraries of Pango are missing.
    from weasyprint import HTML

    document = HTML(string=page, base_url=address, url_fetcher=fetcher_of(parts)).render()
    for each in document.pages:
        # What stands in a link is in it already, and needs no link of its own.
        each.links[:] = [link for link in each.links if link[3].element_tag.split(":")[0] == "a"]
    pdf = document.write_pdf(
        pdf_variant="pdf/ua-1", pdf_tags=True, pdf_identifier=b"leaflet", finisher=_finish
    )
    return pdf, len(document.pages)


def fetcher_of(parts: Mapping[str, bytes]) -> Any:
    """Return what fetches for WeasyPrint: the parts of a bundle by their addresses, and nothing
    else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            if url not in parts:
                raise ValueError(f"It is not in the bundle: {url[:200]}")
            type_ = TYPES[url.rpartition(".")[2]]
            return URLFetcherResponse(url, parts[url], {"Content-Type": type_})

    return Fetcher()


def _finish(document: Any, pdf: Any) -> None:
    """Say what WeasyPrint 70 leaves open in a tagged PDF."""
    _say_scopes(document)
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("Subtype") == "/Link":
            item["F"] = 4  # it is printed too (ISO 32000-1, table 165)
    _leave_out_what_is_not_read(pdf)


def _say_scopes(document: Any) -> None:
    """Say of each header of a table whether it is a column's or a row's."""
    for page in document.pages:
        for box in page._page_box.descendants():
            mark = getattr(box, "mark", None)
            if mark is not None and box.element_tag == "th":
                is_of_row = box.element.attrib.get("scope") == "row"
                mark["A"]["Scope"] = "/Row" if is_of_row else "/Column"


def _leave_out_what_is_not_read(pdf: Any) -> None:
    """Say of what stands in the margins of every page that it is no content: nobody has it read out
    between two sentences.

    WeasyPrint marks it as content, and leaves it out of the tree of what is read.
    """
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    read, waiting = set(), list(root["K"])
    while waiting:
        reference = waiting.pop()
        if isinstance(reference, bytes) and reference not in read:
            read.add(reference)
            waiting += _object(pdf, reference).get("K", ())
    of_pages = _object(pdf, root["ParentTree"])["Nums"]
    for number, page in enumerate(pdf.page_references):
        elements = of_pages[2 * number + 1]
        marks = _object(pdf, _object(pdf, page)["Contents"]).stream
        for place, mark in enumerate(marks):
            if isinstance(mark, dict) and elements[mark["MCID"]] not in read:
                elements[mark["MCID"]] = b"null"
                marks[place - 1 : place + 2] = [b"", b"/Artifact", b"BMC"]


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def main() -> None:
    """Make the leaflet of the bundle on the standard input: a line of JSON, then the file."""
    confine(seconds=MOST_SECONDS, memory=MOST_MEMORY)
    # Whatever else the machine has to do is more urgent.
    os.nice(19)
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    content, pages = make(io.BytesIO(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(json.dumps({"pages": pages}).encode() + b"\n" + content)


if __name__ == "__main__":
    main()
