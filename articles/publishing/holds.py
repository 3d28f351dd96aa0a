"""Holds: a page carries a notice, or not its body, until a danger is over.

One begins with a safety edition in another language and ends when that change is settled and live;
or with one click, and ends when somebody says why.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from articles.models import Article, ArticleSettings, Edition, Event, Hold
from articles.publishing.corrections import of_hold
from articles.publishing.permission import demand_permission, publishers
from articles.publishing.staleness import Standing
from immunoportal import audit, languages, mail
from immunoportal.actors import User
from immunoportal.publication import clock


class NothingToHold(Exception):
    """No page is live in a language that was to be held."""


class AlreadyHeld(Exception):
    """Somebody has held the pages with the same sentences already, as by a second click."""


class AlreadyOutdated(Exception):
    """A page was to be marked as outdated that is so already."""


class AlreadyEnded(Exception):
    """Somebody else has ended the hold meanwhile."""


class NotSettled(Exception):
    """The safety change in another language that has caused the hold is not settled."""


@transaction.atomic
def hold(
    article: Article, sentences: Mapping[str, str], *, by: User, kind: str = Hold.Kind.NOTICE
) -> list[Hold]:
    """Hold the live pages of an article at once, and tell everybody who may publish by mail.

    What readers are told already is not told again.

    Args:
        sentences: what readers are told, by the languages of the pages.
        by: the user; must have the permission to publish.

    Raises:
        PermissionDenied: ``by`` may not publish.
        NothingToHold: a page is not live.
        AlreadyHeld: all of it has been said already.
    """
    demand_permission(by)
    article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    live = article.editions.live().filter(language__in=sentences).defer("content", "plain_text")
    editions = {edition.language: edition for edition in live}
    if editions.keys() != sentences.keys():
        raise NothingToHold
    told = article.holds.standing().filter(cause=None, kind=kind)
    known = set(told.values_list("language", "sentence"))
    holds = [
        _begin(edition, sentences[language], by=by, kind=kind)
        for language, edition in editions.items()
        if (language, sentences[language]) not in known
    ]
    if not holds:
        raise AlreadyHeld
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
        NotSettled: it ends by itself, once what has caused it is settled and live.
    """
    demand_permission(by)
    hold = Hold.objects.select_for_update(no_key=True).get(pk=hold.pk)
    if hold.ended_at is not None:
        raise AlreadyEnded
    if hold.cause_id is not None:
        raise NotSettled
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
            dangers = standing.dangers(language, cause.language)
            if language in standing.live and cause.number in dangers:
                page = _page(cause.article, language)
                begun.append(_begin(page, sentences[language], by=by, kind=kind, cause=cause))
    return begun


def begin_where_it_lacks(article: Article, standing: Standing, *, by: User) -> list[Hold]:
    """Hold the live pages that are behind a safety change and not held: one that came back after
    the change, or with a text from before it.

    Call it in the transaction that publishes, after that. What readers are told is what they were
    told when the page was held before, or a sentence that says no more than is known.
    """
    begun = []
    for language in standing.live:
        for other in languages.others(language):
            dangers = standing.dangers(language, other)
            holds = article.holds.filter(language=language, cause__language=other)
            if not dangers or holds.standing().exists():
                continue
            page = _page(article, language)
            editions = article.editions.in_language(other).defer("content", "plain_text")
            cause = editions.get(number=max(dangers))
            before = holds.filter(cause=cause, edition__audience=page.audience).first()
            if before:
                kind, sentence = before.kind, before.sentence
            else:
                kind, sentence = ArticleSettings.get().on_safety, _unsaid(language)
            begun.append(_begin(page, sentence, by=by, kind=kind, cause=cause))
    return begun


def _page(article: Article, language: str) -> Edition:
    live = article.editions.live().in_language(language)
    page: Edition = live.defer("content", "plain_text").get()
    return page


def _unsaid(language: str) -> str:
    with override(language):
        return _(
            "Something that concerns your safety was corrected in the page in the other language, "
            "and has not been corrected here yet."
        )


@transaction.atomic
def mark_outdated(
    article: Article, language: str, sentence: str, *, by: User, note: str = ""
) -> Hold:
    """Mark the live page of a language as outdated, until its next edition or until somebody ends
    that: it stays at its address, and no list shows it.

    Args:
        sentence: for the readers of the page.
        note: for the history, where the sentence stands if there is none.

    Raises:
        PermissionDenied: ``by`` may not publish.
        NothingToHold: the page is not live.
        AlreadyOutdated: somebody else has marked it meanwhile.
    """
    demand_permission(by)
    article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    live = article.editions.live().in_language(language)
    page = live.defer("content", "plain_text").first()
    if page is None:
        raise NothingToHold
    if article.holds.standing().outdated().filter(language=language).exists():
        raise AlreadyOutdated
    hold = _begin(page, sentence, by=by, kind=Hold.Kind.OUTDATED, note=note)
    clock.advance()
    return hold


def end_outdated(article: Article, language: str, *, by: User) -> None:
    """Have a page that is withdrawn be outdated no more; call it in that transaction."""
    _end(article.holds.standing().outdated().filter(language=language), by=by, reason="")


def end_what_is_settled(
    article: Article, standing: Standing, *, by: User, published: Collection[str] = ()
) -> list[Hold]:
    """End the holds whose cause is settled and live, and those of pages that were outdated.

    Call it in the transaction that settles or publishes, after that.

    Args:
        published: the languages that have a new edition.
    """

    def is_over(hold: Hold) -> bool:
        if hold.kind == Hold.Kind.OUTDATED:
            return hold.language in published
        return hold.cause is not None and not standing.dangers(hold.language, hold.cause.language)

    holds = article.holds.standing().select_related("cause")
    settled = list(filter(is_over, holds.defer("cause__content", "cause__plain_text")))
    if settled:
        _end(settled, by=by, reason="")
        clock.advance()
    return settled


def _begin(
    page: Edition,
    sentence: str,
    *,
    by: User,
    kind: str,
    cause: Edition | None = None,
    note: str = "",
) -> Hold:
    hold = Hold.objects.create(
        article=page.article,
        language=page.language,
        edition=page,
        kind=kind,
        sentence=sentence,
        cause=cause,
        began_by=by,
    )
    if kind != Hold.Kind.OUTDATED:
        of_hold(hold, page).save()
    _record(hold, Event.Verb.HELD, audit.Act.HELD, page, by=by, reason=note or sentence)
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
        detail={"kind": hold.kind},
    )
    audit.record(act, by=by, about=hold, language=hold.language, kind=hold.kind)
