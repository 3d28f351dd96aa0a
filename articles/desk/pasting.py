"""What the scripts that read the clipboard have to know of the server."""

import json
from typing import Any

from django.conf import settings

from articles.models import RichText, Table
from articles.text import html, tables
from immunoportal import languages

PASTE_SCRIPTS = [
    # The others add to the first one.
    "articles/paste-write.js",
    "articles/paste-marks.js",
    "articles/paste-notes.js",
    "articles/paste-word.js",
    "articles/paste-text.js",
    "articles/paste.js",
    "articles/paste-clipboard.js",
    "articles/pasted.js",
]
PASTE_STYLES = "articles/pasted.css"


def for_paste(prefixes: dict[Any, str]) -> dict[str, Any]:
    """Return what a form has room for, and where it has its texts and tables.

    Args:
        prefixes: of the formsets, by their models.
    """
    return {
        "texts": prefixes.get(RichText, ""),
        "tables": prefixes.get(Table, ""),
        "longest": html.MAX_LENGTH,
        "longest_table": tables.MAX_LENGTH,
        "rows": tables.MAX_ROWS,
        "columns": tables.MAX_COLUMNS,
        "quotes": json.dumps(
            {code: languages.TABLE[code].quotation_marks for code in languages.codes()}
        ),
        "form": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    }
