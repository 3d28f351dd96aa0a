"""The blocks of an article's form."""

from typing import Any
from uuid import UUID

from content_editor.admin import ContentEditorInline
from django import forms
from django.db import models
from django.http import HttpRequest
from modeltranslation.admin import TranslationStackedInline

from articles.desk.image_choice import ImageChoiceWidget
from articles.desk.kept_rows import KeepingFormSet, key_in, token_of
from articles.desk.shared_choices import SharedChoiceField
from articles.models import BLOCKS, Callout, Figure, Quote, RichText


class BlockForm(forms.ModelForm):
    """The form of a block. A block that somebody else has deleted comes back with its key."""

    block_key = forms.CharField(required=False, widget=forms.HiddenInput)
    used_keys: set[UUID] = set()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["block_key"] = token_of(self.instance.key)

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        key = key_in(cleaned.pop("block_key", None) or "")
        if key and self.instance.pk is None and key not in self.used_keys:
            is_taken = any(model.objects.filter(key=key).exists() for model in BLOCKS)
            self.used_keys.add(key)
            if not is_taken:
                self.instance.key = key
        return cleaned

    @property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name != "block_key"]


class BlockInline(TranslationStackedInline, ContentEditorInline):
    """One kind of block in the article's form."""

    form = BlockForm
    formset = KeepingFormSet
    regions = {"main"}


class RichTextInline(BlockInline):
    model = RichText
    icon = "notes"
    color = "var(--petrol)"


class FigureFormSet(KeepingFormSet):
    shared = ("image",)


class FigureInline(BlockInline):
    model = Figure
    formset = FigureFormSet
    # The choice has buttons of its own, in the place of those that Django would put around it.
    raw_id_fields = ["image"]
    icon = "image"
    color = "var(--coral)"

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.name == "image":
            kwargs["form_class"] = SharedChoiceField
            kwargs["widget"] = ImageChoiceWidget(db_field.remote_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class QuoteInline(BlockInline):
    model = Quote
    icon = "format_quote"
    color = "var(--soft-ink)"


class CalloutInline(BlockInline):
    model = Callout
    icon = "campaign"
    color = "var(--warning-ink)"


BLOCK_INLINES = [RichTextInline, FigureInline, QuoteInline, CalloutInline]
