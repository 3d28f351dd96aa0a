"""The administration: the portal's name and looks, and what several apps' pages share."""

from django.contrib import admin
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from js_asset import Media


class PortalAdminSite(admin.AdminSite):
    site_title = "ImmunOncologia.org"
    site_header = "ImmunOncologia.org"
    index_title = _("Editorial desk")
    enable_nav_sidebar = True


class NonceMixin:
    """Gives the import map of the text editor the nonce that the content policy asks for."""

    def render_change_form(self, request, context, *args, **kwargs):
        response = super().render_change_form(request, context, *args, **kwargs)
        media = response.context_data["media"]
        response.context_data["media"] = Media.from_media(media, nonce=str(request.csp_nonce))
        return response


class LanguageSwitchMixin:
    """One switch, IT / EN / both, for all translated fields of a form."""

    class Media:
        js = ["immunoportal/admin/language-switch.js"]


class SingletonAdmin(admin.ModelAdmin):
    """A model of which there is one row: its list leads straight to the form."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context=None):
        row = self.model.get()
        if row._state.adding:
            row.save()
        name = f"{self.opts.app_label}_{self.opts.model_name}_change"
        return redirect(reverse(f"admin:{name}", args=[row.pk]))
