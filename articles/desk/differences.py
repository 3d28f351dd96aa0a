"""What differs between an article as it is stored and a form that is filled with a draft."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from articles.desk import values
from articles.desk.history import parted
from articles.text import words_diff
from articles.text.words_diff import Change

# What a form needs for itself; where a row stands is told by the row.
SILENT = {"version", "ordering", "region", "block_key", "DELETE"}


@dataclass(frozen=True)
class Difference:
    """A field that differs.

    Attributes:
        label: its name, with its language.
        language: of its text; empty where it has none.
        changes: its words; none if only their formatting differs.
    """

    label: str
    language: str
    changes: list[Change]


@dataclass(frozen=True)
class Part:
    """The article itself or one of its rows, where it differs.

    Attributes:
        name: what it is.
        how: "changed", "added", "removed" or "moved".
        fields: those that differ.
    """

    name: str
    how: str
    fields: list[Difference]


def parts(form: forms.ModelForm, formsets: Iterable[BaseInlineFormSet]) -> list[Part]:
    """Return what differs, the article itself first, then its rows in the order of the form.

    Args:
        form, formsets: bound to what was typed; nothing of it need be valid.
    """
    found = []
    fields = list(_differences(form))
    if fields:
        found.append(Part(_("The article itself"), "changed", fields))
    for formset in formsets:
        rows = sorted(formset.forms, key=_position)
        found += [part for row in rows if (part := _row(row, formset))]
    return found


def _position(row: forms.ModelForm) -> int:
    typed = str(row.data.get(row.add_prefix("ordering"), ""))
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def _row(row: forms.ModelForm, formset: BaseInlineFormSet) -> Part | None:
    name = capfirst(str(row.instance._meta.verbose_name))
    is_stored = row in formset.initial_forms
    if row.add_prefix("DELETE") in row.data:
        return Part(name, "removed", list(_differences(row, removed=True))) if is_stored else None
    fields = list(_differences(row))
    if not is_stored:
        return Part(name, "added", fields)
    if fields:
        return Part(name, "changed", fields)
    return Part(name, "moved", []) if _position(row) != row.initial.get("ordering", 0) else None


def _differences(form: forms.ModelForm, *, removed: bool = False) -> Iterator[Difference]:
    row = form.instance
    for name, field in form.fields.items():
        prefixed = form.add_prefix(name)
        is_omitted = field.widget.value_omitted_from_data(form.data, form.files, prefixed)
        if name in SILENT or isinstance(field.widget, forms.HiddenInput) or is_omitted:
            continue
        before = form.get_initial_for_field(field, name)
        after = field.widget.value_from_datadict(form.data, form.files, prefixed)
        find = _finder(field)
        shown = [values.shown(row, name, value, find) for value in (before, after)]
        if removed:
            shown[1] = ""
        is_formatted = values.is_rich(row, name) and not removed
        if shown[0] != shown[1] or (is_formatted and (before or "") != (after or "")):
            changes = words_diff.changes(*shown) if shown[0] != shown[1] else []
            yield Difference(capfirst(values.label(row, name)), parted(name)[1], changes)


def _finder(field: forms.Field) -> Callable[[str], Any]:
    """Return what finds the row that a form names, among those that the form knows."""

    def find(number: str) -> Any:
        try:
            return field.to_python(number)
        except ValidationError:
            return None

    return find
