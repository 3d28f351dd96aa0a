"""The roles in the admin: Django's groups, in the words and the language of who looks at them."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group, Permission
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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

    Django keeps the last part in English.
    """
    model = permission.content_type.model_class()
    if model is None:
        return str(permission)
    verb, _separator, name = permission.codename.partition("_")
    is_common = verb in VERBS and name == permission.content_type.model
    what = VERBS[verb] if is_common else _(permission.name)
    noun = _(str(model._meta.verbose_name))
    return f"{model._meta.app_config.verbose_name} | {noun} | {what}"


@admin.register(Group)
class RoleAdmin(GuardedAdmin, GroupAdmin):
    list_display = ["named"]
    readonly_fields = ["named", "permissions_shown"]

    def get_fields(self, request, obj=None):
        if self.has_change_permission(request, obj):
            return ["name", "permissions"]
        return ["named", "permissions_shown"]

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        field.label_from_instance = permission_label
        return field

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def named(self, group):
        return _(group.name)

    @admin.display(description=gettext_lazy("permissions"))
    def permissions_shown(self, group):
        permissions = group.permissions.select_related("content_type")
        return format_html_join(
            mark_safe("<br>"), "{}", ((permission_label(each),) for each in permissions)
        )

    def render_change_form(self, request, context, **kwargs):
        if kwargs.get("obj"):
            context["subtitle"] = _(kwargs["obj"].name)
        return super().render_change_form(request, context, **kwargs)
