"""The blocks of an article's form."""

from content_editor.admin import ContentEditorInline
from django import forms
from modeltranslation.admin import TranslationStackedInline

from articles.desk.image_choice import ImageChoiceWidget
from articles.desk.kept_rows import KeepingFormSet
from articles.desk.shared_content import SharedChoiceField
from articles.models import Callout, Figure, Quote, RichText


class BlockForm(forms.ModelForm):
    """A block; one that comes back after somebody else has deleted it keeps its key."""

    block_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["block_key"] = self.instance.key

    def clean(self):
        cleaned = super().clean()
        key = cleaned.pop("block_key", None)
        if (
            key
            and self.instance.pk is None
            and not self._meta.model.objects.filter(key=key).exists()
        ):
            self.instance.key = key
        return cleaned

    @property
    def changed_data(self):
        return [name for name in super().changed_data if name != "block_key"]


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

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "image":
            # It has buttons of its own: Django's plus, pencil and eye would stand beside them.
            field.widget = field.widget.widget
        return field

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


BLOCK_INLINES = [RichTextInline, FigureInline, QuoteInline, CalloutInline]
