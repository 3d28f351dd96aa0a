"""Answer 503 when nothing can be stored: the disk is full, or the database busy or away, or the
store of pictures and files.

The page says which of them it is, and gives back what was typed with a button that sends it
again. It needs no database, no session and no context processor.
"""

import errno
from collections.abc import Collection

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from immunoportal import languages
from immunoportal.languages import StrPromise

RETRY_AFTER = 300  # seconds

BUSY = _("The database is busy with something that takes longer than usual.")
FULL = _("The disk of our server is full: whoever runs the site has to make room.")
AWAY = _("Our database cannot be used just now.")
STORE_AWAY = _("The store of our pictures and files cannot be used just now.")

# https://www.sqlite.org/rescode.html: the lowest byte, the others say more of the same.
SQLITE_ERROR, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL = 1, 5, 6, 13
SQLITE_REASONS = {SQLITE_BUSY: BUSY, SQLITE_LOCKED: BUSY, SQLITE_FULL: FULL}
# https://www.postgresql.org/docs/current/errcodes-appendix.html: a full disk; a lock, a time or
# a deadlock that cut a statement short; a database that has been made read-only.
POSTGRESQL_REASONS = {
    "53100": FULL, "55P03": BUSY, "57014": BUSY, "40P01": BUSY, "40001": BUSY, "25006": AWAY,
}  # fmt: skip
# Classes of states in which the database cannot be used: no connection, no resources, somebody
# who stops it, the system below it. Other errors that are called operational are mistakes.
POSTGRESQL_AWAY = ("08", "53", "57", "58")
FULL_DISK = (errno.ENOSPC, errno.EDQUOT)


class StoreAway(OSError):
    """The store of pictures and files is another machine, and does not do what it was asked."""


def reason_for(error: BaseException | None) -> StrPromise | None:
    """Return a sentence on why nothing can be stored; ``None`` if an error is of another kind.

    The errors that led to this one are looked at too.
    """
    while error is not None:
        reason = _reason_for_one(error)
        if reason:
            return reason
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return None


def _reason_for_one(error: BaseException) -> StrPromise | None:
    if isinstance(error, StoreAway):
        return STORE_AWAY
    if isinstance(error, OSError):
        return FULL if error.errno in FULL_DISK else None
    # Django's errors have the driver's as their cause.
    code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
    state = getattr(error.__cause__, "sqlstate", None) or ""
    reason = SQLITE_REASONS.get(code) or POSTGRESQL_REASONS.get(state)
    # A table that is missing is a mistake, and waiting does not help.
    is_mistake = code == SQLITE_ERROR or (state and not state.startswith(POSTGRESQL_AWAY))
    if reason is None and isinstance(error, OperationalError) and not is_mistake:
        return AWAY
    return reason


def page(
    request: HttpRequest,
    reason: StrPromise | None,
    *,
    template: str = "unavailable.html",
    needs_token: bool = True,
    typed: Collection[str] = (),
    is_ours: bool = True,
    is_stored: bool = False,
) -> HttpResponse:
    """Return the page, with the fields of a POST to be sent again as they are.

    A form that holds a password or a code is not given back, nor one that another site has sent:
    on our page, people would take it for their own. Django bounds how much it reads, and with it
    how much is given back (``DATA_UPLOAD_MAX_MEMORY_SIZE``).

    Args:
        reason: a sentence of ``reason_for``.
        needs_token: whether the form goes to a view that asks for a CSRF token.
        typed: names of the fields to show for copying; by default all that hold several words.
        is_ours: whether the form was sent from our site, as far as the view can tell.
        is_stored: whether what was sent has probably been stored, so that it is not given back.
    """
    fields = None
    is_given_back = request.method == "POST" and is_ours and not is_stored
    if is_given_back and (not needs_token or _has_token(request)):
        fields = _fields_of(request)
    context = {
        "SITE_NAME": settings.SITE_NAME,
        "reason": reason,
        "posted": request.method == "POST" and not is_stored,
        "stored": request.method == "POST" and is_stored,
        "address": request.get_full_path(),
        "fields": fields,
        "files": [file.name for _name, files in request.FILES.lists() for file in files],
        "typed": "\n\n".join(
            value
            for name, value in fields or []
            if value and (name in typed if typed else " " in value)
        ),
        "token": get_token(request) if fields is not None and needs_token else "",
    }
    language = languages.of_request(request)
    with translation.override(language):
        # Without the request, no context processor runs.
        response = render(None, template, context, status=503)
    response.headers["Content-Language"] = language
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _fields_of(request: HttpRequest) -> list[tuple[str, str]] | None:
    """Return the names and values that a form has sent; ``None`` if it holds a secret."""
    if any(_is_secret(name) for name in request.POST):
        return None
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]


def _is_secret(name: str) -> bool:
    return "password" in name or name in ("code", "credential")


def _has_token(request: HttpRequest) -> bool:
    """Tell whether a form is ours, for the error may have come before Django has checked."""
    middleware = CsrfViewMiddleware(lambda _request: HttpResponse())
    return middleware.process_view(request, page, (), {}) is None
