"""Cells of the admin's lists that know the name of their column, for where rows are cards."""

import re
from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()

# What Django's template tags make of a cell.
CELL = re.compile(r"<(td|th)([^>]*)>(.*)</\1>", re.DOTALL)
SCOPE = {"td": "", "th": ' scope="row"'}


@register.simple_tag
def labelled_cells(headers: Iterable[dict[str, Any]], cells: Iterable[SafeString]) -> SafeString:
    """Return the cells of a row, each with the name of its column.

    Args:
        headers: the columns, as Django describes them to the template of a list.
        cells: the ``td`` and ``th`` elements that Django has made of a row.
    """
    return mark_safe("".join(map(_labelled, map(_name, headers), cells)))  # noqa: S308


def _name(header: dict[str, Any]) -> str:
    is_tick = "action-toggle" in str(header["text"])
    return "" if is_tick else escape(capfirst(str(header["text"])))


def _labelled(name: str, cell: SafeString) -> str:
    found = CELL.fullmatch(cell)
    if not found:
        return cell
    # A page has hundreds of cells, and escapes nothing twice: Django has escaped what is in them.
    element, attributes, inside = found.groups()
    opening = f'{element}{SCOPE[element]}{attributes} data-label="{name}"'
    return f"<{opening}><div>{inside}</div></{element}>"
