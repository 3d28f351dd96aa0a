"""The rows of an article's form: its blocks, bylines and citations."""

from content_editor.admin import ContentEditorInline
from django.contrib import admin
from modeltranslation.admin import TranslationStackedInline

from articles.desk.image_choice import ImageChoiceWidget
from articles.desk.kept_rows import (
    BlockForm,
    KeepingFormSet,
    SharedAutocomplete,
    SharedChoiceField,
)
from articles.models import Byline, Callout, Citation, Figure, Quote, RichText
from immunoportal.admin.mixins import ChoiceMixin


class BlockInline(TranslationStackedInline, ContentEditorInline):
    """A kind of block among the others."""

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
    icon = "image"
    color = "var(--coral)"

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
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


class SharedRowInline(ChoiceMixin, admin.StackedInline):
    """Rows that choose something which other articles use too."""

    extra = 0

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.formset.shared:
            kwargs["form_class"] = SharedChoiceField
            kwargs["widget"] = SharedAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class BylineFormSet(KeepingFormSet):
    shared = ("contributor",)


class BylineInline(SharedRowInline):
    model = Byline
    formset = BylineFormSet
    fields = [("contributor", "role", "ordering")]
    autocomplete_fields = ["contributor"]


class CitationFormSet(KeepingFormSet):
    shared = ("source",)


class CitationInline(SharedRowInline):
    model = Citation
    formset = CitationFormSet
    fields = [("source", "ordering")]
    autocomplete_fields = ["source"]


INLINES = [
    RichTextInline,
    FigureInline,
    QuoteInline,
    CalloutInline,
    BylineInline,
    CitationInline,
]
