"""The audit log in the admin: to look at, to filter, to export."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from immunoportal import audit
from immunoportal.admin.long_lists import period_filter
from immunoportal.admin.mixins import ReadOnlyAdmin
from immunoportal.audit.models import Act, AuditEntry
from immunoportal.spreadsheets import csv_response
from immunoportal.text import is_row_number

COLUMNS = ("at", "act_named", "who", "about", "detail_shown", "network")

# The names of details, for people.
DETAILS = {
    "added": gettext_lazy("given"),
    "changed": gettext_lazy("changed fields"),
    "factor": gettext_lazy("factor"),
    "kind": gettext_lazy("kind"),
    "language": gettext_lazy("language"),
    "edition": gettext_lazy("edition"),
    "removed": gettext_lazy("taken away"),
    "rows": gettext_lazy("rows"),
    "typed": gettext_lazy("typed (keyed hash)"),
}


class ActFilter(admin.SimpleListFilter):
    title = gettext_lazy("act")
    parameter_name = "act"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Act.choices

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        return queryset.filter(act=self.value()) if self.value() else queryset


class ActorFilter(admin.SimpleListFilter):
    """Filters by a member of staff; others are chosen by the link of their name in the list."""

    title = gettext_lazy("user")
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        users = get_user_model().objects
        staff = {str(user.pk): str(user) for user in users.filter(is_staff=True)}
        chosen = request.GET.get(self.parameter_name, "")
        if is_row_number(chosen) and chosen not in staff:
            staff[chosen] = _("user %(number)s") % {"number": chosen}
        return staff.items()

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        chosen = self.value()
        return queryset.filter(by=int(chosen)) if chosen else queryset

    def value(self) -> str | None:
        value = super().value()
        # What no number of a row can be asks for nothing.
        return value if value and is_row_number(value) else None


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = COLUMNS
    list_filter = [ActFilter, "at", period_filter("at"), ActorFilter]
    list_select_related = ["by"]
    ordering = ["-at", "-pk"]
    actions = ["export_as_csv"]
    fields = COLUMNS
    readonly_fields = COLUMNS

    @admin.display(description=gettext_lazy("act"), ordering="act")
    def act_named(self, entry: AuditEntry) -> str:
        return capfirst(entry.act_shown)

    @admin.display(description=gettext_lazy("who"), ordering="by")
    def who(self, entry: AuditEntry) -> str:
        if entry.by_id is None:
            return "–"
        url = reverse("admin:immunoportal_auditentry_changelist")
        return format_html('<a href="{}?by={}">{}</a>', url, entry.by_id, entry.by_shown)

    @admin.display(description=gettext_lazy("about"))
    def about(self, entry: AuditEntry) -> str:
        text = about_in_words(entry)
        if not entry.number:
            return text or "–"
        try:
            url = reverse(f"admin:{entry.kind.replace('.', '_')}_change", args=[entry.number])
        except NoReverseMatch:
            return text
        return format_html('<a href="{}">{}</a>', url, text)

    @admin.display(description=gettext_lazy("details"))
    def detail_shown(self, entry: AuditEntry) -> str:
        return detail_in_words(entry) or "–"

    @admin.action(description=gettext_lazy("Export as CSV"), permissions=["view"])
    def export_as_csv(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> HttpResponse:
        """Return a table for a spreadsheet; the export itself is recorded too."""
        audit.record(Act.EXPORTED, about=AuditEntry, rows=queryset.count())
        rows = (
            [
                timezone.localtime(entry.at).isoformat(timespec="seconds"),
                entry.act,
                "" if entry.by_id is None else str(entry.by_id),
                entry.by_shown,
                about_in_words(entry),
                detail_in_words(entry),
                entry.network,
            ]
            for entry in queryset.select_related("by").iterator()
        )
        header = ["when", "act", "user", "name", "about", "details", "network"]
        return csv_response("audit", header, rows)


def about_in_words(entry: AuditEntry) -> str:
    """Return the kind and number of the row an act was done to: "user 12"."""
    try:
        name = str(apps.get_model(entry.kind)._meta.verbose_name)
    except (LookupError, ValueError):  # a model that is no more, or nothing in particular
        name = entry.kind
    return f"{name} {entry.number}".strip()


def detail_in_words(entry: AuditEntry) -> str:
    """Return the details in one line: "edition: 3; language: it"."""
    parts = []
    for key, value in sorted(entry.detail.items()):
        values = value if isinstance(value, list) else [value]
        parts.append(f"{DETAILS.get(key, key)}: {', '.join(map(str, values))}")
    return "; ".join(parts)
