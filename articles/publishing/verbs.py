"""The verbs of publication. Nothing else changes what readers see of an article.

Each checks, changes, writes the event, and advances the publication clock, in one transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils import timezone

from articles.models import (
    Article,
    Edition,
    EditionSource,
    Event,
    Hold,
    LanguageVersion,
    Severity,
)
from articles.models.editions import EditionQuerySet, Withdrawal, tie
from articles.models.language_versions import NAMES, store_columns
from articles.publishing import corrections
from articles.publishing.clearance import clear, refusals, uncleared
from articles.publishing.completeness import Missing, obstacles
from articles.publishing.freezing import WorkingCopy, files_of, freeze, read_working_copy
from articles.publishing.holds import (
    begin_where_it_lacks,
    begin_where_stale,
    end_outdated,
    end_what_is_settled,
)
from articles.publishing.own_links import linked_documents
from articles.publishing.permission import demand_permission
from articles.publishing.search_index import bring_up_to_date, replace
from articles.publishing.settling import settle_published
from articles.publishing.severity import unsaid
from articles.publishing.staleness import restate, stale_columns, standing_of
from articles.publishing.states import repeated
from articles.publishing.withdrawal import lacking
from immunoportal import audit, languages
from immunoportal.actors import User
from immunoportal.publication import clock


class Incomplete(Exception):
    """A publication was refused; ``missing`` says why, in the order of the page."""

    def __init__(self, missing: Sequence[Missing]):
        super().__init__("; ".join(item.message for item in missing))
        self.missing = missing


class NotLive(Exception):
    """There is nothing to withdraw in that language."""


@transaction.atomic
def publish(
    article: Article,
    chosen: Collection[str],
    *,
    by: User,
    severity: Severity | None = None,
    notes: Mapping[str, str] | None = None,
    hold: str = Hold.Kind.NOTICE,
    agreeing: Collection[str] = (),
    clearance: Mapping[str, str] | None = None,
    copy: WorkingCopy | None = None,
) -> list[Edition]:
    """Freeze the working copy in each of the chosen languages, and make the editions live.

    Either all of the languages are published or none; a language whose live edition
    already says the same gets no new one.

    Args:
        article: as it is stored: what is only in a form is not published.
        chosen: codes of languages.
        by: the user; must have the permission to publish.
        severity: how grave the change is; needed for what has been published before.
        notes: by language, what has changed, for readers; needed of a grave change, and if it is
            about safety in every language that is live then.
        hold: what readers see of the pages that a safety change leaves behind.
        agreeing: the parts of which ``by`` has seen what changed in all chosen languages, and says
            that the texts agree.
        clearance: by language, why a page for everyone may say watched words.
        copy: the article's working copy, where the caller has just stored it in this transaction.

    Returns:
        The new editions; none where what is live already says the same.

    Raises:
        PermissionDenied: ``by`` may not publish.
        Incomplete: something a reader needs is missing, such as a note, or the page in another
            language would have another audience.
    """
    demand_permission(by)
    notes = notes or {}
    # Two who publish at once take turns here.
    articles = Article.objects.select_related("topic")
    article = articles.select_for_update(of=("self",), no_key=True).get(pk=article.pk)
    # And of two articles with one slug, the first to be published gets it, for ever.
    clock.take_turn()
    copy = copy or read_working_copy(article)
    problems = obstacles(copy, chosen)
    if problems:
        raise Incomplete(problems)
    frozen = _freeze_all(copy)
    now = timezone.now()
    stored = list(article.editions.defer("content", "plain_text"))
    earlier = [edition for edition in stored if edition.language in chosen]
    new = []
    for language in chosen:
        edition = frozen[language]
        of_language = sorted(
            (each for each in earlier if each.language == language), key=lambda each: each.number
        )
        if any(each.is_live and each.page_digest == edition.page_digest for each in of_language):
            continue
        edition.number = of_language[-1].number + 1 if of_language else 1
        edition.valid_from = now
        edition.first_published_at = of_language[0].first_published_at if of_language else now
        edition.published_by = by
        edition.change_note = notes.get(language, "")
        edition.severity = severity if of_language else None
        new.append(edition)
    reasons = clearance or {}
    watched = uncleared(copy, [edition.language for edition in new])
    untold = [*unsaid(article, new, severity, notes), *refusals(watched, reasons, by=by)]
    if untold:
        raise Incomplete(untold)
    if new:
        clear(article, watched, reasons, by=by)
        published = [edition.language for edition in new]
        replaced = [each for each in earlier if each.language in published]
        corrections.call_off([each for each in replaced if each.valid_from > now], now)
        _close(article.editions.filter(language__in=published), now)
        ended = [each for each in replaced if _end(each, now)]
        Edition.objects.bulk_create(new)
        keep_files(copy, new)
        keep_sources(copy, new)
        corrections.tell(new)
        Event.objects.bulk_create(
            Event(
                article=article,
                verb=Event.Verb.PUBLISHED,
                at=now,
                by=by,
                language=edition.language,
                edition=edition,
                reason=edition.change_note,
            )
            for edition in new
        )
        audit.record_each(
            audit.Act.PUBLISHED,
            by=by,
            about=[
                (edition, {"language": edition.language, "edition": edition.number})
                for edition in new
            ],
        )
        standing = settle_published(article, new, agreeing, by=by)
        stale = stale_columns(standing)
        repeat_editions(
            [article.pk],
            {language: stale[language] | digests(frozen[language]) for language in frozen},
            Repeated([*stored, *new], new, ended),
        )
        end_what_is_settled(article, standing, by=by, published=published)
        grave = [edition for edition in new if edition.severity == Severity.SAFETY]
        begin_where_stale(grave, standing, notes, by=by, kind=hold)
        begin_where_it_lacks(article, standing, by=by)
        clock.advance()
    else:
        _store_digests(article, frozen)
    return new


def keep_files(copy: WorkingCopy, editions: Sequence[Edition]) -> None:
    """Tie new editions to the pictures and files that they show or link to."""
    linked = linked_documents(editions)
    ties: dict[type[models.Model], list[models.Model]] = defaultdict(list)
    for edition in editions:
        for file in dict.fromkeys([*files_of(copy, edition.language), *linked[edition]]):
            row = tie(edition, file)
            ties[type(row)].append(row)
    for model, rows in ties.items():
        model._default_manager.bulk_create(rows)


def keep_sources(copy: WorkingCopy, editions: Iterable[Edition]) -> None:
    """Tie new editions to the sources that they list, so that these lead to them."""
    EditionSource.objects.bulk_create(
        EditionSource(edition=edition, source=line.source)
        for edition in editions
        for line in copy.citations
    )


@transaction.atomic
def withdraw(
    article: Article,
    language: str,
    *,
    by: User,
    note: str = "",
    withdrawn_as: Withdrawal | None = None,
    sentence: str = "",
    into: Article | None = None,
) -> Edition:
    """End the live edition of a language: from now on that page is gone.

    Args:
        note: why, for the history.
        withdrawn_as: what its address answers from now on; ``None`` for now.
        sentence: for the readers of what was wrong.
        into: the article of which it has become part.

    Returns:
        The edition that was live.

    Raises:
        PermissionDenied: ``by`` may not publish.
        NotLive: no edition of that language is live.
        Incomplete: there is no sentence, or no live page of which it can become part.
    """
    demand_permission(by)
    article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    clock.take_turn()
    editions = article.editions.in_language(language)
    edition = editions.live().first()
    if edition is None:
        raise NotLive
    missing = lacking(edition, withdrawn_as, sentence, into)
    if missing:
        raise Incomplete(missing)
    now = timezone.now()
    corrections.call_off(editions.scheduled().defer("content", "plain_text"), now)
    _close(
        editions,
        now,
        withdrawn_by=by,
        withdrawal_note=note,
        withdrawn_as=withdrawn_as,
        withdrawal_sentence=sentence if withdrawn_as == Withdrawal.WRONG else "",
        merged_into=into if withdrawn_as == Withdrawal.MERGED else None,
    )
    if withdrawn_as == Withdrawal.WRONG:
        corrections.tell_withdrawn(edition, now, sentence)
    repeat_editions([article.pk])
    restate(article, standing_of(article))
    end_outdated(article, language, by=by)
    told = {"withdrawn_as": withdrawn_as} if withdrawn_as else {}
    Event.objects.create(
        article=article,
        verb=Event.Verb.WITHDRAWN,
        at=now,
        by=by,
        language=language,
        edition=edition,
        reason=note,
        detail=told,
    )
    audit.record(
        audit.Act.WITHDRAWN,
        by=by,
        about=edition,
        language=language,
        edition=edition.number,
        **told,
    )
    clock.advance()
    edition.refresh_from_db()
    return edition


def _close(editions: EditionQuerySet, moment: datetime, **closing: Any) -> None:
    """End what is live or scheduled; what has not begun ends as it begins."""
    end = Greatest("valid_from", Value(moment, output_field=models.DateTimeField()))
    (editions.live() | editions.scheduled()).update(valid_until=end, **closing)


def _end(edition: Edition, moment: datetime) -> bool:
    """Have an edition in memory end as ``_close`` has it end in the database.

    Returns:
        Whether it does: what has ended before, or has never begun, stays as it is.
    """
    until = edition.valid_until
    if until is not None and until <= max(edition.valid_from, moment):
        return False
    edition.valid_until = max(edition.valid_from, moment)
    return True


@dataclass(frozen=True)
class Repeated:
    """The editions of an article as they are stored now, for whoever need not read them.

    Attributes:
        all: in every language.
        new: those that have just been stored.
        ended: those that have just been closed.
    """

    all: Sequence[Edition]
    new: Sequence[Edition]
    ended: Sequence[Edition]


def repeat_editions(
    articles: Collection[int],
    more: Mapping[str, Mapping[str, Any]] | None = None,
    known: Repeated | None = None,
) -> None:
    """Have the language versions of some articles repeat what lists ask of their editions, and the
    index of the search hold what is to be found of them.

    Call it in the transaction that stores or closes editions, after that.

    Args:
        articles: their primary keys.
        more: by language, what else is to be stored of each, in the same statement.
        known: the editions of these articles; ``None`` if they are to be read.
    """
    editions = Edition.objects.filter(article__in=articles).order_by("article", "language")
    names = ("article_id", "language", *NAMES)
    rows: Iterable[dict[str, Any]] = editions.values(*names)
    if known:
        rows = [{name: getattr(edition, name) for name in names} for edition in known.all]
        rows.sort(key=itemgetter("article_id", "language"))
    found = {
        version: repeated(of_version)
        for version, of_version in groupby(rows, key=itemgetter("article_id", "language"))
    }
    for language in more or ():
        for article in articles:
            found.setdefault((article, language), repeated(()))
    columns = ["last_number", *(f"{s}_{n}" for s in LanguageVersion.SLOTS for n in NAMES)]
    if more:
        columns += next(iter(more.values()))
    versions = [
        LanguageVersion(
            article_id=article, language=language, **values, **(more or {}).get(language, {})
        )
        for (article, language), values in found.items()
    ]
    store_columns(versions, columns)
    if known:
        replace(known.new, known.ended)
    else:
        bring_up_to_date(articles)


def digests(edition: Edition) -> dict[str, str]:
    """Return what tells "live" from "with changes" of what publishing would make now."""
    return {"text_digest": edition.text_digest, "page_digest": edition.page_digest}


@transaction.atomic
def record_save(
    copy: WorkingCopy, *, by: User, is_new: bool, changed: Iterable[dict[str, str]] = ()
) -> None:
    """Write the event of a save, and the digests of what an edition would now be.

    Args:
        copy: as it is stored now.
        by: the user.
        is_new: whether it was created by this.
        changed: what was changed; see ``articles.desk.history``.
    """
    remember_digests(copy)
    Event.objects.create(
        article=copy.article,
        verb=Event.Verb.CREATED if is_new else Event.Verb.SAVED,
        by=by,
        detail={"changed": list(changed)},
    )


def remember_digests(copy: WorkingCopy) -> None:
    """Store the digests of what would be frozen now, so that lists can tell "live" from "with
    changes".

    Call it after every change of the working copy or of what it shows.
    """
    _store_digests(copy.article, _freeze_all(copy))


def _freeze_all(copy: WorkingCopy) -> dict[str, Edition]:
    return {language: freeze(copy, language) for language in languages.codes()}


def _store_digests(article: Article, frozen: dict[str, Edition]) -> None:
    versions = [
        LanguageVersion(article=article, language=language, **digests(edition))
        for language, edition in frozen.items()
    ]
    store_columns(versions, ["text_digest", "page_digest"])


def mark_changed(articles: models.QuerySet[Article]) -> None:
    """Mark the working copies of articles as different from what is live.

    For rows that many articles share, such as a contributor: one statement, whatever their
    number. The next save of an article, or an attempt to publish it, compares in earnest.
    """
    LanguageVersion.objects.filter(article__in=articles).update(text_digest="", page_digest="")


def published_by(user: User) -> list[dict[str, Any]]:
    """Return the editions that a user has published, for the export of personal data."""
    return [
        {
            "title": edition.title,
            "language": edition.language,
            "number": edition.number,
            "published": timezone.localtime(edition.valid_from).isoformat(timespec="seconds"),
        }
        for edition in Edition.objects.filter(published_by=user).defer("content", "plain_text")
    ]
