"""The records of Retraction Watch, as Crossref publishes them: a table (CSV) of some sixty
megabytes. Pure: takes lines, returns records.

It is read line by line, and of its records only those of the sources asked for are kept, so that
it takes no more memory than these, however long it is.
"""

import csv
import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import chain
from typing import BinaryIO

from articles.text.references import doi_in, plain

# No line of the table is longer by far. In bytes; a longer one is read in parts, and refused.
LONGEST_LINE = 1024 * 1024
LONGEST_REASON = 500  # characters

NEEDED = (
    "Record ID", "OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature", "RetractionDate",
)  # fmt: skip
_OPTIONAL = ("RetractionDOI", "Reason")
# The second one is what a spreadsheet writes in Italy, and the third what some others do.
_SEPARATORS = ",;\t"
_SEEN_EVERY = 1000  # rows

_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
# What stands in the place of a day that is not known is older than any retraction.
_EARLIEST = 1900


class Nature(Enum):
    """What a record says of a paper."""

    RETRACTION = "retraction"
    REINSTATEMENT = "reinstatement"
    CONCERN = "expression of concern"
    CORRECTION = "correction"


class Fault(Enum):
    """Why a file is not read."""

    EMPTY = "empty"
    NO_TABLE = "no table"
    COLUMNS = "columns"
    DAMAGED = "damaged"
    CUT = "cut"


class Unreadable(ValueError):
    """A file is no table of Retraction Watch, or not a whole one.

    Attributes:
        line: where that was seen, from 1.
        columns: those that it lacks.
    """

    def __init__(self, fault: Fault, line: int = 0, columns: Iterable[str] = ()):
        super().__init__(fault.value)
        self.fault, self.line, self.columns = fault, line, tuple(columns)


@dataclass(frozen=True)
class Record:
    """What one row of the table says of a paper.

    Attributes:
        number: of the record.
        day: of the notice, as in "2019-03-25"; empty where it is not known.
        doi, pmid: of the paper, normalised, or empty.
        notice_doi: of what the journal says about it.
    """

    number: str
    nature: Nature
    day: str
    doi: str
    pmid: str
    notice_doi: str = ""
    reason: str = ""


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """Return the lines of a file, none of them longer than ``LONGEST_LINE``."""
    return iter(lambda: file.readline(LONGEST_LINE), b"")


def unseen(_rows: int) -> None:
    """Tell nobody how many rows have been read."""


def read(
    lines: Iterable[bytes],
    dois: Container[str],
    pmids: Container[str],
    seen: Callable[[int], None] = unseen,
) -> Iterator[Record]:
    """Yield the records about the papers with some DOIs or PubMed numbers.

    What was yielded before an error must not be used.

    Args:
        lines: of the table: UTF-8 with or without its mark, or Latin-1.
        seen: is told now and then how many rows have been read, and at last how many there are.

    Raises:
        Unreadable: it is no such table, or not a whole one.
    """
    table = _Table(lines)
    rows = 0
    for row in table.rows():
        rows += 1
        if rows % _SEEN_EVERY == 0:
            seen(rows)
        doi, pmid = doi_in(row["OriginalPaperDOI"]), _number(row["OriginalPaperPubMedID"])
        if doi in dois or pmid in pmids:
            record = _record(row, doi, pmid)
            if record is not None:
                yield record
    if not rows:
        raise Unreadable(Fault.CUT, 1)
    seen(rows)


def _record(row: dict[str, str], doi: str, pmid: str) -> Record | None:
    """Return the record in a row; ``None`` of a nature that is not known."""
    try:
        nature = Nature(" ".join(row["RetractionNature"].split()).lower())
    except ValueError:
        return None
    reasons = (part.strip(" +") for part in row["Reason"].split(";"))
    return Record(
        row["Record ID"].strip()[:20],
        nature,
        day_of(row["RetractionDate"]),
        doi,
        pmid,
        doi_in(row["RetractionDOI"]),
        plain("; ".join(filter(None, reasons)))[:LONGEST_REASON],
    )


def day_of(text: str) -> str:
    """Return the day in "3/25/2019 0:00" or "2019-03-25"; empty if it is none."""
    if found := _ISO_DATE.match(text.strip()):
        year, month, day = map(int, found.groups())
    elif found := _DATE.match(text.strip()):
        month, day, year = map(int, found.groups())
        if month > 12:  # a spreadsheet has written it anew
            month, day = day, month
    else:
        return ""
    try:
        return date(year, month, day).isoformat() if year >= _EARLIEST else ""
    except ValueError:
        return ""


def _number(text: str) -> str:
    """Return a PubMed number; empty for what stands in the place of one that is not known."""
    text = text.strip().removesuffix(".0")
    return text.lstrip("0") if text.isdecimal() and text.isascii() else ""


class _Table:
    """A table whose lines come one by one."""

    def __init__(self, lines: Iterable[bytes]):
        self._lines = iter(lines)
        self._last = b""

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield the rows, each with the columns that are read.

        Raises:
            Unreadable: it has not these columns, a row is damaged, or the last one is cut.
        """
        head = next(self._decoded(), "").removeprefix("\ufeff")
        if not head.strip():
            raise Unreadable(Fault.EMPTY)
        if "\0" in head:
            raise Unreadable(Fault.NO_TABLE)
        separator = max(_SEPARATORS, key=head.count)
        reader = csv.reader(chain([head], self._decoded()), delimiter=separator, strict=True)
        columns = self._columns(reader)
        width, reach = len(columns), max(columns.index(name) for name in NEEDED)
        places = {name: columns.index(name) for name in NEEDED}
        places |= {name: columns.index(name) for name in _OPTIONAL if name in columns}
        begins = reader.line_num + 1
        while (row := self._next(reader)) is not None:
            # A spreadsheet leaves empty cells at the end of a row away.
            if row and (len(row) <= reach or any(row[width:])):
                is_last = self._next(reader) is None
                raise Unreadable(Fault.CUT if is_last else Fault.DAMAGED, begins)
            if row:
                cells = {name: row[place] for name, place in places.items() if place < len(row)}
                yield dict.fromkeys(_OPTIONAL, "") | cells
            begins = reader.line_num + 1
        # Whoever writes a whole table ends its last line; a cell that is cut looks like any other.
        if not self._last.endswith((b"\n", b"\r")):
            raise Unreadable(Fault.CUT, begins - 1)

    def _columns(self, reader: Iterator[list[str]]) -> list[str]:
        known = {name.casefold(): name for name in (*NEEDED, *_OPTIONAL)}
        head = [name.strip() for name in self._next(reader) or ()]
        columns = [known.get(name.casefold(), name) for name in head]
        missing = [name for name in NEEDED if name not in columns]
        if missing:
            raise Unreadable(Fault.COLUMNS, 1, missing)
        return columns

    def _next(self, reader: Iterator[list[str]]) -> list[str] | None:
        """Return the next row; ``None`` behind the last one."""
        try:
            return next(reader, None)
        except csv.Error as error:
            # Only at the end of the file is nothing left to be read.
            is_at_end = next(self._lines, None) is None
            fault = Fault.CUT if is_at_end else Fault.DAMAGED
            raise Unreadable(fault, reader.line_num) from error  # type: ignore[attr-defined]

    def _decoded(self) -> Iterator[str]:
        for line in self._lines:
            self._last = line
            try:
                yield line.decode()
            except UnicodeDecodeError:
                yield line.decode("latin-1")
