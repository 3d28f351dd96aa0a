"""The roles in the admin: Django's groups, by the names that users see."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from immunoportal.admin.mixins import GuardedAdmin

admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(GuardedAdmin, GroupAdmin):
    list_display = ["named"]

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def named(self, group):
        return _(group.name)

    def render_change_form(self, request, context, **kwargs):
        if kwargs.get("obj"):
            context["subtitle"] = _(kwargs["obj"].name)
        return super().render_change_form(request, context, **kwargs)
