"""Where an act comes from: the request that this thread is answering, if any.

Verbs know of no request, and need none: ``record`` asks here.
"""

from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import ip_address, ip_network

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from immunoportal.actors import User
from immunoportal.network import network_of

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)

# The bits of a network address that are kept: they name a neighbourhood, not a household.
KEPT_BITS = {4: 24, 6: 48}


class OriginMiddleware:
    """Remembers the request until it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(token)


def is_request() -> bool:
    """Tell whether a request is being answered; in commands and the worker there is none."""
    return _request.get() is not None


def user() -> User | None:
    """Return who sends the request; None without one, or where nobody is logged in."""
    sender = getattr(_request.get(), "user", None)
    return sender if sender is not None and sender.is_authenticated else None


def network() -> str:
    """Return the shortened network address that the request comes from, empty without one."""
    request = _request.get()
    return shortened(network_of(request)) if request is not None else ""


def shortened(network: str) -> str:
    """Return the neighbourhood of a network address: "192.0.2.0/24", "2001:db8:1::/48".

    Empty for what is no network address.
    """
    try:
        bits = KEPT_BITS[ip_address(network).version]
    except ValueError:
        return ""
    return str(ip_network(f"{network}/{bits}", strict=False))
