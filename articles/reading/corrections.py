"""What readers are told of corrections: on the page itself, on a page of the site, in its feed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid5

from django.utils.translation import gettext as _

from articles.models import Audience, Correction, Edition, Severity
from articles.models.corrections import CorrectionQuerySet
from articles.models.site_pages import address
from articles.reading.holds import set_holds
from articles.reading.listing import Listing
from articles.reading.own_articles import MOST_REMEMBERED
from immunoportal.publication import clock
from immunoportal.text import clean_line

IN_FEED = 50
# What is read of the pages that corrections are about.
_OF_PAGES = ("article", "language", "slug", "site_page", "title", "audience")


@dataclass(frozen=True)
class Told:
    """What readers are told of a page.

    Attributes:
        what: what it is, in words for readers.
        is_grave: whether it is about safety, or about a page that was wrong as a whole.
        note: empty where the page is for health professionals, or was when it was withdrawn.
        title, url: of the page; empty where the note is, and ``url`` also where no page is there.
        is_reserved: whether the page is for health professionals now.
        corrected: the number of the edition that was corrected, where readers may see it.
        changes_url: where what has changed since that one is shown; empty where it may not be.
    """

    at: datetime
    what: str
    is_grave: bool
    note: str
    title: str = ""
    url: str = ""
    is_reserved: bool = False
    corrected: int | None = None
    changes_url: str = ""


def corrections_of(edition: Edition) -> tuple[Told, ...]:
    """Return what readers of an article's page are told of its corrections, the newest first.

    Costs a query at most, and none where it is remembered or the page has had one edition only.
    """
    if edition.article_id is None or (edition.number == 1 and edition.is_live):
        return ()
    rows = Correction.objects.told().in_language(edition.language)
    rows = rows.filter(article=edition.article_id, kind=Correction.Kind.CORRECTION)
    readable = Edition.objects.lasting()
    if edition.is_public:
        rows, readable = rows.public(), Edition.objects.lasting_public()
    remembered: dict[int, tuple[Told, ...]] = clock.remember(
        ("corrections of", edition.language, edition.is_public), dict
    )
    if edition.article_id not in remembered:
        if len(remembered) > MOST_REMEMBERED:
            remembered.clear()
        remembered[edition.article_id] = tuple(
            Told(row.at, in_words(row), is_grave(row), row.note, **_changes(row, edition.site_page))
            for row in rows.with_corrected(readable).newest_first()
        )
    return remembered[edition.article_id]


def all_corrections(language: str) -> CorrectionQuerySet:
    """Return what readers of a language are told of public pages."""
    rows: CorrectionQuerySet = Correction.objects.told().public().in_language(language)
    return rows


def listing_of(language: str) -> Listing[Correction]:
    """Return the list of what readers of a language are told of public pages."""
    return Listing(("corrections", language), all_corrections(language))


def in_feed(language: str) -> list[tuple[str, Correction, Told]]:
    """Return what the feed tells, the newest first: each with a name that it keeps for ever."""
    rows = list(all_corrections(language).for_lists().newest_first()[:IN_FEED])
    return [
        (name_of(row), row, told) for row, told in zip(rows, as_told(rows, language), strict=True)
    ]


def name_of(row: Correction) -> str:
    """Return the name of an entry of the feed. A severity that is raised changes what stands there,
    and makes no other entry."""
    about = {
        Correction.Kind.CORRECTION: f"{row.edition.number}",
        Correction.Kind.WITHDRAWN: f"{row.edition.number} withdrawn",
        Correction.Kind.NOTICE: f"notice {row.at.isoformat()}",
    }[Correction.Kind(row.kind)]
    return uuid5(row.article.key, f"{row.language} {about}").urn


def as_told(rows: Iterable[Correction], language: str) -> list[Told]:
    """Return corrections with the pages that they are about, as these are live now."""
    rows = list(rows)
    live = Edition.objects.live().in_language(language)
    of_these = live.filter(article__in={row.article_id for row in rows})
    pages = {page.article_id: page for page in of_these.only(*_OF_PAGES)}
    set_holds(pages.values())
    return [_told(row, pages.get(row.article_id)) for row in rows]


def _told(row: Correction, page: Edition | None) -> Told:
    what, note = in_words(row), clean_line(row.note)
    if (page.audience if page else row.page_audience) != Audience.PUBLIC:
        return Told(row.at, what, is_grave(row), "", is_reserved=page is not None)
    title, url = (page.title, page.get_absolute_url()) if page else (row.edition.title, "")
    # What has changed is text of the page.
    is_withheld = page is not None and page.held and page.held.is_withheld
    changes = _changes(row, page.site_page) if page and not is_withheld else {}
    return Told(row.at, what, is_grave(row), note, clean_line(title), url, **changes)


def _changes(row: Correction, site_page: str) -> dict[str, Any]:
    """Return what of ``Told`` leads to what has changed.

    Args:
        site_page: which page of the site it is about; empty for an article.
    """
    if row.kind != Correction.Kind.CORRECTION or row.corrected is None or row.slug is None:
        return {}
    url = address(site_page, "changes", row.slug, row.corrected)
    return {"corrected": row.corrected, "changes_url": url}


def in_words(row: Correction) -> str:
    """Return what a correction is, in words for readers."""
    if row.kind == Correction.Kind.NOTICE:
        return _("Safety notice")
    if row.kind == Correction.Kind.WITHDRAWN:
        return _("Withdrawn because it was wrong")
    if row.severity == Severity.SAFETY:
        return _("Correction for your safety")
    return _("Correction") if row.severity == Severity.SUBSTANTIVE else _("Small correction")


def is_grave(row: Correction) -> bool:
    return row.kind != Correction.Kind.CORRECTION or row.severity == Severity.SAFETY
