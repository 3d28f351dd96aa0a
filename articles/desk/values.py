"""The values of fields as texts for people."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from articles.desk.history import parted, with_language
from articles.models.fields import RichTextField
from articles.text import html
from articles.text.paragraphs import Place
from immunoportal.text import is_row_number


def is_rich(row: models.Model, name: str) -> bool:
    """Tell whether a field of a row holds HTML."""
    return isinstance(row._meta.get_field(name), RichTextField)


def shown(
    row: models.Model, name: str, value: Any, find: Callable[[str], Any] | None = None
) -> str:
    """Return a value of a field as a text for people.

    Args:
        row: that has the field; the value need not be its own.
        value: as it is stored or as a form posts it.
        find: returns the row of a number, for a field that names another row; the database is
            asked without it.
    """
    column = row._meta.get_field(name)
    if isinstance(column, models.BooleanField):
        return _("Yes") if value else _("No")
    if value is None or value == "":
        return ""
    text = str(value).replace("\r\n", "\n")
    if isinstance(column, models.ForeignKey):
        return str((find or _finder(column))(text) or text)
    if isinstance(column, models.Field) and column.choices:
        return str(dict(column.flatchoices).get(value, text))
    return html.plain_text(text) if is_rich(row, name) else text


def _finder(column: models.ForeignKey) -> Callable[[str], models.Model | None]:
    def find(number: str) -> models.Model | None:
        if not is_row_number(number):
            return None
        found: models.Model | None = column.related_model._default_manager.filter(pk=number).first()
        return found

    return find


def label(row: models.Model, name: str) -> str:
    """Return the name of a field within a sentence: "text in Italian"."""
    stem, language = parted(name)
    column = row._meta.get_field(stem)
    return with_language(str(column.verbose_name), language)  # type: ignore[union-attr]


def place_name(place: Place) -> str:
    """Return where a paragraph stands within its text, for people to find it."""
    match place.kind:
        case "h2" | "h3":
            return _("Heading “%(heading)s”") % {"heading": place.heading}
        case "li":
            under = _("Under “%(heading)s”, item %(number)d")
            alone = _("Item %(number)d")
        case "table":
            under = _("Under “%(heading)s”, table %(number)d")
            alone = _("Table %(number)d")
        case _:
            under = _("Under “%(heading)s”, paragraph %(number)d")
            alone = _("Paragraph %(number)d")
    names = {"heading": place.heading, "number": place.number}
    return (under if place.heading else alone) % names
