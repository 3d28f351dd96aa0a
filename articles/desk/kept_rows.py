"""The formset of the article's rows: it loses none, and reads none twice."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.formsets import DEFAULT_MAX_NUM, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.forms.models import BaseInlineFormSet, InlineForeignKeyField
from django.http import QueryDict

from articles.desk.shared_choices import SharedChoiceField
from immunoportal.text import is_row_number


class KnownRowField(forms.ModelChoiceField):
    """The hidden number of a row. Takes the row from those that the formset has read."""

    widget = forms.HiddenInput

    def __init__(self, rows: dict[str, models.Model], **kwargs: Any):
        super().__init__(queryset=None, required=False, **kwargs)
        self.rows = rows

    def to_python(self, value: Any) -> models.Model | None:
        if value in self.empty_values:
            return None
        try:
            return self.rows[str(value)]
        except KeyError:
            raise ValidationError(
                self.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": value},
            ) from None


class KeepingFormSet(BaseInlineFormSet):
    """Keeps rows that somebody else has deleted meanwhile: they count as new ones.

    Reads the stored rows once, and what they refer to (``shared``) once for all of them.

    Attributes:
        shared: the names of the foreign keys to rows that articles share.
    """

    shared: tuple[str, ...] = ()
    model: type[models.Model]

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        instance: models.Model | None = None,
        prefix: str,
        queryset: models.QuerySet,
        **kwargs: Any,
    ):
        is_stored = instance is not None and instance.pk is not None
        rows = queryset.filter(**{self.fk.name: instance}) if is_stored else queryset.none()
        rows = rows.select_related(*self.shared) if self.shared else rows
        self.stored = {str(row.pk): row for row in rows}
        if data is not None:
            data = vanished_rows_as_new(data, prefix, set(self.stored), {"id", self.fk.name})
        super().__init__(data, instance=instance, prefix=prefix, queryset=queryset, **kwargs)
        self._queryset = rows
        self.known = {name: self._read_shared(name) for name in self.shared}

    def _read_shared(self, name: str) -> dict[str, models.Model]:
        """Return the rows that the stored rows and the posted data refer to, by number."""
        known = {
            str(getattr(row, f"{name}_id")): getattr(row, name) for row in self.stored.values()
        }
        field = re.compile(rf"{re.escape(str(self.prefix))}-\d+-{name}")
        posted = {self.data[key] for key in self.data if field.fullmatch(key)}
        unknown = [number for number in posted - set(known) if is_row_number(number)]
        if unknown:
            related: type[models.Model] = getattr(self.model, name).field.related_model
            known |= {str(row.pk): row for row in related._default_manager.filter(pk__in=unknown)}
        return known

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        name = self.model._meta.pk.name
        if name in form.fields and not isinstance(form.fields[name], InlineForeignKeyField):
            form.fields[name] = KnownRowField(self.stored, initial=form.instance.pk)
        for name in self.shared:
            field = form.fields.get(name)
            if isinstance(field, SharedChoiceField):
                field.know(self.known[name])

    def rows_left(self) -> list[models.Model]:
        """Return the rows as the form leaves them, with those that others have added meanwhile."""
        deleted = [form.instance for form in self.deleted_forms]
        # The forms of stored rows have changed these very objects.
        stored = [row for row in self.stored.values() if not any(row is gone for gone in deleted)]
        new = [
            form.instance
            for form in self.extra_forms
            if form.has_changed() and form not in self.deleted_forms
        ]
        return [*stored, *new]


def vanished_rows_as_new(
    data: QueryDict, prefix: str, stored: set[str], keys: set[str]
) -> QueryDict:
    """Return the posted data, with rows that are not stored any more as new ones behind the others.

    Args:
        data: as posted.
        prefix: of the formset.
        stored: the ids that the database still has.
        keys: the fields that tie a row to what is gone, and that a new row has empty.
    """
    try:
        initial = int(data.get(f"{prefix}-{INITIAL_FORM_COUNT}", ""))
        total = int(data.get(f"{prefix}-{TOTAL_FORM_COUNT}", ""))
    except ValueError:
        return data  # the formset itself refuses this
    if not 0 <= initial <= total <= DEFAULT_MAX_NUM:
        return data
    kept = [row for row in range(initial) if data.get(f"{prefix}-{row}-id") in stored]
    vanished = [row for row in range(initial) if row not in kept]
    if not vanished:
        return data
    order = [*kept, *vanished, *range(initial, total)]
    places = {old: new for new, old in enumerate(order)}
    field = re.compile(rf"{re.escape(prefix)}-(\d+)-(.+)")
    renumbered = QueryDict(mutable=True)
    for name in data:
        match = field.fullmatch(name)
        if match and int(match[1]) in places:
            row = int(match[1])
            values = [""] if match[2] in keys and row in vanished else data.getlist(name)
            renumbered.setlist(f"{prefix}-{places[row]}-{match[2]}", values)
        else:
            renumbered.setlist(name, data.getlist(name))
    renumbered[f"{prefix}-{INITIAL_FORM_COUNT}"] = str(len(kept))
    return renumbered
