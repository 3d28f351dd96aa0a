"""The library of PDF files: its list, its pages, and the choice of one in the article's form."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.widgets import ForeignKeyRawIdWidget
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from articles.desk.file_library import FileLibraryAdmin
from articles.desk.history import parted
from articles.desk.library_choices import LibraryChoicesMixin, dialog_of
from articles.desk.shared_choices import KnowsRows
from articles.desk.upload import title_of
from articles.files import documents, library
from articles.files.library import AlreadyInLibrary
from articles.files.markup import size
from articles.files.pdf import Found, Reason, UnusableDocument
from articles.files.withdrawal import Withdrawn
from articles.models import Document
from immunoportal.actors import User, user_of
from immunoportal.admin.mixins import Context
from immunoportal.languages import codes, name, phrase
from immunoportal.text import is_row_number

ACCEPT = "application/pdf"


def for_dialog(request: HttpRequest) -> dict[str, Any]:
    """Return what the dialog's template shows, to those who may see the library."""
    return dialog_of(
        request,
        Document,
        accept=ACCEPT,
        most_bytes=settings.DOCUMENT_MAX_BYTES,
        too_heavy=str(UnusableDocument(Reason.TOO_HEAVY, settings.DOCUMENT_MAX_BYTES)),
        drop_template="articles/desk/_document_drop.html",
        languages=[(code, name(code)) for code in codes()],
    )


def facts_of(document: Document) -> str:
    """Return what is to be known of a document besides its title: "in Italian, 240 kB, 4 pages"."""
    return ", ".join([str(phrase(document.language)), size(document.bytes), pages_of(document)])


def pages_of(document: Document) -> str:
    words = ngettext("%(count)d page", "%(count)d pages", document.pages)
    return words % {"count": document.pages}


def examined_upload(file: UploadedFile) -> Found | UnusableDocument:
    """Return what is found in an upload, or its refusal. Looks into it once only."""
    known: Found | UnusableDocument | None = getattr(file, "examined", None)
    if known is None:
        try:
            known = documents.examine(file)
        except UnusableDocument as refusal:
            known = refusal
        file.examined = known  # type: ignore[attr-defined]  # it goes with the upload
    return known


