"""The formset of the article's rows: it loses none, and reads none twice."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import models
from django.forms.formsets import DEFAULT_MAX_NUM, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.forms.models import BaseInlineFormSet, InlineForeignKeyField
from django.http import QueryDict
from django.utils.functional import cached_property

from articles.desk.shared_choices import SharedChoiceField
from articles.models.keys import KeyedModel
from immunoportal.text import is_row_number

KEY_SALT = "articles.block"


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
        read: the stored rows, where they have been read already.
        shared: the names of the foreign keys to rows that articles share.
        stored: the rows in the database, by number; empty where the user may not see them.
        sees_all: whether the user may see the stored rows.
        used_keys: of the rows that come back in this form, so that none is given twice.
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
        read: Sequence[models.Model] | None = None,
        **kwargs: Any,
    ):
        is_stored = instance is not None and instance.pk is not None
        self.sees_all = not queryset.query.is_empty()
        self.used_keys: set[UUID] = set()
        rows: Sequence[models.Model] = []
        if is_stored and self.sees_all:
            rows = read if read is not None else self._read_rows(queryset, instance)
        self.stored = {str(row.pk): row for row in rows}
        if data is not None:
            keys = {str(key): pk for pk, row in self.stored.items() if (key := row_key(row))}
            data = rows_put_back_once(data, prefix, keys)
            data = vanished_rows_as_new(
                data, prefix, set(self.stored), {"id", self.fk.name}, is_new=not is_stored
            )
        super().__init__(data, instance=instance, prefix=prefix, queryset=queryset, **kwargs)
        self._queryset = rows
        self.known = {name: self._read_shared(name) for name in self.shared}

    def _read_rows(
        self, queryset: models.QuerySet, instance: models.Model | None
    ) -> list[models.Model]:
        rows = queryset.filter(**{self.fk.name: instance})
        return list(rows.select_related(*self.shared) if self.shared else rows)

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

    @cached_property
    def empty_form(self) -> Any:
        """Make the form of a row that is added, which Django makes anew for each who asks."""
        return super().empty_form

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        name = self.model._meta.pk.name
        if name in form.fields and not isinstance(form.fields[name], InlineForeignKeyField):
            form.fields[name] = KnownRowField(self.stored, initial=form.instance.pk)
        for name in self.shared:
            field = form.fields.get(name)
            if isinstance(field, SharedChoiceField):
                field.know(self.known[name])
        # For ``BlockForm``.
        form.used_keys = self.used_keys  # type: ignore[attr-defined]

    def clean(self) -> None:
        """Refuse a row that another one is equal to, where the database would.

        Django leaves this out, since the parent's key is no field of the row's form. Rows that
        change places are refused too: the first one stored would meet the second.
        """
        for constraint in self.model._meta.constraints:
            if (
                isinstance(constraint, models.UniqueConstraint)
                and self.fk.name in constraint.fields
            ):
                names = [name for name in constraint.fields if name != self.fk.name]
                self._refuse_equal_rows(names, str(constraint.violation_error_message))

    def _refuse_equal_rows(self, names: list[str], message: str) -> None:
        fields = [field for field in self.model._meta.concrete_fields if field.name in names]
        columns = [field.attname for field in fields]
        posted = {form.instance.pk for form in self.initial_forms}
        taken = {
            tuple(getattr(row, column) for column in columns)
            for row in self.stored.values()
            if row.pk not in posted
        }
        before = {
            form.instance.pk: tuple(form.initial.get(field.name) for field in fields)
            for form in self.initial_forms
        }
        gone = {form.instance.pk for form in self.deleted_forms}
        for form in self.forms:
            if form in self.deleted_forms or not (form.has_changed() or form in self.initial_forms):
                continue
            row = tuple(getattr(form.instance, column) for column in columns)
            # New rows are stored when those that go are gone.
            left = gone if form in self.extra_forms else {form.instance.pk}
            others = {values for pk, values in before.items() if pk not in left}
            if row in taken or (form.has_changed() and row in others):
                form.add_error(None, message)
            taken.add(row)

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

    def rows_typed(self) -> list[models.Model]:
        """Return the rows as somebody is typing them, whether they could be stored or not; without
        those that do not name yet what they cannot do without, such as a figure its picture."""
        new = [form.instance for form in self.extra_forms if form.has_changed()]
        gone = [form.instance for form in self.forms if self._should_delete_form(form)]  # type: ignore[attr-defined]  # Django's own
        needed = [name for name in self.shared if not self.model._meta.get_field(name).null]
        return [
            row
            for row in (*self.stored.values(), *new)
            if not any(row is other for other in gone)
            and all(getattr(row, f"{name}_id") is not None for name in needed)
        ]


def row_key(row: models.Model) -> UUID | None:
    """Return the key of a block; ``None`` for rows that have none."""
    return row.key if isinstance(row, KeyedModel) else None


def rows_put_back_once(data: QueryDict, prefix: str, stored: dict[str, str]) -> QueryDict:
    """Return the posted data, with rows that somebody has put back already as those stored rows.

    Args:
        data: as posted.
        prefix: of the formset.
        stored: the numbers of the stored rows, by their keys.
    """
    numbers = set(stored.values())
    field = re.compile(rf"{re.escape(prefix)}-(\d+)-id")
    posted = {data[name] for name in data if field.fullmatch(name)}
    changed: QueryDict | None = None
    for name in data:
        match = field.fullmatch(name)
        if not match or data[name] in numbers or not data[name]:
            continue
        key = key_in(data.get(f"{prefix}-{match[1]}-block_key", ""))
        number = stored.get(str(key)) if key else None
        if number and number not in posted:
            changed = changed or data.copy()
            changed[name] = number
            posted.add(number)
    return changed or data


def token_of(key: UUID) -> str:
    """Return a block's key as a form carries it: signed, so that it is one of ours."""
    return Signer(salt=KEY_SALT).sign(key.hex)


def key_in(token: str) -> UUID | None:
    """Return the key that a form carries; ``None`` if we have not signed it."""
    try:
        return UUID(Signer(salt=KEY_SALT).unsign(token))
    except (BadSignature, ValueError):
        return None


def vanished_rows_as_new(
    data: QueryDict, prefix: str, stored: set[str], keys: set[str], *, is_new: bool = False
) -> QueryDict:
    """Return the posted data, with rows that are not stored any more as new ones behind the others.

    Args:
        data: as posted.
        prefix: of the formset.
        stored: the ids that the database still has.
        keys: the fields that tie a row to what is gone, and that a new row has empty.
        is_new: whether the article itself is gone, and with it what every row is tied to.
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
    if not vanished and not is_new:
        return data
    order = [*kept, *vanished, *range(initial, total)]
    places = {old: new for new, old in enumerate(order)}
    field = re.compile(rf"{re.escape(prefix)}-(\d+)-(.+)")
    renumbered = QueryDict(mutable=True)
    for name in data:
        match = field.fullmatch(name)
        if match and int(match[1]) in places:
            row = int(match[1])
            is_untied = match[2] in keys and (is_new or row in vanished)
            values = [""] if is_untied else data.getlist(name)
            renumbered.setlist(f"{prefix}-{places[row]}-{match[2]}", values)
        else:
            renumbered.setlist(name, data.getlist(name))
    renumbered[f"{prefix}-{INITIAL_FORM_COUNT}"] = str(len(kept))
    return renumbered
