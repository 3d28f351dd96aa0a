"""The administration as a whole: its name and its first page.

Apart from ``admin.py``: Django makes the site when the first model is registered, and a module
that did both would register its models with a site that is then thrown away.
"""

from collections.abc import Callable

from allauth.account.decorators import secure_admin_login
from allauth.account.views import logout as account_logout
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.i18n import JavaScriptCatalog

from immunoportal import mail

# What apps have to say on the first page: each gives texts with addresses for a user.
notices: list[Callable[..., list[tuple[str, str]]]] = []


class PortalAdminSite(admin.AdminSite):
    site_title = settings.SITE_NAME
    site_header = settings.SITE_NAME
    index_title = _("Editorial desk")

    def index(self, request: HttpRequest, extra_context=None):
        said = [notice for notices_of in notices for notice in notices_of(request.user)]
        context = {"mail": mail.condition(), "notices": said} | (extra_context or {})
        return super().index(request, context)

    # One way in and out for everybody: that of the accounts, with its throttle and second factor.

    def login(self, request: HttpRequest, extra_context=None):
        return secure_admin_login(super().login)(request, extra_context)

    def logout(self, request: HttpRequest, extra_context=None):
        return account_logout(request)

    def password_change(self, request: HttpRequest, extra_context=None):
        return redirect("account_change_password")

    def i18n_javascript(self, request: HttpRequest, extra_context=None):
        packages = ["django.contrib.admin", "immunoportal"]
        return JavaScriptCatalog.as_view(packages=packages)(request)
