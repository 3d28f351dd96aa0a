"""Holds: a page carries a notice, or not its body, until a danger is over.

One begins with a safety edition in another language and ends when that change is settled and live;
or with one click, and ends when somebody says why.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Edition, Event, Hold, Severity
from articles.publishing.permission import demand_permission, publishers
from articles.publishing.staleness import Standing
from immunoportal import audit, languages, mail
from immunoportal.actors import User
from immunoportal.publication import clock


class NothingToHold(Exception):
    """No page is live in a language that was to be held."""


class AlreadyEnded(Exception):
    """Somebody else has ended the hold meanwhile."""


@transaction.atomic
def hold(
    article: Article, sentences: Mapping[str, str], *, by: User, kind: str = Hold.Kind.NOTICE
) -> list[Hold]:
    """Hold the live pages of an article at once, and tell everybody who may publish by mail.

    Args:
        sentences: what readers are told, by the languages of the pages.
        by: the user; must have the permission to publish.

    Raises:
        PermissionDenied: ``by`` may not publish.
        NothingToHold: a page is not live.
    """
    demand_permission(by)
    article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    live = article.editions.live().filter(language__in=sentences).defer("content", "plain_text")
    editions = {edition.language: edition for edition in live}
    if editions.keys() != sentences.keys():
        raise NothingToHold
    holds = [
        _begin(edition, sentences[language], by=by, kind=kind)
        for language, edition in editions.items()
    ]
    clock.advance()
    for user in publishers():
        mail.send(
            "articles/mail/held",
            {
                "article": article,
                "holds": holds,
                "by": by,
                "path": reverse("admin:articles_article_change", args=[article.pk]),
            },
            to=[user.email],
            language=user.preferred_language or languages.codes()[0],
        )
    return holds


@transaction.atomic
def end(hold: Hold, *, by: User, reason: str) -> Hold:
    """End a hold that somebody has set, with the reason.

    Raises:
        PermissionDenied: ``by`` may not publish.
        AlreadyEnded: it has ended.
    """
    demand_permission(by)
    hold = Hold.objects.select_for_update(no_key=True).get(pk=hold.pk)
    if hold.ended_at is not None:
        raise AlreadyEnded
    _end([hold], by=by, reason=reason)
    clock.advance()
    return hold


def begin_where_stale(
    editions: Sequence[Edition],
    standing: Standing,
    sentences: Mapping[str, str],
    *,
    by: User,
    kind: str,
) -> list[Hold]:
    """Hold the live pages that safety editions of other languages have left behind.

    Call it in the transaction that makes the editions known as such, after that.

    Args:
        editions: of one article; those whose change is about safety.
        sentences: what readers are told, by the languages of the pages.
    """
    begun = []
    for cause in editions:
        for language in languages.others(cause.language):
            stale = standing.stale_parts(language, cause.language)
            if language in standing.live and any(
                part.severity == Severity.SAFETY for part in stale
            ):
                live = cause.article.editions.live().in_language(language)
                page = live.defer("content", "plain_text").get()
                begun.append(_begin(page, sentences[language], by=by, kind=kind, cause=cause))
    return begun


def end_what_is_settled(article: Article, standing: Standing, *, by: User) -> list[Hold]:
    """End the holds whose cause is settled and live.

    Call it in the transaction that settles or publishes, after that.
    """
    holds = article.holds.standing().filter(cause__isnull=False).select_related("cause")
    settled = [
        hold
        for hold in holds
        if not any(
            part.severity == Severity.SAFETY
            for part in standing.stale_parts(hold.language, hold.cause.language)
        )
    ]
    if settled:
        _end(settled, by=by, reason="")
        clock.advance()
    return settled


def _begin(
    page: Edition, sentence: str, *, by: User, kind: str, cause: Edition | None = None
) -> Hold:
    hold = Hold.objects.create(
        article=page.article,
        language=page.language,
        kind=kind,
        sentence=sentence,
        cause=cause,
        began_by=by,
    )
    _record(hold, Event.Verb.HELD, audit.Act.HELD, page, by=by, reason=sentence)
    return hold


def _end(holds: Iterable[Hold], *, by: User, reason: str) -> None:
    now = timezone.now()
    for hold in holds:
        hold.ended_at, hold.ended_by, hold.end_reason = now, by, reason
        hold.save(update_fields=["ended_at", "ended_by", "end_reason"])
        _record(hold, Event.Verb.HOLD_ENDED, audit.Act.HOLD_ENDED, hold.cause, by=by, reason=reason)


def _record(
    hold: Hold, verb: Event.Verb, act: audit.Act, edition: Edition | None, *, by: User, reason: str
) -> None:
    Event.objects.create(
        article=hold.article,
        verb=verb,
        by=by,
        language=hold.language,
        edition=edition,
        reason=reason,
    )
    audit.record(act, by=by, about=hold, language=hold.language)
