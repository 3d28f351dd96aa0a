"""Validation that does not ask the database again for what has just been read."""

from collections.abc import Collection

from django.db import models


class ReadRelationsModel(models.Model):
    """A row whose related rows count as existing where they have been read already.

    Django asks for each foreign key of each row of a form whether its target exists, after the
    form's field has fetched that very target.
    """

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        read = {
            field.name
            for field in self._meta.concrete_fields
            if isinstance(field, models.ForeignKey)
            and field.is_cached(self)
            and getattr(field.get_cached_value(self), "pk", None) is not None
        }
        super().clean_fields(exclude=set(exclude or ()) | read)