class DocumentForm(forms.ModelForm):
    """The form of a new document. The file is judged by what is in it, whatever its name says."""

    upload = forms.FileField(
        label=gettext_lazy("PDF file"),
        help_text=gettext_lazy("Without a password and without scripts."),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        # Its own sentence for an empty file says what a file is.
        allow_empty_file=True,
    )

    class Meta:
        model = Document
        fields = ["title", "language"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("If it is empty, the file’s name is used.")
        self.initial.setdefault("language", get_language())

    def clean_upload(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["upload"]
        examined = examined_upload(file)
        if isinstance(examined, UnusableDocument):
            raise ValidationError(str(examined))
        self.examined = examined
        existing = Document.objects.filter(digest=library.digest_of(file)).first()
        if existing and existing.is_withdrawn:
            raise ValidationError(str(Withdrawn(existing)))
        # In the window that an article has opened, the file is simply taken.
        if existing and IS_POPUP_VAR not in self.data:
            raise ValidationError(
                format_html(
                    '{} <a href="{}">{}</a>',
                    _("This file is already in the library:"),
                    reverse("admin:articles_document_change", args=[existing.pk]),
                    existing.title,
                )
            )
        return file

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("upload") and not cleaned.get("title"):
            cleaned["title"] = title_of(cleaned["upload"], _("PDF file"))
        return cleaned


class DocumentChoicesMixin(LibraryChoicesMixin):
    """The addresses of the library's admin that the script asks."""

    def described(self, entry: Document) -> dict[str, Any]:
        return {
            "id": entry.pk,
            "title": entry.title,
            "language": entry.language,
            "facts": facts_of(entry),
        }

    def examined_upload(self, file: UploadedFile) -> Found | UnusableDocument:
        return examined_upload(file)

    def add_upload(
        self, request: HttpRequest, file: UploadedFile, examined: Found, by: User
    ) -> Document:
        said = request.POST.get("language", "")
        language = said if said in codes() else str(get_language())
        title = title_of(file, _("PDF file"))
        return documents.add(file, examined, title=title, language=language, by=by)

    def discard_upload(self, file: UploadedFile, examined: Found) -> None:
        documents.discard(file)


@admin.register(Document)
class DocumentAdmin(DocumentChoicesMixin, FileLibraryAdmin):
    change_form_template = "articles/desk/library_entry.html"
    change_list_template = "articles/desk/library_list.html"
    rank = 25
    view_on_site = False
    when_empty = gettext_lazy(
        "No PDF file has been added yet. Add one here, or while you write an article."
    )
    list_display = ["title", "language", "size_shown", "pages", "uses", "added_at"]
    list_filter = ["language"]
    search_fields = ["title"]
    readonly_fields = [
        "size_shown", "pages", "file_link", "shown_in", "added_at", "added_by",
    ]  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Document | None = None) -> list[Any]:
        own = ["title", "language"]
        return [*own, *self.readonly_fields] if obj else ["upload", *own]

    def get_form(
        self, request: HttpRequest, obj: Document | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        if obj is None:
            kwargs["form"] = DocumentForm
        return super().get_form(request, obj, change=change, **kwargs)

    def remove(self, row: Document) -> None:
        library.remove(row)

    def changelist_view(self, request: HttpRequest, extra_context: Context = None) -> HttpResponse:
        return super().changelist_view(
            request, {"library": for_dialog(request)} | (extra_context or {})
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        upload = request.FILES.get("upload")
        examined = None
        if upload and object_id is None and self.has_add_permission(request):
            # Before Django opens its transaction: while a file is read, others can write.
            examined = examined_upload(upload)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Exception:
            if upload and isinstance(examined, Found):
                documents.discard(upload)
            raise

    def save_model(
        self, request: HttpRequest, obj: Document, form: forms.ModelForm, change: bool
    ) -> None:
        if not isinstance(form, DocumentForm):
            super().save_model(request, obj, form, change)
            return
        try:
            document = documents.add(
                form.cleaned_data["upload"],
                form.examined,
                title=obj.title,
                language=obj.language,
                by=user_of(request),
            )
        except (AlreadyInLibrary, Withdrawn) as error:
            # Since the form looked.
            document = error.row
        obj.__dict__.update(document.__dict__)

    @admin.display(description=gettext_lazy("size"), ordering="bytes")
    def size_shown(self, document: Document) -> str:
        return size(document.bytes)

    @admin.display(description=gettext_lazy("file"))
    def file_link(self, document: Document) -> SafeString | str:
        if document.is_withdrawn:
            return _("being deleted") if document.doomed_files else _("deleted")
        url = document.get_absolute_url()
        return format_html('<a href="{}">{}</a>', url, _("Open the file"))


class DocumentChoiceWidget(KnowsRows, ForeignKeyRawIdWidget):
    """Shows the chosen document; another one is chosen in the library."""

    template_name = "articles/desk/file_choice.html"

    def document_for(self, value: Any) -> Document | None:
        """Return the document of a number; ``None`` where there is none."""
        number = str(value or "")
        known = self.known.get(number)
        if isinstance(known, Document):
            return known
        return Document.objects.filter(pk=number).first() if is_row_number(number) else None

    def label_and_url_for_value(self, value: Any) -> tuple[str, str]:
        # Django would read the document once more; its title and more are shown instead.
        return "", ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["document"] = document = self.document_for(value)
        context["facts"] = facts_of(document) if document else ""
        context["language"] = parted(name)[1]
        context["library_url"] = context.get("related_url")
        context["upload_url"] = reverse("admin:articles_document_add") + "?_to_field=id&_popup=1"
        return context
