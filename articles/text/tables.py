"""Tables in HTML: read from whatever was typed or pasted, and written anew. Pure.

No parser ever sees the table itself, which is what parsers take long for and mend in surprising
ways: the cells are found, cleaned each by itself, and put into a table of our own.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from articles.text import html

MAX_ROWS = 300
MAX_COLUMNS = 30
MAX_LENGTH = 400_000  # characters, tags included

_CELLS = {"td", "th"}
_GROUPS = {"thead", "tbody", "tfoot", "colgroup", "col"}
_SPAN = re.compile(r"""\s(col|row)span\s*=\s*["']?\s*(\d{1,4})(?!\d)""", re.IGNORECASE)
_HAS_BLOCK = re.compile(r"<(?:p|ul|ol)\b")
# A cell as the editor sends most of them: no markup inside, so nothing to be cleaned.
_PLAIN = re.compile(r"(?:<p>)?([^<>&\r\xa0]*)(?:</p>)?")
# What parts the words of cells that are none here.
_BREAK = "</p><p>"
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!<p>).)*)</p>", re.DOTALL)


class TooLarge(html.Refused):
    """It has too many ``rows`` or ``columns``."""

    def __init__(self, rows: int, columns: int):
        super().__init__(f"A table of {rows} rows and {columns} columns.")
        self.rows = rows
        self.columns = columns


@dataclass(frozen=True)
class Cell:
    """One cell: its ``html``, and over how many ``columns`` and ``rows`` it reaches."""

    html: str
    columns: int = 1
    rows: int = 1


Grid = list[list[Cell]]


def clean(source: str, clean_cell: Callable[[str], str]) -> str:
    """Return HTML in which tables are well-formed and hold clean cells; twice changes nothing.

    Args:
        source: whatever somebody has typed, pasted or sent.
        clean_cell: makes HTML without tables safe and tidy.

    Raises:
        TooLong, TooDeep, TooLarge: there is more than the limits allow.
    """
    if len(source) > MAX_LENGTH:
        raise html.TooLong(len(source), MAX_LENGTH)
    cleaned = []
    for part in read(source):
        if isinstance(part, str):
            cleaned.append(_in_blocks(clean_cell(part)))
            continue
        columns = max((sum(cell.columns for cell in row) for row in part), default=0)
        if len(part) > MAX_ROWS or columns > MAX_COLUMNS:
            raise TooLarge(len(part), columns)
        grid = [
            [
                # No cell reaches out of the table.
                replace(cell, html=_clean(cell.html, clean_cell), rows=min(cell.rows, left))
                for cell in row
            ]
            for left, row in zip(range(len(part), 0, -1), part, strict=True)
        ]
        if any(cell.html for row in grid for cell in row):
            cleaned.append(f"<table><tbody>{''.join(map(_written, grid))}</tbody></table>")
    whole = "".join(cleaned)
    if len(whole) > MAX_LENGTH:
        raise html.TooLong(len(whole), MAX_LENGTH)
    return whole


def read(source: str) -> list[str | Grid]:
    """Return the parts of any HTML in order: a grid for each table, and what stands around them.

    A table inside a cell is text of that cell; what a table holds outside its cells follows it.
    """
    parts: list[str | Grid] = []
    outside: list[str] = []
    grid: Grid | None = None
    cell: Cell | None = None
    inside: list[str] = []
    nested = 0

    def end_cell() -> None:
        nonlocal cell
        if grid is not None and cell is not None:
            grid[-1].append(replace(cell, html="".join(inside)))
        inside.clear()
        cell = None

    def end_table() -> None:
        nonlocal grid
        if grid is None:
            return
        end_cell()
        parts.append(_without_empty_rows(grid))
        grid = None
        part_outside()

    def part_outside() -> None:
        if outside:
            outside.append(_BREAK)

    for part, name, closes in html.untrusted_parts(source):
        if name == "table" and grid is None:
            parts.append("".join(outside))
            outside.clear()
            grid = None if closes else []
        elif name == "table" and (nested or not closes):
            nested += -1 if closes else 1
            (outside if cell is None else inside).append(_BREAK)
        elif name == "table":
            end_table()
        elif grid is None or nested:
            is_part = name in _CELLS or name in _GROUPS or name in ("tr", "caption")
            (outside if cell is None else inside).append(_BREAK if is_part else part)
        elif name == "tr":
            end_cell()
            if not closes:
                grid.append([])
        elif name in _CELLS:
            end_cell()
            if not closes:
                if not grid:
                    grid.append([])
                cell = _opened(part)
        elif name in _GROUPS or name == "caption":
            end_cell()
            part_outside()
        elif cell is not None:
            inside.append(part)
        elif part.strip():
            outside.append(part)
    end_table()
    parts.append("".join(outside))
    return [part for part in parts if part]


