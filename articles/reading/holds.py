"""What readers see of holds: a dated notice on the page, or a page without its body, and a mark
wherever the article is listed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from articles.models import Edition, Hold
from immunoportal.publication import clock


@dataclass(frozen=True)
class Held:
    """How a page is held.

    Attributes:
        since: when the newest of its holds began.
        notices: what readers are told, with the date, the newest first.
        corrected_in: the languages whose pages are right already.
        is_withheld: whether the text of the page is not shown.
    """

    since: datetime
    notices: tuple[tuple[datetime, str], ...]
    corrected_in: tuple[str, ...]
    is_withheld: bool


def hold_on(edition: Edition) -> Held | None:
    """Return how the page of a live edition is held, if it is."""
    return _standing().get((edition.article_id, edition.language))


def set_holds(editions: Iterable[Edition]) -> None:
    """Tell the editions of a list how their pages are held."""
    standing = _standing()
    for edition in editions:
        edition.held = standing.get((edition.article_id, edition.language))


def _standing() -> dict[tuple[int, str], Held]:
    """Return all holds that stand, by article and language: they are few."""
    return clock.remember("holds", _read)


def _read() -> dict[tuple[int, str], Held]:
    holds = list(Hold.objects.standing().order_by("article", "language", "-began_at", "-pk"))
    causes = {hold.cause_id for hold in holds} - {None}
    # Asked only where there are any, which is rare.
    language_of = dict(Edition.objects.filter(pk__in=causes).values_list("pk", "language"))
    found = {}
    for page, of_page in groupby(holds, lambda hold: (hold.article_id, hold.language)):
        standing = list(of_page)
        corrected = [language_of[hold.cause_id] for hold in standing if hold.cause_id]
        found[page] = Held(
            since=standing[0].began_at,
            notices=tuple((hold.began_at, hold.sentence) for hold in standing),
            corrected_in=tuple(dict.fromkeys(corrected)),
            is_withheld=any(hold.kind == Hold.Kind.WITHHELD for hold in standing),
        )
    return found
