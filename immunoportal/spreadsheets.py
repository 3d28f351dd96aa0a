"""Tables for a spreadsheet, in which nothing acts as a formula, and tables that come from one."""

import csv
import io
import re
from collections.abc import Iterable
from unicodedata import category

from django.http import HttpResponse
from django.utils import timezone

# The code page of Western Europe leaves five bytes without a meaning.
_CODINGS = ("utf-8-sig", "cp1252")

# A cell that begins so is a formula for a spreadsheet (OWASP, "CSV Injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

# Where lists are separated by semicolons, as in Italy, a spreadsheet cuts the cells there too.
_FORMULA_WITHIN = re.compile(r'([;\t\r\n])([\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20])')


def csv_response(name: str, header: list[str], rows: Iterable[Iterable[str]]) -> HttpResponse:
    """Return a table as a file to save.

    Args:
        name: of the file, without the day and the ending.
        header: the names of the columns.
        rows: the cells of each row.
    """
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    file = f"{name}-{timezone.localdate()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    response.write("\ufeff")  # so that spreadsheets read UTF-8
    writer = csv.writer(response, dialect="excel")
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return response


class NoTable(ValueError):
    """A file is no table of plain text, such as a spreadsheet saves as CSV."""


def text_of(data: bytes) -> str:
    """Return the text of a file in UTF-8, in UTF-16 with its mark, or in the code page of Windows.

    Raises:
        NoTable: it is none.
    """
    codings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else _CODINGS
    for coding in codings:
        try:
            text = data.decode(coding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NoTable


def rows_of(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows of a table, each with the number of the line in which it begins.

    Cells are parted by what parts the most rows: commas, semicolons (as in Italy) or tabs.

    Raises:
        NoTable: a cell is larger than any could be, or a quotation mark is missing.
    """
    readings = [_rows_parted_by(separator, text) for separator in ";,\t"]
    return max(readings, key=lambda rows: sum(len(row) >= 2 for _number, row in rows))


def _rows_parted_by(separator: str, text: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False)
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for row in reader:
            rows.append((begins, row))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise NoTable from error
    return rows


def safe_cell(value: str) -> str:
    """Return a value that a spreadsheet shows and does not compute."""
    # Spreadsheets pass over blanks of any kind, and over what is not seen at all.
    seen = value.lstrip("".join(c for c in set(value) if c.isspace() or category(c) == "Cf"))
    value = f"'{value}" if seen.startswith(FORMULA_STARTS) else value
    return _FORMULA_WITHIN.sub(r"\1'\2", value)
