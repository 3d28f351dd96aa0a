"""The administration as a whole: its name and its first page."""

from typing import Any

from allauth.account.views import logout as account_logout
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.i18n import JavaScriptCatalog

from immunoportal import registry
from immunoportal.actors import user_of
from immunoportal.admin import guide
from immunoportal.admin.areas import by_area
from immunoportal.admin.mixins import Context

WORKED_ON = 5  # of what a user worked on last
RECENT = 10  # deeds under "What you did last"


class PortalAdminSite(admin.AdminSite):
    site_title = settings.SITE_NAME
    site_header = settings.SITE_NAME
    index_title = _("Editorial desk")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        view = self.admin_view(require_safe(self.guide))
        return [path("guide/", view, name="guide"), *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"guide_chapter": self._chapter_of(request)}

    def _chapter_of(self, request: HttpRequest) -> str:
        """Return the chapter of the guide that tells of the page that is asked for."""
        page = getattr(request.resolver_match, "url_name", None) or ""
        for model, model_admin in self._registry.items():
            prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
            if page.startswith(prefix):
                of_pages = getattr(model_admin, "chapters", {})
                return of_pages.get(page.removeprefix(prefix), getattr(model_admin, "chapter", ""))
        return ""

    def guide(self, request: HttpRequest) -> TemplateResponse:
        """Show the editors' guide, whole: it is searched and printed as one page."""
        language = guide.written_in()
        context = {
            **self.each_context(request),
            "title": _("Guide"),
            "language": language,
            "chapters": guide.chapters(language),
            "pictures": guide.pictures(language),
        }
        return TemplateResponse(request, "admin/guide.html", context)

    def index(self, request: HttpRequest, extra_context: Context = None) -> TemplateResponse:
        context = {"desk": registry.first_page(user_of(request), WORKED_ON, RECENT)}
        return super().index(request, context | (extra_context or {}))

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Return what a user may use, by area; Django's own is by app."""
        apps = super().get_app_list(request, app_label)
        entries = [entry for app in apps for entry in app["models"]]
        return by_area([(self._registry[entry["model"]], entry) for entry in entries])

    def app_index(  # type: ignore[override]  # likewise
        self, request: HttpRequest, app_label: str, extra_context: Context = None
    ) -> HttpResponse:
        """Lead to the first page, which has all areas."""
        return redirect("admin:index")

    # One way in and out for everybody: that of the accounts, with its throttle and second factor.

    def login(self, request: HttpRequest, extra_context: Context = None) -> HttpResponse:
        """Lead to the log-in of the accounts.

        Django's own view would ask for no second factor and count no failures.
        """
        target = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
            target = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(target)
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect(target)

    def logout(  # type: ignore[override]  # the stubs expect a page
        self, request: HttpRequest, extra_context: Context = None
    ) -> HttpResponse:
        return account_logout(request)

    def password_change(  # type: ignore[override]  # likewise
        self, request: HttpRequest, extra_context: Context = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def i18n_javascript(  # type: ignore[override]  # a view may answer in any kind
        self, request: HttpRequest, extra_context: Context = None
    ) -> HttpResponseBase:
        packages = ["django.contrib.admin", "immunoportal"]
        return JavaScriptCatalog.as_view(packages=packages)(request)
