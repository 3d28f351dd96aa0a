"""Middleware that needs to know the user."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _


class TemporaryPasswordMiddleware:
    """Lets whoever logs in with the password printed at set-up do one thing first: change it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if self.should_ask_for_a_new_password(request):
            messages.warning(
                request, _("This password was printed on a screen. Choose your own to go on.")
            )
            return redirect("admin:password_change")
        return self.get_response(request)

    def should_ask_for_a_new_password(self, request) -> bool:
        """Whether the page is of the admin, and the user's password is a temporary one."""
        # The path is asked first: public pages must not touch the session.
        admin = reverse("admin:index")
        if not request.path.startswith(admin):
            return False
        allowed = {
            reverse(f"admin:{name}") for name in ("password_change", "logout", "login", "jsi18n")
        }
        return (
            request.path not in allowed
            and request.user.is_authenticated
            and request.user.password_is_temporary
        )
