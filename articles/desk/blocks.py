"""The blocks of an article's form."""

from typing import Any
from uuid import UUID

from content_editor.admin import ContentEditorInline
from django import forms
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from modeltranslation.admin import TranslationStackedInline

from articles.desk.documents import DocumentChoiceWidget
from articles.desk.image_choice import ImageChoiceWidget
from articles.desk.kept_rows import KeepingFormSet, key_in, token_of
from articles.desk.recordings import RecordingChoiceWidget
from articles.desk.shared_choices import SharedAutocomplete, SharedChoiceField
from articles.models import (
    BLOCKS,
    Article,
    Attachment,
    Audience,
    Callout,
    CareCard,
    Figure,
    KeyPoints,
    OwnArticle,
    Player,
    Question,
    Quote,
    RichText,
    Table,
    TimelineEntry,
)
from articles.publishing.states import live_edition, versions_of
from immunoportal.languages import codes, localized, phrase

# What a new table begins with, for the first cell to be typed into at once.
EMPTY_TABLE = f"<table><tbody>{'<tr><td></td><td></td><td></td></tr>' * 3}</tbody></table>"


class Unlabelled(forms.HiddenInput):
    """A hidden field, which no label is for."""

    def id_for_label(self, id_: str) -> str:
        return ""


class BlockForm(forms.ModelForm):
    """The form of a block. A block that somebody else has deleted comes back with its key."""

    block_key = forms.CharField(required=False, widget=Unlabelled)
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

    def validate_constraints(self) -> None:
        """Leave out the model's constraints: what they demand is asked without a query."""

    @property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name != "block_key"]


# Of each kind of block, once its form has been shown.
FIELDSETS: dict[type, Any] = {}


class BlockInline(TranslationStackedInline, ContentEditorInline):
    """One kind of block in the article's form.

    Attributes:
        is_rare: whether its button stands behind those of the kinds that most articles have.
    """

    form = BlockForm
    formset = KeepingFormSet
    regions = {"main"}
    is_rare = False

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None) -> Any:
        # The names of its fields, for which a form is made each time, are the same for everybody.
        kind = type(self)
        if kind not in FIELDSETS:
            FIELDSETS[kind] = self._sorted_fieldsets(request, obj)
        return FIELDSETS[kind]

    def _sorted_fieldsets(self, request: HttpRequest, obj: Article | None) -> Any:
        # What is the same in every language comes before the texts, but for what is rarely set.
        last = ("only_in", "only_in_reason")
        return [
            (
                name,
                {**options, "fields": sorted(options["fields"], key=lambda field: field in last)},
            )
            for name, options in super().get_fieldsets(request, obj)
        ]

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, forms.HiddenInput):
            field.widget = Unlabelled()
        return field

    def formfield_for_choice_field(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.TypedChoiceField | None:
        if db_field.name == "only_in":
            only = [(code, _("only %(language)s") % {"language": phrase(code)}) for code in codes()]
            kwargs["choices"] = [("", _("in every language")), *only]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


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


class AttachmentFormSet(KeepingFormSet):
    shared = tuple(localized("document"))


class AttachmentInline(BlockInline):
    model = Attachment
    formset = AttachmentFormSet
    # The choice has buttons of its own, in the place of those that Django would put around it.
    raw_id_fields = ["document"]
    icon = "picture_as_pdf"
    color = "var(--coral)"
    is_rare = True

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.name.startswith("document"):
            kwargs["form_class"] = SharedChoiceField
            kwargs["widget"] = DocumentChoiceWidget(db_field.remote_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class PlayerFormSet(KeepingFormSet):
    shared = ("recording", "poster")


class PlayerInline(BlockInline):
    model = Player
    formset = PlayerFormSet
    # As an attachment's: the choices have buttons of their own.
    raw_id_fields = ["recording", "poster"]
    icon = "play_circle"
    color = "var(--petrol)"
    is_rare = True

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        widgets = {"recording": RecordingChoiceWidget, "poster": ImageChoiceWidget}
        if db_field.name in widgets:
            kwargs["form_class"] = SharedChoiceField
            kwargs["widget"] = widgets[db_field.name](db_field.remote_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class QuoteInline(BlockInline):
    model = Quote
    is_rare = True
    icon = "format_quote"
    color = "var(--soft-ink)"


class CalloutInline(BlockInline):
    model = Callout
    icon = "campaign"
    color = "var(--warning-ink)"


class KeyPointsInline(BlockInline):
    model = KeyPoints
    icon = "checklist"
    color = "var(--petrol)"
    is_rare = True

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name.startswith("points"):
            field.widget.attrs["rows"] = KeyPoints.MOST
        return field


class QuestionInline(BlockInline):
    model = Question
    icon = "help"
    color = "var(--petrol)"


class TimelineEntryInline(BlockInline):
    model = TimelineEntry
    icon = "timeline"
    color = "var(--coral)"
    is_rare = True


class CareCardForm(BlockForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("only_in") and not cleaned.get("only_in_reason"):
            self.add_error("only_in_reason", _("Say why this care card is in one language only."))
        return cleaned


class CareCardInline(BlockInline):
    model = CareCard
    form = CareCardForm
    icon = "emergency"
    color = "var(--urgent-ink)"


class TableForm(BlockForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            for code in codes():
                self.initial.setdefault(f"text_{code}", EMPTY_TABLE)


class TableInline(BlockInline):
    model = Table
    form = TableForm
    icon = "table_chart"
    color = "var(--soft-ink)"
    is_rare = True


class OwnArticleFormSet(KeepingFormSet):
    shared = ("article",)

    def _read_shared(self, name: str) -> dict[str, models.Model]:
        known = super()._read_shared(name)
        found = [article for article in known.values() if article is not None]
        models.prefetch_related_objects(found, "language_versions")
        return known

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        name = form.add_prefix("article")
        chosen = form.data.get(name) if form.is_bound else form.instance.article_id
        article = self.known["article"].get(str(chosen))
        if isinstance(article, Article):
            form.fields["article"].help_text = where_left_out(article)


def where_left_out(article: Article) -> str:
    """Return a sentence for each page that would leave out the title and lead of an article."""
    sentences = [
        _("Not live %(language)s: the page in that language leaves it out.")
        % {"language": phrase(code)}
        for code, version in versions_of(article).items()
        if live_edition(version) is None
    ]
    if article.audience == Audience.PROFESSIONAL:
        sentences.append(_("For health professionals only: a public page never shows it."))
    return " ".join(sentences)


class OwnArticleForm(BlockForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        article = cleaned.get("article")
        if article and article.pk == self.instance.parent_id:
            self.add_error("article", _("An article cannot lead to itself. Choose another."))
        return cleaned


class OwnArticleInline(BlockInline):
    model = OwnArticle
    form = OwnArticleForm
    formset = OwnArticleFormSet
    autocomplete_fields = ["article"]
    icon = "article"
    color = "var(--petrol)"
    is_rare = True

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if isinstance(db_field, models.ForeignKey) and db_field.name == "article":
            # Without Django's buttons: it is looked for, and nobody writes another one in between.
            return self.formfield_for_foreignkey(db_field, request, **kwargs)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.name == "article":
            kwargs["form_class"] = SharedChoiceField
            kwargs["widget"] = SharedAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


# In the order of their buttons: what most articles have comes first.
BLOCK_INLINES = [
    RichTextInline,
    FigureInline,
    QuestionInline,
    CalloutInline,
    CareCardInline,
    KeyPointsInline,
    TableInline,
    TimelineEntryInline,
    QuoteInline,
    OwnArticleInline,
    AttachmentInline,
    PlayerInline,
]
