"""What the admin of every library of files has: how a file comes in, and what is shown of it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import ForeignKeyRawIdWidget
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.desk.file_library import FileLibraryAdmin
from articles.desk.library_choices import LibraryChoicesMixin
from articles.desk.shared_choices import KnowsRows
from articles.desk.upload import UploadForm, title_of
from articles.files.library import AlreadyInLibrary
from articles.files.markup import size
from articles.files.withdrawal import Withdrawn
from articles.models.stored_files import StoredFile
from immunoportal.actors import User, user_of
from immunoportal.languages import codes
from immunoportal.text import is_row_number


class StoredFileAdmin(LibraryChoicesMixin, FileLibraryAdmin):
    """The admin of a library of files."""

    # The file is no page of the site.
    view_on_site = False

    def store(
        self, file: UploadedFile, examined: Any, *, title: str, language: str, by: User
    ) -> StoredFile:
        """Take an upload into the library; see its verb.

        Args:
            language: empty where nobody has said it.
        """
        raise NotImplementedError

    def add_upload(
        self, request: HttpRequest, file: UploadedFile, examined: Any, by: User
    ) -> StoredFile:
        said = request.POST.get("language", "")
        language = said if said in codes() else ""
        return self.store(
            file, examined, title=title_of(file, self.model), language=language, by=by
        )

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        if not isinstance(form, UploadForm):
            super().save_model(request, obj, form, change)
            return
        try:
            row = self.store(
                form.cleaned_data["upload"],
                form.examined,
                title=obj.title,
                language=obj.language,
                by=user_of(request),
            )
        except (AlreadyInLibrary, Withdrawn) as error:
            # Since the form looked.
            row = error.row
        obj.__dict__.update(row.__dict__)

    @admin.display(description=gettext_lazy("size"), ordering="bytes")
    def size_shown(self, row: StoredFile) -> str:
        return size(row.bytes)

    @admin.display(description=gettext_lazy("file"))
    def file_link(self, row: StoredFile) -> SafeString | str:
        if row.is_withdrawn:
            return _("being deleted") if row.doomed_files else _("deleted")
        return format_html('<a href="{}">{}</a>', row.get_absolute_url(), _("Open the file"))


class FileChoiceWidget(KnowsRows, ForeignKeyRawIdWidget):
    """Shows the chosen entry of a library (``row``); another one is chosen in the library."""

    def row_for(self, value: Any) -> StoredFile | None:
        """Return the entry of a number; ``None`` where there is none."""
        number = str(value or "")
        known = self.known.get(number)
        if isinstance(known, StoredFile):
            return known
        if not is_row_number(number):
            return None
        library: Any = self.rel.model
        row: StoredFile | None = library._default_manager.filter(pk=number).first()
        return row

    def label_and_url_for_value(self, value: Any) -> tuple[str, str]:
        # Django would read the entry once more; its title and more are shown instead.
        return "", ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        library = self.rel.model._meta.model_name
        context["row"] = self.row_for(value)
        context["library_url"] = context.get("related_url")
        context["upload_url"] = reverse(f"admin:articles_{library}_add") + "?_to_field=id&_popup=1"
        return context
