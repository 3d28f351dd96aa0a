"""The article's form filled with a draft: as if it had been typed just now, and not sent yet."""

import re
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from django import forms
from django.db import models
from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.forms.models import BaseInlineFormSet
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from django.utils.text import capfirst

from articles.desk import values
from articles.desk.history import parted
from articles.models import BLOCKS, Article, Draft
from articles.text import form_data
from articles.text.form_data import Fields
from immunoportal.text import is_row_number

# What the page sends along, what ties a row to others and is of no use without it, and the rows
# from which others are made.
NO_TEXT = re.compile(
    r"^(_|draft_|csrfmiddlewaretoken$)|_FORMS$|-__prefix__-"
    r"|-(id|parent|article|region|ordering|block_key|DELETE)$"
)


def data_of(draft: Draft) -> QueryDict:
    """Return a draft as if it were posted."""
    data = QueryDict(mutable=True)
    for name, value in form_data.unpack(draft.data):
        data.appendlist(name, value)
    return data


def for_formset(data: QueryDict, prefix: str) -> QueryDict:
    """Return a draft's data with the numbers of rows that a formset cannot do without.

    A kind of row that is younger than the draft has none. Numbers that cannot be are no numbers.
    """
    field = re.compile(rf"{re.escape(prefix)}-(\d{{1,4}})-.+", re.ASCII)
    rows = {int(match[1]) for name in data if (match := field.fullmatch(name))}
    try:
        initial, total = (
            int(data.get(f"{prefix}-{name}", "")) for name in (INITIAL_FORM_COUNT, TOTAL_FORM_COUNT)
        )
    except ValueError:
        initial, total = 0, -1
    if 0 <= initial <= total <= max(rows, default=-1) + 1:
        return data
    whole = data.copy()
    whole[f"{prefix}-{INITIAL_FORM_COUNT}"] = whole[f"{prefix}-{TOTAL_FORM_COUNT}"] = "0"
    return whole


def filled(form_class: type[forms.ModelForm], data: QueryDict) -> type[forms.ModelForm]:
    """Return a form that shows a draft, and refuses nothing before it is sent."""

    class Filled(form_class):  # type: ignore[valid-type, misc]  # the admin makes the form
        def __init__(self, *args: Any, **kwargs: Any):
            kwargs.pop("initial", None)
            super().__init__(data, *args, **kwargs)

        def full_clean(self) -> None:
            self._errors = ErrorDict()

    return Filled


def leave_unchecked(formsets: Iterable[BaseInlineFormSet]) -> None:
    """Have formsets say nothing about what they hold, as Django has it for those one may not
    change."""
    for formset in formsets:
        for row in formset.forms:
            row._errors = ErrorDict()  # type: ignore[attr-defined]
        formset._errors = [{} for _row in formset.forms]  # type: ignore[attr-defined]
        formset._non_form_errors = ErrorList()  # type: ignore[attr-defined]


def without_a_place(
    data: Mapping[str, Any], form: forms.ModelForm, formsets: Iterable[BaseInlineFormSet]
) -> Fields:
    """Return the texts of a draft that the form has no field for any more, as after a migration.

    Args:
        data: of the draft.
        form, formsets: bound to it.
    """
    known = {form.add_prefix(name) for name in form.fields}
    found = list(data.items())
    for formset in formsets:
        prefix = f"{formset.prefix}-"
        known |= {row.add_prefix(name) for row in formset.forms for name in row.fields}
        # The formset may have numbered its rows anew.
        found = [field for field in found if not field[0].startswith(prefix)]
        found += [field for field in formset.data.items() if field[0].startswith(prefix)]
    return [
        (name, str(value))
        for name, value in found
        if name not in known and str(value).strip() and not NO_TEXT.search(name)
    ]


class OwnWords(NamedTuple):
    """A text of a draft: the name of its field for people, its language, and what it says."""

    label: str
    language: str
    text: str


def own_words(data: QueryDict) -> list[OwnWords]:
    """Return the texts of a draft in their order, without the form that it belongs to."""
    kinds = {_prefix_of(model): model for model in BLOCKS}
    found: list[tuple[int, OwnWords]] = []
    for name, value in data.items():
        match = re.fullmatch(r"(.+?)-(\d{1,4})-(.+)", name)
        model = kinds.get(match[1]) if match else Article
        field = match[3] if match else name
        if NO_TEXT.search(name) or not str(value).strip():
            continue
        if model is None or not _is_text(model, field):
            continue
        place = str(data.get(f"{match[1]}-{match[2]}-ordering", "")) if match else ""
        label = values.label(model(), field)
        if match:
            label = f"{model._meta.verbose_name}: {label}"
        words = OwnWords(capfirst(label), parted(field)[1], values.shown(model(), field, value))
        found.append((int(place) if is_row_number(place) else 0, words))
    return [words for _place, words in sorted(found, key=itemgetter(0)) if words.text]


def _prefix_of(model: type[models.Model]) -> str:
    return str(model._meta.get_field("parent").remote_field.get_accessor_name())  # type: ignore[union-attr]


def _is_text(model: type[models.Model], name: str) -> bool:
    columns = {column.name: column for column in model._meta.concrete_fields}
    column = columns.get(name)
    return isinstance(column, models.CharField | models.TextField) and not column.choices
