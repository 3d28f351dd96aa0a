"""Sources that are not to be relied on any more: retracted by their journal, or outdated.

Every page that cites one says so from the next request on, past editions too. Who may publish can
say why a page is right all the same; the notice then says that, for as long as the source is cited.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from articles.models import (
    Article,
    Audience,
    Citation,
    Edition,
    EditionSource,
    Event,
    Retraction,
    RetractionAnswer,
    Source,
)
from articles.models.editions import valid_at
from articles.models.retractions import TOLD
from articles.publishing.permission import demand_permission
from immunoportal import audit
from immunoportal.actors import User
from immunoportal.publication import clock


class AlreadyMarked(Exception):
    """The source is marked so already."""


class AlreadyEnded(Exception):
    """The mark has been taken back already, or does not count any more."""


class NotCited(Exception):
    """No live page in one of the languages cites the source."""


@transaction.atomic
def mark(
    source: Source,
    kind: str,
    *,
    by: User,
    since: date | None = None,
    reason: str = "",
    notice_doi: str = "",
) -> Retraction:
    """Mark a source as retracted or outdated; what it was marked as before ends.

    Args:
        kind: one of ``TOLD``.
        since: the day that its journal gives, if it is known.
        reason: for editors.
        notice_doi: of what its journal says about it.

    Raises:
        PermissionDenied: ``by`` may not publish.
        AlreadyMarked: it is marked so.
    """
    demand_permission(by)
    # Two who mark it at once take turns.
    source = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    if source.status == kind:
        raise AlreadyMarked
    retraction = Retraction(
        source=source, kind=kind, since=since, reason=reason, notice_doi=notice_doi, began_by=by
    )
    begin([retraction], by=by)
    return retraction


@transaction.atomic
def end(retraction: Retraction, *, by: User, reason: str) -> None:
    """Take back that a source is retracted or outdated, with the reason.

    Raises:
        PermissionDenied: ``by`` may not publish.
        AlreadyEnded: somebody else has done so.
    """
    demand_permission(by)
    Source.objects.select_for_update(no_key=True).get(pk=retraction.source_id)
    retraction = Retraction.objects.select_related("source").get(pk=retraction.pk)
    if retraction.ended_at is not None:
        raise AlreadyEnded
    close([retraction], by=by, reason=reason)


def begin(retractions: Collection[Retraction], *, by: User | None) -> None:
    """Store what has become of some sources, none of them twice; tell readers of it, and write it
    into the histories of the articles.

    Call it in a transaction in which nobody else can mark them.
    """
    told = [row for row in retractions if row.kind in TOLD]
    sources = {row.source_id for row in told}
    before = Retraction.objects.standing().told().filter(source__in=sources)
    before.update(ended_at=timezone.now(), ended_by=by)
    Retraction.objects.bulk_create(retractions)
    for kind in TOLD:
        of_kind = [row.source_id for row in told if row.kind == kind]
        if of_kind:
            Source.objects.filter(pk__in=of_kind).update(status=kind)
    _tell(told, Event.Verb.SOURCE_MARKED, audit.Act.SOURCE_MARKED, by=by)


def close(
    retractions: Collection[Retraction], *, by: User | None, reason: str = "", record: str = ""
) -> None:
    """End what has become of some sources, in the same manner.

    Args:
        record: the number of the record of Retraction Watch that says so.
    """
    now = timezone.now()
    Retraction.objects.filter(pk__in=[row.pk for row in retractions]).update(
        ended_at=now, ended_by=by, end_reason=reason, end_record=record
    )
    told = [row for row in retractions if row.kind in TOLD]
    Source.objects.filter(pk__in=[row.source_id for row in told]).update(status="")
    _tell(told, Event.Verb.SOURCE_CLEARED, audit.Act.SOURCE_CLEARED, by=by, reason=reason)


def _tell(
    retractions: Collection[Retraction],
    verb: Event.Verb,
    act: audit.Act,
    *,
    by: User | None,
    reason: str = "",
) -> None:
    """Write an event for each article that lists one of the sources, now or on a live page."""
    if not retractions:
        return
    now = timezone.now()
    found = {row.source_id: row for row in retractions}
    Event.objects.bulk_create(
        Event(
            article_id=article,
            verb=verb,
            at=now,
            by=by,
            reason=reason or found[source].reason,
            detail={"source": str(found[source].source.citation)[:100], "kind": found[source].kind},
        )
        for article, source in sorted(_citing(found, now))
    )
    for row in retractions:
        audit.record(act, by=by, about=row.source, kind=row.kind)
    clock.advance()


def _citing(sources: Iterable[int], now: datetime) -> set[tuple[int, int]]:
    """Return the articles that list sources, each with the source, by their primary keys."""
    listed = Citation.objects.filter(source__in=sources).values_list("article", "source")
    live = EditionSource.objects.filter(valid_at(now, "edition__"), source__in=sources)
    return {*listed, *live.values_list("edition__article", "source")}


@transaction.atomic
def answer(
    article: Article, retraction: Retraction, sentences: Mapping[str, str], *, by: User
) -> list[RetractionAnswer]:
    """Say why the live pages of an article are right though they cite a source.

    Args:
        sentences: for the readers of each page, by its language.

    Raises:
        PermissionDenied: ``by`` may not publish.
        AlreadyEnded: readers are not told of it any more.
        NotCited: one of the pages is not live, or does not cite it.
    """
    demand_permission(by)
    article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    retraction = Retraction.objects.select_related("source").get(pk=retraction.pk)
    if not retraction.is_told:
        raise AlreadyEnded
    pages = {page.language: page for page in pages_citing(article, retraction)}
    if not sentences or not sentences.keys() <= pages.keys():
        raise NotCited
    answers = [
        RetractionAnswer(
            article=article,
            language=language,
            audience=pages[language].audience,
            retraction=retraction,
            sentence=sentence,
            by=by,
        )
        for language, sentence in sentences.items()
    ]
    RetractionAnswer.objects.bulk_create(answers)
    Event.objects.bulk_create(
        Event(
            article=article,
            verb=Event.Verb.SOURCE_ANSWERED,
            by=by,
            language=language,
            reason=sentence,
            detail={"source": retraction.source.citation[:100], "kind": retraction.kind},
        )
        for language, sentence in sentences.items()
    )
    clock.advance()
    return answers


def pages_citing(article: Article, retraction: Retraction) -> QuerySet[Edition]:
    """Return the live pages of an article that cite a source."""
    cites = EditionSource.objects.filter(edition=OuterRef("pk"), source=retraction.source_id)
    live: QuerySet[Edition] = article.editions.live().filter(Exists(cites))
    return live.defer("content", "plain_text")


def ties(*, waiting: bool) -> QuerySet[EditionSource]:
    """Return what ties live pages to sources that are not to be relied on.

    Args:
        waiting: whether those count alone that nobody has dealt with.
    """
    # The marked sources are few: the ties are found from them.
    marked = Source.objects.filter(~Q(status="")).values("pk")
    live = EditionSource.objects.filter(valid_at(timezone.now(), "edition__"), source__in=marked)
    if not waiting:
        return live
    answers = RetractionAnswer.objects.filter(
        Q(audience=Audience.PUBLIC) | Q(audience=OuterRef("edition__audience")),
        article=OuterRef("edition__article"),
        language=OuterRef("edition__language"),
        retraction__source=OuterRef("source"),
        retraction__ended_at=None,
        retraction__kind__in=TOLD,
    )
    return live.filter(~Exists(answers))


def count_waiting() -> int:
    """Return how many articles have a live page that cites such a source, and nobody has seen it
    yet."""
    return ties(waiting=True).values("edition__article").distinct().count()


def told_of(sources: Iterable[int]) -> dict[int, Retraction]:
    """Return what readers are told of some sources, by their primary keys."""
    rows = Retraction.objects.standing().told().filter(source__in=sources)
    return {row.source_id: row for row in rows.select_related("source")}


def answers_to(article: Article, retractions: Iterable[int]) -> dict[tuple[int, str], str]:
    """Return what the readers of an article's pages are told, by retraction and language.

    Args:
        retractions: their primary keys.
    """
    rows = RetractionAnswer.objects.filter(article=article, retraction__in=retractions)
    found: dict[tuple[int, str], str] = defaultdict(str)
    for row in rows.order_by("at", "pk"):
        found[row.retraction_id, row.language] = row.sentence
    return found
