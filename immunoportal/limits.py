"""How often one visitor may send something, counted in the cache that all hosts share.

Of the network address only a code is kept, which is another one each day and for each purpose: it
tells whether two things came from the same network that day, and without the secret of the site not
from which. It is gone with the cache's entry after a day.

Two that come at the same moment may count as one: what must not grow without bound has a bound of
its own, in the database.
"""

import time
from dataclasses import dataclass

from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import salted_hmac

from immunoportal.network import household

DAY = 24 * 3600  # seconds


@dataclass(frozen=True)
class Limit:
    """So many in so many seconds, of which there are at most those of a day."""

    most: int
    seconds: int


@dataclass(frozen=True)
class Seen:
    """What is known of a visitor who sends something.

    Attributes:
        is_too_often: a limit is reached; it has not been counted.
        is_again: the same has been sent shortly before; it has not been counted either.
    """

    is_too_often: bool = False
    is_again: bool = False


def note(
    network: str, purpose: str, what: str, *, limits: tuple[Limit, ...], again_within: int
) -> Seen:
    """Count that somebody sends something, and tell what is known of that.

    Args:
        network: the network address that the request came from.
        purpose: what is counted, such as "feedback".
        what: tells whether the same is sent once more.
        limits: all that hold.
        again_within: seconds in which the same is known again.
    """
    now = int(time.time())
    key = f"limits:{_code(purpose, household(network))}"
    # The same twice is told by a code too: the entry says when something was sent, not what.
    code = _code(purpose, f"{network} {what}")[:16]
    noted = [(at, known) for at, known in cache.get(key, ()) if now - DAY < at <= now]
    if any(known == code and now - at < again_within for at, known in noted):
        return Seen(is_again=True)
    for limit in limits:
        if sum(now - at < limit.seconds for at, _known in noted) >= limit.most:
            return Seen(is_too_often=True)
    cache.set(key, [*noted, (now, code)], DAY)
    return Seen()


def _code(purpose: str, value: str) -> str:
    day = timezone.localdate().isoformat()
    return salted_hmac(f"limits {purpose} {day}", value, algorithm="sha256").hexdigest()
