"""What many articles share (people, sources, images): how they choose it, and what its change
means for them."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models

from articles.desk.kept_rows import KeepingFormSet
from articles.publishing import verbs
from immunoportal.admin.mixins import ChoiceMixin


class SharedContentMixin:
    """The admin of rows that articles show: changing one changes their working copies.

    Attributes:
        shown_fields: the form fields that readers see something of; all, if it is empty.
    """

    shown_fields: frozenset[str] = frozenset()

    def articles_showing(self, obj):
        """Return the articles concerned, as a queryset."""
        raise NotImplementedError

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        changed = set(form.changed_data)
        if change and (changed & self.shown_fields if self.shown_fields else changed):
            verbs.mark_changed(self.articles_showing(obj))


class SharedChoiceField(forms.ModelChoiceField):
    """A choice among rows that articles share; the formset has read the chosen ones at once."""

    known: dict[str, models.Model] = {}

    def to_python(self, value):
        return self.known.get(str(value)) or super().to_python(value)


class SharedAutocomplete(AutocompleteSelect):
    """Shows the chosen row from those that the formset has read."""

    known: dict[str, models.Model] = {}

    def optgroups(self, name, value, attrs=None):
        if not value or not set(value) <= set(self.known):
            return super().optgroups(name, value, attrs)
        options = [
            self.create_option(name, chosen, str(self.known[chosen]), True, index, attrs=attrs)
            for index, chosen in enumerate(value)
        ]
        return [(None, options, 0)]


class SharedRowInline(ChoiceMixin, admin.StackedInline):
    """Rows of an article's form that choose something which other articles use too."""

    formset: type[KeepingFormSet]
    extra = 0

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.formset.shared:
            kwargs["form_class"] = SharedChoiceField
            kwargs["widget"] = SharedAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
