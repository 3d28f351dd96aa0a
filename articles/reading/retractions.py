"""What readers see of sources: their years and links, and that one is retracted or outdated.

Marked sources are few and remembered together; an edition is matched with them by the keys that it
has frozen, so that past editions are too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from articles.models import (
    Audience,
    Edition,
    EditionSource,
    Retraction,
    RetractionAnswer,
    Source,
    SourceStatus,
)
from articles.models.editions import EditionQuerySet
from articles.publishing.content import Content, Frozen, read
from articles.reading import kept
from articles.text.references import pmc_in, year_of_citation
from immunoportal.publication import clock


@dataclass(frozen=True)
class Marked:
    """A source of a page that is not to be relied on.

    Attributes:
        key: of the source.
        at: when readers were first told.
        since: the day that its journal gives; ``None`` where it is not known.
        notice_url: where its journal says it; may be empty.
        answer: why the page is right all the same; empty where nobody has said so.
        is_left: whether the page is a past one, and the present one does not cite the source.
    """

    key: str
    is_retracted: bool
    at: datetime
    since: date | None
    notice_url: str
    answer: str = ""
    is_left: bool = False

    @property
    def status(self) -> str:
        return (SourceStatus.RETRACTED if self.is_retracted else SourceStatus.OUTDATED).value

    @property
    def label(self) -> str:
        """What it is called beside the source."""
        return _("retracted") if self.is_retracted else pgettext("source", "outdated")


@dataclass(frozen=True)
class Evidence:
    """What a page shows of its sources that is not frozen with it.

    Attributes:
        marked: the sources that are not to be relied on.
        years: by key, the years that editors have typed.
    """

    marked: tuple[Marked, ...] = ()
    years: tuple[tuple[str, int], ...] = ()


def evidence_of(edition: Edition, live: Edition | None) -> Evidence:
    """Return what a page shows of its sources that is not frozen with it.

    Args:
        live: the live edition of the same page, if there is one.
    """
    known = clock.remember("sources", _read)
    if not known.marked and not known.years:
        return Evidence()
    keys = _keys_of(edition)
    is_past = live is not None and edition.pk is not None and live.pk != edition.pk
    left = set(keys) - set(_keys_of(live)) if live is not None and is_past else set()
    return Evidence(
        tuple(
            replace(
                known.marked[key],
                answer=_answer(known.answers.get(key, {}), edition),
                is_left=key in left,
            )
            for key in keys
            if key in known.marked
        ),
        tuple((key, known.years[key]) for key in keys if key in known.years),
    )


def marked_at(editions: EditionQuerySet) -> Iterator[tuple[Edition, datetime]]:
    """Yield those of some editions that list sources that are not to be relied on, each with the
    moment at which readers were told, once for each such source."""
    marked = clock.remember("sources", _read).marked
    if not marked:
        return
    rows = EditionSource.objects.filter(edition__in=editions, source__key__in=marked)
    for row in rows.select_related("edition", "source").only(
        "edition__article", "edition__language", "source__key"
    ):
        yield row.edition, marked[str(row.source.key)].at


def _keys_of(edition: Edition) -> tuple[str, ...]:
    return kept.of(
        edition, "sources", lambda: tuple(source["key"] for source in read(edition).sources)
    )


# The article, the language and the audience of a page.
_Page = tuple[int, str, str]


def _answer(answers: Mapping[_Page, str], edition: Edition) -> str:
    """Return what the readers of a page are told; what was written for health professionals is for
    them alone."""
    audiences: list[str] = [edition.audience, Audience.PUBLIC.value]
    found = (answers.get((edition.article_id, edition.language, each)) for each in audiences)
    return next(filter(None, found), "")


@dataclass(frozen=True)
class _Known:
    marked: Mapping[str, Marked]
    answers: Mapping[str, Mapping[_Page, str]]
    years: Mapping[str, int]


def _read() -> _Known:
    rows = Source.objects.filter(Q(year__isnull=False) | ~Q(status="")).order_by()
    sources = list(rows.values_list("pk", "key", "year", "status"))
    keys = {pk: str(key) for pk, key, _year, status in sources if status}
    # Asked only where there are any.
    told: Iterable[Retraction] = ()
    if keys:
        told = Retraction.objects.standing().told().filter(source__in=keys)
    marked = {
        row.pk: Marked(
            keys[row.source_id],
            row.kind == Retraction.Kind.RETRACTED,
            row.began_at,
            row.since,
            row.notice_url,
        )
        for row in told
    }
    answers: dict[str, dict[_Page, str]] = defaultdict(dict)
    given = RetractionAnswer.objects.filter(retraction__in=marked) if marked else []
    for answer in sorted(given, key=lambda row: row.pk):
        page = (answer.article_id, answer.language, answer.audience)
        answers[marked[answer.retraction_id].key][page] = answer.sentence
    return _Known(
        {each.key: each for each in marked.values()},
        answers,
        {str(key): year for _pk, key, year, _status in sources if year},
    )


def with_evidence(content: Content, evidence: Evidence) -> Content:
    """Return what an edition holds, each source with its ``year``, with ``links`` that are short,
    and with its ``mark`` if it is not to be relied on."""
    years, marks = dict(evidence.years), {mark.key: mark for mark in evidence.marked}
    sources = [
        source
        | {
            "year": years.get(source["key"]) or year_of_citation(source["citation"]),
            "links": [_short(link) for link in source["links"]],
            "mark": marks.get(source["key"]),
        }
        for source in content.sources
    ]
    return replace(content, sources=sources)


def _short(link: Frozen) -> Frozen:
    number = pmc_in(link["url"])
    return link | {"label": number} if number else link
