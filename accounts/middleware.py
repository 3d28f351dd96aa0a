"""Middleware of the accounts."""

from django.contrib import messages
from django.forms import BaseForm
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import second_factor
from accounts.adapters import ask_for_password

UNPROCESSABLE = 422


class FormErrorsMiddleware:
    """A form that comes back with errors is no success, whatever view of a library shows it.

    The admin's are left as they are.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_template_response(self, request, response):
        if (
            request.method == "POST"
            and response.status_code == 200
            and request.resolver_match.app_name != "admin"
            and any(
                isinstance(value, BaseForm) and value.errors
                for value in (response.context_data or {}).values()
            )
        ):
            response.status_code = UNPROCESSABLE
        return response


class StaffGateMiddleware:
    """Has whoever enters the administration do first what must be done first: choose a password
    that nobody else has seen, and set up the second factor that is required. And has the
    administration speak their language."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if self.should_watch(request):
            self.speak(request)
            if request.user.password_is_temporary:
                ask_for_password(request)
                return redirect("account_change_password")
            if second_factor.is_missing(request.user):
                messages.warning(
                    request,
                    _("Whoever may publish needs a second factor here. Set one up to go on."),
                )
                return redirect("mfa_index")
        return self.get_response(request)

    def speak(self, request) -> None:
        """Speak the language of the user, whatever that of the browser is."""
        request.LANGUAGE_CODE = request.user.preferred_language
        translation.activate(request.LANGUAGE_CODE)

    def should_watch(self, request) -> bool:
        """Whether the page is of the admin, and it is asked for by somebody who may enter."""
        # The path is asked first: public pages must not touch the session.
        if not request.path.startswith(reverse("admin:index")):
            return False
        allowed = {reverse(f"admin:{name}") for name in ("logout", "login", "jsi18n")}
        return (
            request.path not in allowed and request.user.is_authenticated and request.user.is_staff
        )
