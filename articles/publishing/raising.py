"""Raises the severity of a change that turns out to be graver than it was published as."""

from collections.abc import Mapping

from django.db import transaction

from articles.models import Article, Edition, Event, Hold, RaisedSeverity, Severity
from articles.models.severity import TOLD
from articles.publishing.corrections import tell_raised
from articles.publishing.holds import begin_where_stale
from articles.publishing.permission import demand_permission
from articles.publishing.severity import severity_of, unsaid
from articles.publishing.staleness import restate, standing_of
from articles.publishing.verbs import Incomplete
from immunoportal import audit
from immunoportal.actors import User
from immunoportal.publication import clock


class NotGraver(Exception):
    """A severity is raised, and never lowered."""


@transaction.atomic
def raise_severity(
    edition: Edition,
    severity: Severity,
    *,
    by: User,
    notes: Mapping[str, str],
    hold: str = Hold.Kind.NOTICE,
) -> RaisedSeverity:
    """Say that the change of an edition is graver than was thought; it counts at once.

    Args:
        edition: one that has begun, and is a change of an earlier one.
        notes, hold: as ``publish`` takes them.

    Raises:
        PermissionDenied: ``by`` may not publish.
        NotGraver: it is as grave already, or the edition changed nothing.
        Incomplete: readers have to be told something.
    """
    demand_permission(by)
    article = Article.objects.select_for_update(no_key=True).get(pk=edition.article_id)
    known = severity_of(edition)
    if known is None or severity <= known:
        raise NotGraver
    said = {edition.language: edition.change_note} if known >= TOLD else {}
    given = {language: note for language, note in notes.items() if note}
    lacking = unsaid(article, [edition], severity, said | given)
    if lacking:
        raise Incomplete(lacking)
    raised = RaisedSeverity.objects.create(
        edition=edition, severity=severity, note=notes.get(edition.language, ""), by=by
    )
    tell_raised(raised)
    standing = standing_of(article)
    restate(article, standing)
    if severity == Severity.SAFETY:
        begin_where_stale([edition], standing, notes, by=by, kind=hold)
    Event.objects.create(
        article=article,
        verb=Event.Verb.SEVERITY_RAISED,
        by=by,
        language=edition.language,
        edition=edition,
        reason=raised.note,
        detail={"severity": severity},
    )
    audit.record(
        audit.Act.SEVERITY_RAISED,
        by=by,
        about=edition,
        language=edition.language,
        edition=edition.number,
        severity=severity,
    )
    clock.advance()
    return raised
