"""What the admin of every library has: how often an entry is used, where, and what can go."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.db.models import Count, Exists, OuterRef, ProtectedError, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.desk.file_uses import list_of, uses_of, why_it_stays, why_they_stay
from articles.desk.file_withdrawal import WithdrawFileMixin
from articles.desk.shared_content import SharedContentMixin
from articles.files import library
from articles.files.withdrawal import Withdrawn
from articles.models import Article
from articles.models.blocks import articles_with, columns_of_text, columns_with
from articles.models.editions import relation_to
from articles.models.withdrawable import WithdrawableModel
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import Context, GuardedAdmin


class FileLibraryAdmin(WithdrawFileMixin, SharedContentMixin, GuardedAdmin):
    """The admin of a library. What is in use stays, and the sentence says where it is shown."""

    area = Area.CONTENT
    chapter = "media"
    list_per_page = 40
    actions = ["delete_selected"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: WithdrawableModel | None = None
    ) -> list[str] | tuple[str, ...]:
        return super().get_readonly_fields(request, obj) if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        counts: Any = Value(0)
        for model, column in columns_with(self.model):
            rows = model.objects.filter(**{column: OuterRef("pk")}).order_by().values(column)
            counts += Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), 0)
        return super().get_queryset(request).annotate(use_count=counts)

    def articles_showing(self, obj: WithdrawableModel) -> QuerySet[Article]:
        return articles_with(obj)

    @admin.display(description=gettext_lazy("used"), ordering="use_count")
    def uses(self, row: Any) -> str:
        count = getattr(row, "use_count", 0)
        if not count:
            return _("not used")
        return ngettext("used %(count)d time", "used %(count)d times", count) % {"count": count}

    @admin.display(description=gettext_lazy("shown in"))
    def shown_in(self, row: WithdrawableModel) -> SafeString | str:
        uses, more = uses_of(row)
        return list_of(uses, more) if uses else _("No article shows it.")

    # Deleting

    def has_delete_permission(
        self, request: HttpRequest, obj: WithdrawableModel | None = None
    ) -> bool:
        is_record = obj is not None and obj.is_withdrawn
        return not is_record and super().has_delete_permission(request, obj)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[Any, int], set[Any], list[str]]:
        """Speak of the entries alone: that what was made of them goes too goes without saying."""
        names = [row.title for row in objs]
        return names, {self.opts.verbose_name_plural: len(names)}, set(), []

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Context = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None or not super().has_delete_permission(request, row):
            return super().delete_view(request, object_id, extra_context)
        reason = why_it_stays(row)
        if not reason:
            try:
                return super().delete_view(request, object_id, extra_context)
            except (ProtectedError, Withdrawn):  # since we looked
                reason = why_it_stays(row)
        messages.error(request, reason)
        return redirect(f"admin:articles_{self.opts.model_name}_change", row.pk)

    @admin.action(permissions=["delete"], description=gettext_lazy("Delete what is chosen"))
    def delete_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Ask about the entries that can be deleted, and say why the others cannot."""
        stays = self._stays()
        staying = list(queryset.filter(stays))
        if len(staying) == 1:
            messages.error(request, why_it_stays(staying[0]))
        elif staying:
            messages.error(request, why_they_stay(staying))
        free = queryset.exclude(stays)
        return delete_selected(self, request, free) if free.exists() else None

    def _stays(self) -> Q:
        """Return the condition that an entry cannot be deleted."""
        relation = relation_to(self.model)
        through: Any = relation.remote_field.through
        places = [*columns_with(self.model), (through, relation.m2m_reverse_field_name())]
        conditions = [(model, {column: OuterRef("pk")}) for model, column in places]
        conditions += [
            (model, {f"{column}__contains": OuterRef("digest")})
            for model, column in columns_of_text()
        ]
        stays = Q(withdrawn_at__isnull=False)
        for model, condition in conditions:
            stays |= Q(Exists(model._default_manager.filter(**condition)))
        return stays

    def delete_model(self, request: HttpRequest, obj: WithdrawableModel) -> None:
        library.remove(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for row in queryset:
            try:
                library.remove(row)
            except (ProtectedError, Withdrawn):  # since the action looked
                messages.error(request, why_it_stays(row))
