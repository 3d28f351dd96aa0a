"""Cells of the admin's lists that know the name of their column, for where rows are cards."""

import re
from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()


@register.simple_tag
def labelled_cells(headers: Iterable[dict[str, Any]], cells: Iterable[SafeString]) -> SafeString:
    """Return the cells of a row, each with the name of its column.

    Args:
        headers: the columns, as Django describes them to the template of a list.
        cells: the ``td`` and ``th`` elements that Django has made of a row.
    """
    return mark_safe("".join(map(_labelled, headers, cells)))  # noqa: S308  all are escaped


def _labelled(header: dict[str, Any], cell: SafeString) -> str:
    name = re.sub("<.*>", "", str(header["text"]))  # the tick box that selects all
    attributes = format_html(' data-label="{}"', capfirst(name)) if name else ""
    for element, role in {"td": "cell", "th": "rowheader"}.items():
        opening = f"<{element}"
        if cell.startswith(opening):
            scope = ' scope="row"' if element == "th" else ""
            rest = conditional_escape(cell)[len(opening) :]
            return f'{opening} role="{role}"{scope}{attributes}{rest}'
    return conditional_escape(cell)
