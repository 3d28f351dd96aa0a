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
from articles.text import paragraphs, words_diff
from articles.text.alignment import Effort
from articles.text.words_diff import Change

# What a form needs for itself; where a row stands is told by the row.
SILENT = {"version", "ordering", "region", "block_key", "DELETE"}


@dataclass(frozen=True)
class Passage:
    """A part of a text that differs: a paragraph, or the whole of what has none.

    Attributes:
        place: where it stands; empty for the whole.
        changes: its words; none if only their formatting differs.
        is_unmarked: whether there was too much to be marked word by word.
    """

    place: str
    changes: list[Change]
    is_unmarked: bool = False


@dataclass(frozen=True)
class Difference:
    """A field that differs.

    Attributes:
        label: its name, with its language.
        language: of its text; empty where it has none.
        passages: those that differ.
    """

    label: str
    language: str
    passages: list[Passage]


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
    effort = Effort()
    fields = list(_differences(form, effort))
    if fields:
        found.append(Part(_("The article itself"), "changed", fields))
    for formset in formsets:
        rows = sorted(formset.forms, key=_position)
        found += [part for row in rows if (part := _row(row, formset, effort))]
    return found


def _position(row: forms.ModelForm) -> int:
    typed = str(row.data.get(row.add_prefix("ordering"), ""))
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def _row(row: forms.ModelForm, formset: BaseInlineFormSet, effort: Effort) -> Part | None:
    name = capfirst(str(row.instance._meta.verbose_name))
    is_stored = row in formset.initial_forms
    if row.add_prefix("DELETE") in row.data:
        if not is_stored:
            return None
        return Part(name, "removed", list(_differences(row, effort, removed=True)))
    fields = list(_differences(row, effort))
    if not is_stored:
        return Part(name, "added", fields)
    if fields:
        return Part(name, "changed", fields)
    return Part(name, "moved", []) if _position(row) != row.initial.get("ordering", 0) else None


def _differences(
    form: forms.ModelForm, effort: Effort, *, removed: bool = False
) -> Iterator[Difference]:
    row = form.instance
    for name, field in form.fields.items():
        prefixed = form.add_prefix(name)
        is_omitted = field.widget.value_omitted_from_data(form.data, form.files, prefixed)
        if name in SILENT or isinstance(field.widget, forms.HiddenInput) or is_omitted:
            continue
        before = form.get_initial_for_field(field, name)
        after = field.widget.value_from_datadict(form.data, form.files, prefixed)
        if values.is_rich(row, name):
            typed = "" if removed else after or ""
            passages = list(paragraphs_that_differ(before or "", typed, effort))
        else:
            find = _finder(field)
            stored = values.shown(row, name, before, find)
            typed = "" if removed else values.shown(row, name, after, find)
            passages = [_passage("", stored, typed, effort)] if stored != typed else []
        if passages:
            yield Difference(capfirst(values.label(row, name)), parted(name)[1], passages)


def paragraphs_that_differ(before: str, after: str, effort: Effort) -> Iterator[Passage]:
    """Yield the paragraphs that two versions of a text do not share, with their places."""
    old, new = paragraphs.split(before), paragraphs.split(after)
    old_places, new_places = paragraphs.places(old), paragraphs.places(new)
    for one, other in paragraphs.differing(old, new, effort):
        place = new_places[other] if other is not None else old_places[one or 0]
        gone = "" if one is None else old[one].words
        come = "" if other is None else new[other].words
        yield _passage(values.place_name(place), gone, come, effort)


def _passage(place: str, before: str, after: str, effort: Effort) -> Passage:
    refusals = effort.refusals
    changes = words_diff.changes(before, after, effort) if before != after else []
    return Passage(place, changes, is_unmarked=effort.refusals > refusals)


def _finder(field: forms.Field) -> Callable[[str], Any]:
    """Return what finds the row that a form names, among those that the form knows."""

    def find(number: str) -> Any:
        try:
            return field.to_python(number)
        except ValidationError:
            return None

    return find
