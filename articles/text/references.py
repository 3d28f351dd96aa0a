"""References: the fields of a source, and the citation that is printed of them. Pure.

The style is that of medical journals: "Hodi FS, O'Day SJ, McDermott DF et al. Improved survival
with ipilimumab. N Engl J Med 2010;363:711–723."
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

# So many authors are all named; of more, the first three.
MOST_AUTHORS = 6
# Characters. Of hundreds of thousands of marks in a row, composing takes minutes.
LONGEST_COMPOSED = 2_000
FIRST_AUTHORS = 3

_DOI = re.compile(r'10\.[0-9]{4,9}/[^\s"<>]{1,190}')
_PMC = re.compile(
    r"https?://(?:pmc|(?:www\.)?ncbi|europepmc)\.[a-z.]+/[a-z/]*/?(PMC\d{1,10})\b", re.IGNORECASE
)
_PMID = re.compile(r"(?:pubmed[^\s\d]{0,40}/|\bPMID\b[:\s]{0,9})([0-9]{1,9})\b", re.IGNORECASE)
# Marks of looks that databases leave in titles, those of JATS and MathML among them; "p<0.05" has
# none.
_MARKUP = re.compile(
    r"</?(?:i|b|u|p|em|strong|sub|sup|span|scp|sc|br|(?:jats|mml):[a-z]+)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
# Line ends and control characters part words; soft hyphens and their like do not.
_SPACED = {"Cc": " ", "Zl": " ", "Zp": " ", "Cf": "", "Cs": ""}
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_YEAR_OF_JOURNAL = re.compile(r"(?<![\d–-])((?:1[5-9]|20)\d\d)(?: [A-Z][a-z]{2}(?: \d\d?)?)?;")
_YEAR_ENDED = re.compile(r"(?<![\d–-])((?:1[5-9]|20)\d\d)(?=[.)\]]|$)")
_ADDRESS = re.compile(r"(?:https?://|www\.|10\.\d{4,9}/)\S+")
_DASHES = re.compile(r"\s*(?:-+|[‐‑–—])\s*")
_BRACKETS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True)
class Reference:
    """A source, as a record or a form describes it.

    Attributes:
        authors: as they are printed, such as "Hodi FS".
        container: the journal or book that it stands in, or who has published it.
        doi, pmid: normalised, or empty.
        printed: its citation, where it came as one and not in fields.
        line: where its record begins in the pasted text, from 1.
    """

    authors: tuple[str, ...] = ()
    title: str = ""
    container: str = ""
    year: str = ""
    volume: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    url: str = ""
    printed: str = ""
    line: int = 0

    @property
    def citation(self) -> str:
        """The citation to print: what came as one, or made from the fields."""
        return self.printed or citation_of(self)


def citation_of(reference: Reference) -> str:
    """Return the citation of a reference, in one style whatever it was read from."""
    numbers = ":".join(filter(None, (reference.volume, reference.pages)))
    when = ";".join(filter(None, (reference.year, numbers)))
    where = " ".join(filter(None, (_undotted(reference.container), when)))
    parts = (_names(reference.authors), reference.title, where)
    return " ".join(_sentence(part) for part in parts if part)


def _names(authors: Sequence[str]) -> str:
    if len(authors) > MOST_AUTHORS:
        return f"{', '.join(authors[:FIRST_AUTHORS])} et al."
    return ", ".join(authors)


def _undotted(container: str) -> str:
    """Return "N Engl J Med" for "N. Engl. J. Med."."""
    container = container.rstrip(".")
    return container.replace(". ", " ") if container.count(". ") > 1 else container


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def plain(text: str) -> str:
    """Return a text as one line, without the HTML that databases leave in it."""
    text = unescape(_MARKUP.sub("", unescape(text)))
    shown = "".join(_SPACED.get(unicodedata.category(c), c) for c in text)
    if len(shown) <= LONGEST_COMPOSED:
        shown = unicodedata.normalize("NFC", shown)
    return " ".join(shown.split())


def name_of(author: str) -> str:
    """Return the name of an author as it is printed: "Hodi, F. Stephen" becomes "Hodi FS".

    What has no comma is a body, or printed so already.
    """
    last, *rest = (part.strip() for part in plain(author).split(","))
    given = rest[0] if rest else ""
    suffix = rest[1].rstrip(".") if len(rest) > 1 else ""
    return " ".join(filter(None, (last, initials(given), suffix)))


def initials(given: str) -> str:
    """Return the initials of given names: "Jean-Pierre M." becomes "JPM"."""
    parts = [part for part in re.split(r"[\s.\-‐‑]+", given) if part]
    return "".join(
        part if part.isupper() and len(part) <= FIRST_AUTHORS else part[0].upper() for part in parts
    )


def year_in(text: str) -> str:
    """Return the year of a date in any form; empty if it names none."""
    match = _YEAR.search(text)
    return match[0] if match else ""


def year_of_citation(citation: str) -> int | None:
    """Return the year of publication that a printed citation names; ``None`` if it names none.

    Pages and titles have numbers too: the year of a journal has a semicolon behind it, that of a
    book ends a sentence or stands in brackets.
    """
    text = _ADDRESS.sub("", citation)
    found = [match[0] for match in _YEAR.finditer(text)]
    ended = [match[1] for match in _YEAR_ENDED.finditer(text)]
    journal = _YEAR_OF_JOURNAL.search(text)
    year = journal[1] if journal else next(iter([*ended[-1:], *found[-1:]]), "")
    return int(year) if year else None


def pages_of(first: str, last: str = "") -> str:
    """Return pages as they are printed: from "711--723", or from the first and the last."""
    pages = _DASHES.sub("–", plain(first))
    last = plain(last)
    return f"{pages}–{last}" if pages and last and last != pages and "–" not in pages else pages


def doi_in(text: str) -> str:
    """Return the DOI in a text such as "https://doi.org/10.1056/NEJMoa1003466."; empty if none.

    DOIs do not differ by capitals, so that it has none.
    """
    match = _DOI.search(unquote(text))
    doi = match[0].lower() if match else ""
    while doi and (doi[-1] in ".,;:'’”*" or _closes_nothing(doi)):
        doi = doi[:-1]
    return doi


def _closes_nothing(text: str) -> bool:
    opening = _BRACKETS.get(text[-1])
    return opening is not None and text.count(text[-1]) > text.count(opening)


def pmc_in(url: str) -> str:
    """Return the number of a paper in PubMed Central, such as "PMC3549297", from its address; empty
    if it is none."""
    match = _PMC.match(url)
    return match[1].upper() if match else ""


def pmid_in(text: str) -> str:
    """Return the PubMed number in a text: after "PMID", or in an address; empty if none."""
    match = _PMID.search(text)
    return match[1] if match else ""
