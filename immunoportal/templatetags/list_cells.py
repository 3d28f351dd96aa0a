"""Cells of the admin's lists that know the name of their column, for where rows are cards."""

import re
from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()

# What Django's template tags make of a cell.
CELL = re.compile(r"<(td|th)([^>]*)>(.*)</\1>", re.DOTALL)
SCOPE = {"td": "", "th": mark_safe(' scope="row"')}


@register.simple_tag
def labelled_cells(headers: Iterable[dict[str, Any]], cells: Iterable[SafeString]) -> SafeString:
    """Return the cells of a row, each with the name of its column.

    Args:
        headers: the columns, as Django describes them to the template of a list.
        cells: the ``td`` and ``th`` elements that Django has made of a row.
    """
    return mark_safe("".join(map(_labelled, headers, cells)))  # noqa: S308  all are escaped


def _labelled(header: dict[str, Any], cell: SafeString) -> SafeString:
    found = CELL.fullmatch(cell)
    if not found:
        return cell
    element, attributes, inside = map(mark_safe, found.groups())  # parts of a safe text
    is_tick = "action-toggle" in str(header["text"])
    name = "" if is_tick else capfirst(str(header["text"]))
    return format_html(
        '<{0}{1}{2} data-label="{3}"><div>{4}</div></{0}>',
        element, SCOPE[element], attributes, name, inside,
    )  # fmt: skip
