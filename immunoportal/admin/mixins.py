"""What the admin pages of several apps share."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import (
    IS_POPUP_VAR,
    BaseModelAdmin,
    IncorrectLookupParameters,
)
from django.contrib.admin.views.main import ChangeList
from django.db import DataError, models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from js_asset import Media, Script

from immunoportal import languages
from immunoportal.admin.areas import Area
from immunoportal.admin.long_lists import KeysFirstPaginator, LongChangeList
from immunoportal.text import is_row_number

# What a view of Django's admin takes besides its own context.
Context = dict[str, Any] | None

# What Django's filters append to the name of a field in their links.
FILTER_LOOKUPS = ("", "__exact", "__isnull", "__gte", "__lt", "__id__exact")

# Each word is a condition of the query, and a database refuses very many.
LONGEST_SEARCH = 300  # characters


def two_lines(first: object, second: object) -> SafeString:
    """Return the cell of a list with a second, smaller line beneath the first."""
    return format_html('{}<br><small class="beneath">{}</small>', first, second)


class GuardedAdmin(admin.ModelAdmin):
    """An admin that accepts only such requests as its own pages send.

    Django's own lets anybody ask about any field of the model, secret ones too, and answers 500
    where a field cannot be compared, a value does not fit or a row's number is not a number.
    Its lists stay quick when they grow long.

    Attributes:
        area: the part of the administration in which its pages are found.
        rank: its place there, from the top.
        when_empty: what a list without rows says.
        chapter: of the editors' guide, to which the header leads from its pages.
        chapters: those of pages that have one of their own, by the end of the page's URL name.
    """

    area = Area.SITE
    rank = 50
    when_empty: Any = _("There is nothing here yet.")
    chapter = ""
    chapters: Mapping[str, str] = {}

    paginator = KeysFirstPaginator
    # How many there are without the filter is no reason to count them.
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow what the list's filters ask, and nothing else."""
        allowed = set()
        for declared in self.get_list_filter(request):
            field = declared[0] if isinstance(declared, tuple | list) else declared
            if hasattr(field, "parameter_name"):
                allowed.add(field.parameter_name)
            else:
                allowed.update(f"{field}{ending}" for ending in FILTER_LOOKUPS)
        return lookup in allowed

    def changelist_view(self, request: HttpRequest, extra_context: Context = None) -> HttpResponse:
        """Head a list with the name of what is in it, except in the pop-up that chooses a row."""
        if IS_POPUP_VAR not in request.GET:
            title = capfirst(self.opts.verbose_name_plural)
            extra_context = {"title": title} | (extra_context or {})
        return super().changelist_view(request, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill a new form from its address, but choose no row by what can be no row's number."""
        rows = {
            field.name for field in self.opts.get_fields() if isinstance(field, models.ForeignKey)
        }
        initial = super().get_changeform_initial_data(request)
        return {
            name: value
            for name, value in initial.items()
            if name not in rows or is_row_number(str(value))
        }

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LongChangeList

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Name the fields of a list by their columns, which Django's are not."""
        formset = super().get_changelist_formset(request, **kwargs)
        for field in formset.form.base_fields.values():
            field.widget.attrs["aria-label"] = capfirst(str(field.label))
        return formset

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        try:
            return super().get_changelist_instance(request)
        except (DataError, OverflowError, ValueError) as error:
            # A day outside the calendar or a number that no row can have is one more bad value.
            raise IncorrectLookupParameters from error

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        if len(search_term) > LONGEST_SEARCH:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def response_action(
        self, request: HttpRequest, queryset: models.QuerySet, *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        if not all(map(is_row_number, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            messages.error(
                request, gettext("Nothing was done: choose the rows in the list, and try again.")
            )
            return None
        return super().response_action(request, queryset, *args, **kwargs)


class ReadOnlyAdmin(GuardedAdmin):
    """An admin for looking at rows: nobody adds, changes or deletes one by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class NonceMixin(admin.ModelAdmin):
    """Gives the editors of a form the nonce that the content policy asks for.

    The text editor's import map is an inline script, and both editors add style elements.
    """

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        response = super().render_change_form(request, context, *args, **kwargs)
        nonce = str(request.csp_nonce)  # type: ignore[attr-defined]  # from django-csp
        made = response.context_data  # type: ignore[attr-defined]  # a TemplateResponse
        first = Media(js=[Script("immunoportal/admin/style-nonce.js")])
        media = first + made["media"]
        made["media"] = Media.from_media(media, nonce=nonce)
        return response


class ChoiceMixin(BaseModelAdmin):
    """Offers the plus for a new row next to a choice, but not to change or delete the chosen row.

    That would change other pages too, and belongs in the list of those rows.
    """

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(field, "widget", None)
        for shortcut in ("can_change_related", "can_delete_related", "can_view_related"):
            if hasattr(widget, shortcut):
                setattr(widget, shortcut, False)
        return field


class LanguageSwitchMixin(BaseModelAdmin):
    """Gives a form one switch for all its translated fields: each language, or all of them."""

    @property
    def media(self) -> Any:
        names = {
            code: {"name": languages.TABLE[code].own_name, "phrase": str(languages.phrase(code))}
            for code in languages.codes()
        }
        switch = Script(
            "immunoportal/admin/language-switch.js", **{"data-languages": json.dumps(names)}
        )
        return super().media + Media(js=[switch])


class SingletonAdmin(GuardedAdmin):
    """The admin of a model with one row: its list leads straight to the form."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def message_user(
        self,
        request: HttpRequest,
        message: Any,
        level: int | str = messages.INFO,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        # Django's sentence speaks of one among many, and in Italian with the wrong article.
        if level == messages.SUCCESS:
            message = gettext("Your changes are saved.")
        super().message_user(request, message, level, *args, **kwargs)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Context = None,
    ) -> HttpResponse:
        """Head the form with its name, once: there is no list above it, and no other row."""
        name = {"title": capfirst(self.opts.verbose_name), "subtitle": None, "is_only_row": True}
        return super().change_view(request, object_id, form_url, name | (extra_context or {}))

    def changelist_view(self, request: HttpRequest, extra_context: Context = None) -> HttpResponse:
        row = self.model.get()
        if row._state.adding:
            row.save()
        name = f"{self.opts.app_label}_{self.opts.model_name}_change"
        return redirect(reverse(f"admin:{name}", args=[row.pk]))
