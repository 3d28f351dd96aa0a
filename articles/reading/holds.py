"""What readers see of holds: a dated notice on the page, or a page without its body, and a mark
wherever the article is listed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils import translation
from django.utils.translation import gettext as _

from articles.models import Edition, Hold
from articles.models.editions import EditionQuerySet
from articles.models.search import SearchEntryQuerySet
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


@dataclass(frozen=True)
class Outdated:
    """That a page is outdated: since when, and what its readers are told."""

    since: datetime
    sentence: str


def hold_on(edition: Edition) -> Held | None:
    """Return how the page of a live edition is held, if it is."""
    return _standing().held.get((edition.article_id, edition.language, edition.is_public))


def outdated_on(edition: Edition) -> Outdated | None:
    """Return since when the page of an edition is outdated, if it is."""
    return _standing().outdated.get(edition.pk)


def is_for_search(edition: Edition) -> bool:
    """Tell whether search engines may show the page of a live edition: neither one that is outdated
    nor one whose text is withheld."""
    held = hold_on(edition)
    return outdated_on(edition) is None and not (held and held.is_withheld)


def is_as_published(edition: Edition) -> bool:
    """Tell whether the page of a live edition carries no notice, and is not outdated."""
    return hold_on(edition) is None and outdated_on(edition) is None


def set_holds(editions: Iterable[Edition]) -> None:
    """Tell the editions of a list how their pages are held, with what everyone may know of it."""
    held = _standing().held
    for edition in editions:
        edition.held = held.get((edition.article_id, edition.language, True))


def listed(editions: EditionQuerySet) -> EditionQuerySet:
    """Return those of some editions that lists show: all but those of outdated pages."""
    outdated = Hold.objects.standing().outdated().filter(edition__isnull=False)
    return editions.exclude(pk__in=outdated.values("edition"))


def findable(entries: SearchEntryQuerySet, language: str) -> SearchEntryQuerySet:
    """Return those of some entries in a language that a search finds; see ``is_for_search``."""
    withheld, outdated = withheld_in(language), _standing().outdated
    if withheld:
        entries = entries.exclude(article__in=withheld)
    if outdated:
        entries = entries.exclude(edition__in=list(outdated))
    return entries


def withheld_in(language: str) -> set[int]:
    """Return the articles, by the numbers of their rows, of which everyone's page in a language is
    not shown."""
    return {
        article
        for (article, of_page, is_public), held in _standing().held.items()
        if of_page == language and is_public and held.is_withheld
    }


def ended_on(edition: Edition, *, is_public: bool) -> list[tuple[datetime, datetime, str]]:
    """Return the holds for safety that have ended on the page of an edition: when each began and
    ended, and what readers were told.

    Args:
        is_public: whether it is told to everyone.
    """
    ended = Hold.objects.for_safety().filter(ended_at__isnull=False)
    of_page = ended.filter(article=edition.article_id, language=edition.language)
    told = ("language", "sentence", "began_at", "ended_at", "edition__audience")
    return [
        (hold.began_at, hold.ended_at, _sentence(hold, is_public))
        for hold in of_page.select_related("edition").only(*told)
        if hold.ended_at
    ]


@dataclass(frozen=True)
class _Standing:
    """All holds that stand, which are few: by article and language, and by edition.

    Those of a page have two forms: for everyone, and for health professionals alone.
    """

    held: dict[tuple[int, str, bool], Held]
    outdated: dict[int | None, Outdated]


def _standing() -> _Standing:
    return clock.remember("holds", _read)


def _read() -> _Standing:
    rows = list(Hold.objects.standing().order_by("article", "language", "-began_at", "-pk"))
    outdated = [hold for hold in rows if hold.kind == Hold.Kind.OUTDATED]
    return _Standing(
        _read_held([hold for hold in rows if hold.kind != Hold.Kind.OUTDATED]),
        {hold.edition_id: Outdated(hold.began_at, hold.sentence) for hold in outdated},
    )


def _read_held(holds: Sequence[Hold]) -> dict[tuple[int, str, bool], Held]:
    numbers = {number for hold in holds for number in (hold.cause_id, hold.edition_id)}
    # Asked only where there are any, which is rare.
    editions = Edition.objects.only("language", "audience").in_bulk(numbers - {None})
    for hold in holds:
        hold.edition = editions.get(hold.edition_id)
    found = {}
    for page, of_page in groupby(holds, lambda hold: (hold.article_id, hold.language)):
        standing = list(of_page)
        corrected = [editions[hold.cause_id].language for hold in standing if hold.cause_id]
        for is_public in (True, False):
            found[*page, is_public] = Held(
                since=standing[0].began_at,
                notices=tuple((hold.began_at, _sentence(hold, is_public)) for hold in standing),
                corrected_in=tuple(dict.fromkeys(corrected)),
                is_withheld=any(hold.kind == Hold.Kind.WITHHELD for hold in standing),
            )
    return found


def _sentence(hold: Hold, is_public: bool) -> str:
    """Return what readers are told, but for what was written for health professionals alone."""
    if not is_public or hold.edition is None or hold.edition.is_public:
        return hold.sentence
    with translation.override(hold.language):
        return _("Something on this page may not be right. We are checking it.")
