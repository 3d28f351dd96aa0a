"""Searches that take capital letters for small ones, whatever the alphabet.

SQLite's own LIKE does so with the letters of ASCII alone: "è" would not find "È". A function of
Python does with the others, on the rows alone that LIKE finds by the letters that it knows, for it
takes much longer.
"""

import re
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, lookups
from django.db.models.sql.compiler import SQLCompiler

FUNCTION = "has_words"


def has_words(text: Any, folded: str) -> bool:
    """Tell whether a text holds words that are written in small letters (``str.casefold``)."""
    return text is not None and folded in str(text).casefold()


@Field.register_lookup
class IContains(lookups.IContains):
    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, Sequence[Any]]:
        if not self.rhs_is_direct_value() or str(self.rhs).isascii():
            return self.as_sql(compiler, connection)
        text, params = self.process_lhs(compiler, connection)
        pattern = re.sub(r"[^\x00-\x7f]+", "%", connection.ops.prep_for_like_query(self.rhs))
        return (
            rf"({text} LIKE %s ESCAPE '\' AND {FUNCTION}({text}, %s))",
            [*params, f"%{pattern}%", *params, str(self.rhs).casefold()],
        )
