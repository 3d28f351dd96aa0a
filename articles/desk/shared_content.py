"""What many articles share: people, sources and images."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.http import HttpRequest

from articles.desk.kept_rows import KeepingFormSet
from articles.desk.shared_choices import SharedAutocomplete, SharedChoiceField
from articles.models import Article
from articles.publishing import verbs
from immunoportal.admin.mixins import ChoiceMixin


class SharedContentMixin(admin.ModelAdmin):
    """The admin of rows that articles show. Changing a row changes their working copies.

    Attributes:
        shown_fields: the form fields that readers see something of; all, if it is empty.
    """

    shown_fields: frozenset[str] = frozenset()

    def articles_showing(self, obj: Any) -> models.QuerySet[Article]:
        """Return the articles that show a row."""
        raise NotImplementedError

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        if change:
            # Whoever saves one of them just now has read this row before: wait for that.
            articles = self.articles_showing(obj).order_by("pk")
            list(articles.select_for_update(of=("self",), no_key=True).values_list("pk"))
        super().save_model(request, obj, form, change)
        changed = set(form.changed_data)
        if change and (changed & self.shown_fields if self.shown_fields else changed):
            verbs.mark_changed(self.articles_showing(obj))


class SharedRowForm(forms.ModelForm):
    """One of the rows that choose something shared."""

    def validate_constraints(self) -> None:
        """Leave out the model's constraints: the formset compares the rows, all at once."""


class SharedRowInline(ChoiceMixin, admin.StackedInline):
    """Rows of an article's form that choose something shared, such as a person or a source."""

    form = SharedRowForm
    formset: type[KeepingFormSet]
    choice_widget: type[AutocompleteSelect] = SharedAutocomplete
    extra = 0

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.name in self.formset.shared:
            kwargs["form_class"] = SharedChoiceField
            kwargs["widget"] = self.choice_widget(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
