"""Tables for a spreadsheet, in which nothing can act as a formula."""

import csv
import re
from collections.abc import Iterable
from unicodedata import category

from django.http import HttpResponse
from django.utils import timezone

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


def safe_cell(value: str) -> str:
    """Return a value that a spreadsheet shows and does not compute."""
    # Spreadsheets pass over blanks of any kind, and over what is not seen at all.
    seen = value.lstrip("".join(c for c in set(value) if c.isspace() or category(c) == "Cf"))
    value = f"'{value}" if seen.startswith(FORMULA_STARTS) else value
    return _FORMULA_WITHIN.sub(r"\1'\2", value)
