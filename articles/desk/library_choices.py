"""A library inside other pages: the dialog of the article's form, and its drop zones.

Its script asks for entries and sends files here; what is answered is JSON.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from articles.desk.upload import UploadForm
from articles.files.library import AlreadyInLibrary
from articles.files.withdrawal import Withdrawn
from articles.models.withdrawable import WithdrawableModel
from immunoportal import languages
from immunoportal.actors import User, user_of
from immunoportal.admin.mixins import LONGEST_SEARCH, Context
from immunoportal.text import clean_line, is_row_number

PER_PAGE = 24

LIBRARY_SCRIPTS = ["articles/uploads.js", "articles/library-dialog.js"]
LIBRARY_STYLES = "articles/library.css"


def dialog_of(request: HttpRequest, form: type[UploadForm]) -> dict[str, Any]:
    """Return what the template of a library's dialog shows, to those who may see the library.

    Args:
        form: of the library's new entries.
    """
    user, name = user_of(request), form._meta.model._meta.model_name
    if not (user.has_perm(f"articles.view_{name}") or user.has_perm(f"articles.change_{name}")):
        return {}
    return {
        "name": name,
        "choices_url": reverse(f"admin:articles_{name}_choices"),
        "upload_url": reverse(f"admin:articles_{name}_upload"),
        "may_upload": user.has_perm(f"articles.add_{name}"),
        "accept": form.accept,
        "most_bytes": form.most_bytes(),
        "too_heavy": str(form.refusal(form.too_heavy, form.most_bytes())),
        "drop_template": form.drop_template,
        "languages": [
            {"code": code, "name": languages.name(code), "phrase": languages.phrase(code)}
            for code in languages.codes()
        ],
    }


class LibraryChoicesMixin(admin.ModelAdmin):
    """The admin of a library, with the addresses that the script asks.

    An upload is looked into before a transaction begins, whichever way it comes.

    Attributes:
        upload_form: the form of a new entry.
    """

    change_form_template = "articles/desk/library_entry.html"
    change_list_template = "articles/desk/library_list.html"
    upload_form: type[UploadForm]

    def for_choices(self, entries: QuerySet) -> QuerySet:
        """Return entries with what ``described`` asks of them."""
        return entries

    def described(self, entry: Any) -> dict[str, Any]:
        """Return what the script needs to know of an entry."""
        raise NotImplementedError

    def add_upload(
        self, request: HttpRequest, file: UploadedFile, examined: Any, by: User
    ) -> WithdrawableModel:
        """Take an upload into the library.

        Raises:
            AlreadyInLibrary, Withdrawn: nothing is stored.
        """
        raise NotImplementedError

    def discard_upload(self, file: UploadedFile, examined: Any) -> None:
        """Delete what ``add_upload`` has stored, where the transaction around it has failed."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        guarded, name = self.admin_site.admin_view, f"articles_{self.opts.model_name}"
        return [
            path("choices/", guarded(require_safe(self.choices_view)), name=f"{name}_choices"),
            path("upload/", guarded(require_POST(self.upload_view)), name=f"{name}_upload"),
            *super().get_urls(),
        ]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        if obj is None:
            kwargs["form"] = self.upload_form
        return super().get_form(request, obj, change=change, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Context = None) -> HttpResponse:
        return super().changelist_view(
            request, {"library": dialog_of(request, self.upload_form)} | (extra_context or {})
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Context = None,
    ) -> HttpResponse:
        file = request.FILES.get("upload")
        if not (file and object_id is None and self.has_add_permission(request)):
            return super().changeform_view(request, object_id, form_url, extra_context)
        # Before Django opens its transaction: while a file is read, others can write.
        examined = self.upload_form.look_into(file)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Exception:
            if not isinstance(examined, Exception):
                self.discard_upload(file, examined)
            raise

    def choices_view(self, request: HttpRequest) -> HttpResponse:
        """Tell which entries can be chosen: the newest first, a page at a time."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        words = clean_line(request.GET.get("q", "")[: LONGEST_SEARCH + 1])
        asked = request.GET.get("page", "")
        page = max(int(asked), 1) if is_row_number(asked) and len(asked) < 7 else 1
        there = self.model._default_manager.filter(withdrawn_at__isnull=True)
        entries, _doubled = self.get_search_results(request, there, words)
        start = (page - 1) * PER_PAGE
        found = list(self.for_choices(entries)[start : start + PER_PAGE + 1])
        return JsonResponse(
            {
                "entries": [self.described(entry) for entry in found[:PER_PAGE]],
                "next": page + 1 if len(found) > PER_PAGE else None,
            }
        )

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """Take one file into the library, or say in a sentence why not.

        One that is there already is taken as it is.
        """
        if not self.has_add_permission(request):
            return _refused(_("You may not add anything to this library."), 403)
        file = request.FILES.get("upload")
        if file is None:
            return _refused(_("The file has not arrived. Try again."), 400)
        examined = self.upload_form.look_into(file)
        if isinstance(examined, Exception):
            return _refused(str(examined), 422)
        try:
            entry = self._add(request, file, examined)
        except AlreadyInLibrary as known:
            entry, note = known.row, _("It was in the library already, and is taken from there.")
        except Withdrawn as refusal:
            return _refused(str(refusal), 422)
        else:
            note = ""
        stored = self.for_choices(self.model._default_manager.all()).get(pk=entry.pk)
        return JsonResponse({"entry": self.described(stored), "note": note})

    def _add(self, request: HttpRequest, file: UploadedFile, examined: Any) -> Any:
        try:
            with transaction.atomic():
                entry = self.add_upload(request, file, examined, user_of(request))
                self.log_addition(request, entry, [{"added": {}}])
        except (AlreadyInLibrary, Withdrawn):
            raise
        except BaseException:
            self.discard_upload(file, examined)
            raise
        return entry


def _refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"refused": sentence}, status=status)
