"""The site-wide notices in the admin: what every page shows, from when to when."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin

from articles.models import SiteNotice
from immunoportal import audit
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import GuardedAdmin, LanguageSwitchMixin
from immunoportal.admin.state_badge import state_badge
from immunoportal.audit.settings_changes import RecordsChanges
from immunoportal.languages import codes, localized, name, text_in
from immunoportal.text import clean_line

# What is fixed once a notice has begun.
FIXED = [*localized("text", "link"), "begins_at"]


class SiteNoticeForm(forms.ModelForm):
    """Asks for a notice; what has passed cannot be written anew."""

    class Meta:
        widgets = {field: AdminTextareaWidget(attrs={"rows": 3}) for field in localized("text")}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.keys() & {"begins_at", "ends_at"}:
            # Django writes these words beside the two inputs, and labels neither.
            for widget, part in zip(
                self.fields[field].widget.widgets, (_("Date:"), _("Time:")), strict=True
            ):
                widget.attrs["aria-label"] = f"{capfirst(self.fields[field].label)}, {part}"

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned, now = self.cleaned_data, timezone.now()
        for field in localized("text"):
            if field in cleaned:
                cleaned[field] = clean_line(cleaned[field] or "")
        if self.instance.pk and self.instance.has_begun:
            if any(sent.startswith(tuple(FIXED)) for sent in self.data):
                raise ValidationError(
                    _(
                        "The notice has begun while you were changing it: only its end can still "
                        "be changed. Open it again; to say something else, end it and write "
                        "another one."
                    )
                )
        elif not any(cleaned.get(field) for field in localized("text")) and not self.errors:
            raise ValidationError(_("Write the text in at least one language."))
        for field in ("begins_at", "ends_at"):
            # Readers have not seen it before, and have seen it until now.
            if field in self.fields and cleaned.get(field):
                cleaned[field] = max(cleaned[field], now)
        return cleaned


@admin.register(SiteNotice)
class SiteNoticeAdmin(RecordsChanges, GuardedAdmin, LanguageSwitchMixin, TranslationAdmin):
    area = Area.SITE
    rank = 5
    chapter = "withdraw"
    when_empty = gettext_lazy(
        "No notice has been shown yet. One that is written here stands on every page, such as the "
        "warning of an authority."
    )
    form = SiteNoticeForm
    list_display = ["__str__", "state", "languages_shown", "begins_at", "ends_at"]
    fields = ["text", "link", "begins_at", "ends_at"]
    ordering = ["-begins_at", "-pk"]

    @admin.display(description=gettext_lazy("state"))
    def state(self, notice: SiteNotice) -> SafeString:
        if notice.is_over:
            return state_badge("withdrawn", _("over"))
        if notice.has_begun:
            return state_badge("live", _("shown now"))
        moment = date_format(timezone.localtime(notice.begins_at), "SHORT_DATETIME_FORMAT")
        return state_badge("scheduled", _("from %(moment)s") % {"moment": moment})

    @admin.display(description=gettext_lazy("languages"))
    def languages_shown(self, notice: SiteNotice) -> str:
        return ", ".join(str(name(code)) for code in codes() if text_in(notice, "text", code))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        # What an address says is text, and its moments would be none.
        return {}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None or not obj.has_begun:
            return []
        return [*FIXED, "ends_at"] if obj.is_over else FIXED

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow to delete what no reader has seen."""
        has_begun = isinstance(obj, SiteNotice) and obj.has_begun
        return not has_begun and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: SiteNotice) -> None:
        audit.record(audit.Act.SETTINGS_CHANGED, about=obj, deleted=True)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SiteNotice]) -> None:
        for notice in queryset:
            self.delete_model(request, notice)
