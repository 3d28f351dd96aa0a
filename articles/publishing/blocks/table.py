from collections.abc import Iterator

from django.utils.translation import gettext as _

from articles.models import Table
from articles.publishing.blocks.registry import (
    Entries,
    Lack,
    freeze_block,
    lacks,
    put,
    thaw_block,
    unfinished,
    untranslated,
)
from articles.publishing.content import Frozen
from articles.text import tables
from immunoportal.languages import text_in


@freeze_block.register
def freeze_table(block: Table, language: str) -> Frozen | None:
    rows = tables.rows_of(
        text_in(block, "text", language),
        header_row=block.header_row,
        header_column=block.header_column,
    )
    if not rows:
        return None
    return {"type": "table", "caption": text_in(block, "caption", language), "html": rows}


@thaw_block.register
def thaw_table(block: Table, frozen: Frozen, language: str, _entries: Entries) -> Iterator[str]:
    rows = frozen["html"]
    put(block, language, caption=frozen["caption"], text=f"<table>{rows}</table>")
    block.header_row, block.header_column = tables.headers_of(rows)
    yield from ()


@lacks.register
def table_lacks(block: Table, language: str) -> Iterator[Lack]:
    missing = _("%(block)s, block %(position)d: the table is missing %(language)s.")
    yield from untranslated(block, language, {"text": missing})
    text = text_in(block, "text", language)
    if text and (tables.count_in(text) != 1 or tables.outside_of(text)):
        message = _(
            "%(block)s, block %(position)d: there must be one table %(language)s, and nothing "
            "around it. Move the rest into a block of its own."
        )
        yield message, f"text_{language}"
    caption = _("%(block)s, block %(position)d: the caption is missing %(language)s.")
    yield from unfinished(block, language, {"caption": caption})
