"""The library of PDF files: its list, its pages, and the choice of one in the article's form."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from articles.desk.history import parted, with_language
from articles.desk.stored_files import FileChoiceWidget, StoredFileAdmin
from articles.desk.upload import UploadForm
from articles.files import documents
from articles.files.markup import size
from articles.files.pdf import Found, Reason, UnusableDocument
from articles.models import Document
from immunoportal.actors import User
from immunoportal.languages import phrase

ACCEPT = "application/pdf"


def facts_of(document: Document) -> str:
    """Return what is to be known of a document besides its title: "in Italian, 240 kB, 4 pages"."""
    return ", ".join([str(phrase(document.language)), size(document.bytes), pages_of(document)])


def pages_of(document: Document) -> str:
    """Return how many pages a document has, in words."""
    words = ngettext("%(count)d page", "%(count)d pages", document.pages)
    return words % {"count": document.pages}


class DocumentForm(UploadForm):
    accept = ACCEPT
    limit = "DOCUMENT_MAX_BYTES"
    examine = staticmethod(documents.examine)
    refusal = UnusableDocument
    too_heavy = Reason.TOO_HEAVY
    drop_template = "articles/desk/_document_drop.html"
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
        self.initial.setdefault("language", get_language())


@admin.register(Document)
class DocumentAdmin(StoredFileAdmin):
    upload_form = DocumentForm
    rank = 25
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

    def described(self, entry: Document) -> dict[str, Any]:
        return {
            "id": entry.pk,
            "title": entry.title,
            "language": entry.language,
            "facts": facts_of(entry),
        }

    def discard_upload(self, file: UploadedFile, examined: Found) -> None:
        documents.discard(file)

    def store(
        self, file: UploadedFile, examined: Found, *, title: str, language: str, by: User
    ) -> Document:
        language = language or str(get_language())
        return documents.add(file, examined, title=title, language=language, by=by)


class DocumentChoiceWidget(FileChoiceWidget):
    template_name = "articles/desk/file_choice.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["facts"] = facts_of(context["row"]) if context["row"] else ""
        context["language"] = language = parted(name)[1]
        context["label"] = capfirst(with_language(_("file"), language))
        return context
