"""The choice of a row that many articles share, from those that the formset has read."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models

from immunoportal.text import is_row_number


class KnowsRows:
    """Knows the rows that a formset has read, by number, so that they are not read again."""

    known: dict[str, models.Model] = {}


class SharedChoiceField(KnowsRows, forms.ModelChoiceField):
    """Takes the chosen row from those that are known."""

    def know(self, rows: dict[str, models.Model]) -> None:
        """Take the rows that the formset has read, for the widget too."""
        self.known = rows
        widget = getattr(self.widget, "widget", self.widget)
        if isinstance(widget, KnowsRows):
            widget.known = rows

    def to_python(self, value: Any) -> models.Model | None:
        return self.known.get(str(value)) or super().to_python(value)


class SharedAutocomplete(KnowsRows, AutocompleteSelect):
    """Shows the chosen row from those that are known."""

    def optgroups(
        self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None
    ) -> list[tuple[str | None, list[dict[str, Any]], int | None]]:
        if not value or not set(value) <= set(self.known):
            # What no number of a row can be chooses nothing.
            numbers = [number for number in value if is_row_number(number)]
            return super().optgroups(name, numbers, attrs)
        options = [
            self.create_option(name, chosen, str(self.known[chosen]), True, index, attrs=attrs)
            for index, chosen in enumerate(value)
        ]
        return [(None, options, 0)]
