"""Roles in the admin: Django's groups, in the language of whoever looks at them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import ManyToManyField, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import roles
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import GuardedAdmin

VERBS = {
    "add": gettext_lazy("may add"),
    "change": gettext_lazy("may change"),
    "delete": gettext_lazy("may delete"),
    "view": gettext_lazy("may view"),
}

admin.site.unregister(Group)


def permission_label(permission: Permission) -> str:
    """Return a permission in words: app, model and what may be done.

    Django itself keeps the last part in English.
    """
    model = permission.content_type.model_class()
    if model is None:
        return str(permission)
    verb, _separator, name = permission.codename.partition("_")
    is_common = verb in VERBS and name == permission.content_type.model
    what = VERBS[verb] if is_common else _(permission.name)
    noun = _(str(model._meta.verbose_name))
    return f"{model._meta.app_config.verbose_name} | {noun} | {what}"


class PermissionsField(forms.ModelMultipleChoiceField):
    """Offers permissions in words."""

    def label_from_instance(self, obj: Permission) -> str:
        return permission_label(obj)


@admin.register(Group)
class RoleAdmin(GuardedAdmin, GroupAdmin):
    area = Area.ACCOUNTS
    rank = 20
    list_display = ["named"]
    readonly_fields = ["named", "permissions_shown"]

    def get_deleted_objects(
        self, objs: Sequence[Group] | QuerySet[Group], request: HttpRequest
    ) -> tuple[list[Any], dict[Any, int], set[str], list[Any]]:
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        # The role alone is told, and not the hundred rows that tie it to what it permits.
        deleted = [line for line in deleted if not isinstance(line, list)]
        own = self.opts.verbose_name_plural
        counts = {name: count for name, count in counts.items() if name == own}
        return deleted, counts, lacking, protected

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        if self.has_change_permission(request, obj):
            return "name", "permissions"
        return "named", "permissions_shown"

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest | None = None, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField | None:
        kwargs["form_class"] = PermissionsField
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def named(self, group: Group) -> str:
        return roles.name_of(group)

    @admin.display(description=gettext_lazy("permissions"))
    def permissions_shown(self, group: Group) -> SafeString:
        permissions = group.permissions.select_related("content_type")
        return format_html_join(
            mark_safe("<br>"), "{}", ((permission_label(each),) for each in permissions)
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if kwargs.get("obj"):
            context["subtitle"] = roles.name_of(kwargs["obj"])
        return super().render_change_form(request, context, *args, **kwargs)
