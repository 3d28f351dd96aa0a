"""Parts the answers that are the same for everyone from those that depend on who asks.

A public page asks nothing about its reader, so it passes no middleware that knows one: no
session, no token, no user, no message, whatever cookies come with the request. What is reserved
shares its addresses with what is public. There the view finds out, asks for the reader, and is
called once more, behind all middleware.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import resolve

from immunoportal.actors import User


class ReaderUnknown(Exception):
    """A view has to know who asks, and was called before that was looked up."""


def reader_of(request: HttpRequest) -> User | AnonymousUser:
    """Return who asks.

    Raises:
        ReaderUnknown: that has not been looked up. The view lets it pass and is called again.
    """
    user: User | AnonymousUser | None = getattr(request, "user", None)
    if user is not None:
        return user
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return AnonymousUser()
    raise ReaderUnknown


class PartingMiddleware:
    """Has a view under ``safe_page`` answer at once, and all others behind what comes next.

    An address that is none is none for everybody, so it goes no further either.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found = resolve(request.path_info)
        if getattr(found.func, "is_safe_page", False):
            request.resolver_match = found
            try:
                response: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
            except ReaderUnknown:
                pass
            else:
                return response
        return self.get_response(request)
