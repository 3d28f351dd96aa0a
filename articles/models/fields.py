"""The rich text field: an editor in the admin, clean HTML in the database."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _
from django_prose_editor.config import allowlist_from_extensions, expand_extensions
from django_prose_editor.fields import ProseEditorField, create_sanitizer

from articles.text import html, tables

# What a text may hold. The editor's buttons and the sanitiser's list both follow from it.
TEXT = {
    "Bold": True,
    "Italic": True,
    "Subscript": True,
    "Superscript": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "HardBreak": True,
    "Citation": True,
    "Link": {"protocols": ["https", "http", "mailto", "tel"], "enableTarget": False},
    "OwnLink": True,
    "NoSpellCheck": False,
    "Paste": True,
}

# Inside a call-out a heading would break the outline of the article.
TEXT_WITHOUT_HEADINGS = {name: options for name, options in TEXT.items() if name != "Heading"}

# What was said cites no source and leads nowhere.
SPEECH = {
    name: options
    for name, options in TEXT_WITHOUT_HEADINGS.items()
    if name not in ("Citation", "Link", "OwnLink")
}

# What the cells of a table may hold; the table itself is made anew whenever it is cleaned.
CELL = TEXT_WITHOUT_HEADINGS
TABLE = {**CELL, "Table": True, "TableRow": True, "TableHeader": True, "TableCell": True}


class CleanText(str):
    """HTML that has been cleaned by the field whose ``allowed`` elements it keeps."""

    allowed: frozenset[str]

    def __new__(cls, value: str, allowed: frozenset[str] = frozenset()) -> "CleanText":
        text = super().__new__(cls, value)
        text.allowed = allowed
        return text


def html_cleaner(extensions: dict[str, Any]) -> Callable[[str], str]:
    """Return what cleans HTML of all that some extensions of the editor cannot make."""
    sanitise = create_sanitizer(extensions)
    allowed = frozenset(allowlist_from_extensions(expand_extensions(extensions))["tags"])
    return lambda value: html.clean(value, sanitise, allowed)


class RichTextField(ProseEditorField):
    """HTML that is normalised and sanitised once a save, whatever way it came in.

    A form is told what is too long or too deeply nested; code that saves it gets
    ``articles.text.html.Refused``.
    """

    sanitize: Callable[[str], str]

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("extensions", TEXT)
        kwargs["sanitize"] = True
        super().__init__(*args, **kwargs)
        extensions = expand_extensions(self.config["extensions"])
        allowed = frozenset(allowlist_from_extensions(extensions)["tags"])
        self.sanitize = self._cleaning(self._cleaner(), allowed)

    def _cleaner(self) -> Callable[[str], str]:
        """Return what cleans the HTML of the field."""
        return html_cleaner(self.config["extensions"])

    def _cleaning(
        self, cleaner: Callable[[str], str], allowed: frozenset[str]
    ) -> Callable[[str], str]:
        """Return a cleaner that spares what has been cleaned."""

        def clean(value: str) -> CleanText:
            if isinstance(value, CleanText) and value.allowed == allowed:
                return value
            return CleanText(cleaner(value), allowed)

        return clean

    def clean(self, value: Any, instance: models.Model) -> str:
        try:
            cleaned: str = super().clean(value, instance)
        except html.TooLong as refusal:
            message = _(
                "This text has %(length)d characters, formatting included; there is room for "
                "%(limit)d in a block. Spread it over several blocks."
            )
            numbers = {"length": refusal.length, "limit": refusal.limit}
            raise ValidationError(message % numbers, code="too_long") from None
        except html.TooDeep:
            message = _(
                "Lists or formats are nested more than %(limit)d deep in this text. Take some of "
                "the levels out, or paste the text without its formatting."
            )
            raise ValidationError(message % {"limit": html.MAX_DEPTH}, code="too_deep") from None
        except tables.TooLarge as refusal:
            message = _(
                "This table is too large (%(rows)d × %(columns)d). A block has room for "
                "%(most_rows)d rows and %(most_columns)d columns: spread it over several blocks."
            )
            numbers = {
                "rows": refusal.rows,
                "columns": refusal.columns,
                "most_rows": tables.MAX_ROWS,
                "most_columns": tables.MAX_COLUMNS,
            }
            raise ValidationError(message % numbers, code="too_large") from None
        return cleaned

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if value:
            value = self.sanitize(value)
            setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        # ``update`` and ``bulk_update`` write without ``pre_save``.
        if isinstance(value, str):
            value = str(self.sanitize(value))
        return super().get_db_prep_save(value, connection)


class TableField(RichTextField):
    """A rich text in which there is a table, and whose cells hold no other."""

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs["extensions"] = TABLE
        super().__init__(*args, **kwargs)

    def _cleaner(self) -> Callable[[str], str]:
        clean_cell = html_cleaner(CELL)
        return lambda value: tables.clean(value, clean_cell)
