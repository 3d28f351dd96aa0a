"""Tells editors that a change is public only when every reader sees it."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from immunoportal.publication import clock
from immunoportal.publication.models import committed_at

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# By how much the clocks of our machines may differ.
SKEW = 0.05  # seconds


class SeenMiddleware:
    """Holds back the answer to whoever has changed something public, after the change is committed,
    until every process on every host and our nginx must have asked for the page again."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        committed_at.set(None)
        response = self.get_response(request)
        moment = committed_at.get()
        if moment is not None:
            time.sleep(time_to_wait(time.monotonic() - moment, time.time()))
        return response


def time_to_wait(since: float, now: float) -> float:
    """Return how many seconds it takes until nobody can be shown what was there before a change.

    Args:
        since: seconds that have passed since the change was committed.
        now: seconds since the epoch.
    """
    committed = now - since
    # A reading of the clock from just before the change may be used for so long, ...
    until = committed + clock.reader().lease
    if settings.BEHIND_NGINX:
        # ... and nginx keeps a page that was made then to the end of that second.
        until = int(until + SKEW) + 1 + SKEW
    return max(until - now, 0)
