"""Middleware of the accounts."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import second_factor
from accounts.adapters import ask_for_password
from accounts.models import user_of

UNPROCESSABLE = 422

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class FormErrorsMiddleware:
    """Answers 422 where a form comes back with errors, whichever library's view shows it.

    The admin's forms are left as they are.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        if (
            request.method == "POST"
            and response.status_code == 200
            and not (request.resolver_match and request.resolver_match.app_name == "admin")
            and any(
                isinstance(value, BaseForm) and value.errors
                for value in (response.context_data or {}).values()
            )
        ):
            response.status_code = UNPROCESSABLE
        return response


class StaffGateMiddleware:
    """Lets nobody into the administration before they have chosen a password that nobody else has
    seen and set up the second factor that is required of them. And has it speak their language."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self.should_watch(request):
            user = user_of(request)
            self.speak(request, user.preferred_language)
            if request.path in {reverse(f"admin:{name}") for name in ("logout", "login", "jsi18n")}:
                return self.get_response(request)
            if user.password_is_temporary:
                ask_for_password(request)
                return redirect("account_change_password")
            if second_factor.is_missing(user):
                messages.warning(
                    request,
                    _("Whoever may publish needs a second factor here. Set one up to go on."),
                )
                return redirect("mfa_index")
        return self.get_response(request)

    def speak(self, request: HttpRequest, language: str) -> None:
        """Answer in the language of the user, whatever that of the browser is."""
        request.LANGUAGE_CODE = language
        translation.activate(language)

    def should_watch(self, request: HttpRequest) -> bool:
        """Tell whether a page of the admin is asked for by somebody who may enter it."""
        # The path first: a public page must not touch the session.
        if not request.path.startswith(reverse("admin:index")):
            return False
        return request.user.is_authenticated and request.user.is_staff


class LogOutMiddleware:
    """Has the browser forget what pages have kept in it for whoever logs out, such as a text that
    could not be sent yet."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if self.should_forget(request):
            response.headers["Clear-Site-Data"] = '"storage"'
        return response

    def should_forget(self, request: HttpRequest) -> bool:
        """Tell whether somebody has just logged out."""
        return getattr(request, "has_logged_out", False)