def _without_empty_rows(grid: Grid) -> Grid:
    """Leave out rows without a cell of their own, and shorten what reaches into them."""
    kept: Grid = []
    for row in grid:
        if row:
            kept.append(row)
            continue
        for distance, above in enumerate(reversed(kept), start=1):
            above[:] = [
                replace(cell, rows=cell.rows - 1) if cell.rows > distance else cell
                for cell in above
            ]
    return kept


def rows_of(source: str, *, header_row: bool, header_column: bool) -> str:
    """Return the rows of the tables in a clean text as the body of one, its headers marked.

    Args:
        source: from ``clean``.
        header_row: whether the first row names the columns.
        header_column: whether the first cell of each row names it.
    """
    grid = [row for part in read(source) if not isinstance(part, str) for row in _as_wide(part)]
    lines = list(_with_headers(grid, header_row, header_column))
    # A cell that reaches into the rows beneath may not leave the head of the table.
    has_head = header_row and bool(grid) and all(cell.rows == 1 for cell in grid[0])
    head = f"<thead>{lines[0]}</thead>" if has_head else ""
    body = "".join(lines[1:] if has_head else lines)
    return f"{head}<tbody>{body}</tbody>" if body else head


def headers_of(rows: str) -> tuple[bool, bool]:
    """Tell whether the first row names the columns, and the first column the rows, in what
    ``rows_of`` has made."""
    return 'scope="col' in rows, 'scope="row' in rows


def _as_wide(grid: Grid) -> Grid:
    """Return a table all of whose rows are as wide as the widest: empty cells fill them."""
    widths = [0] * len(grid)
    for number, row in enumerate(grid):
        for cell in row:
            for reached in range(number, min(number + cell.rows, len(grid))):
                widths[reached] += cell.columns
    widest = max(widths, default=0)
    return [[*row, *[Cell("")] * (widest - width)] for row, width in zip(grid, widths, strict=True)]


def outside_of(source: str) -> str:
    """Return what a clean text holds beside its tables."""
    return "".join(part for part in read(source) if isinstance(part, str))


def count_in(source: str) -> int:
    """Return how many tables there are in a clean text."""
    return sum(not isinstance(part, str) for part in read(source))


def _opened(tag: str) -> Cell:
    spans = {name.lower(): max(1, int(number)) for name, number in _SPAN.findall(tag)}
    return Cell("", spans.get("col", 1), min(spans.get("row", 1), MAX_ROWS))


def _clean(source: str, clean_cell: Callable[[str], str]) -> str:
    plain = _PLAIN.fullmatch(source)
    if plain:
        return f"<p>{text}</p>" if (text := plain[1].strip()) else ""
    return _in_blocks(clean_cell(source))


def _in_blocks(text: str) -> str:
    return text if not text or _HAS_BLOCK.search(text) else f"<p>{text}</p>"


def _written(row: list[Cell]) -> str:
    cells = (f"<td{_spans(cell)}>{cell.html}</td>" for cell in row)
    return f"<tr>{''.join(cells)}</tr>"


def _spans(cell: Cell) -> str:
    columns = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    rows = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    return columns + rows


def _with_headers(grid: Grid, header_row: bool, header_column: bool) -> Iterator[str]:
    covered = 0  # rows in which the first column is taken by a cell from above
    for number, row in enumerate(grid):
        cells = []
        for place, cell in enumerate(row):
            paragraph = _ONE_PARAGRAPH.fullmatch(cell.html)
            text = paragraph[1] if paragraph else cell.html
            scope = ""
            if header_row and number == 0:
                scope = "colgroup" if cell.columns > 1 else "col"
            elif header_column and place == 0 and not covered:
                scope = "rowgroup" if cell.rows > 1 else "row"
            # An empty cell names nothing.
            tag = f'th scope="{scope}"' if scope and text else "td"
            cells.append(f"<{tag}{_spans(cell)}>{text}</{tag[:2]}>")
        covered = max(covered - 1, row[0].rows - 1 if not covered else 0)
        yield f"<tr>{''.join(cells)}</tr>"
