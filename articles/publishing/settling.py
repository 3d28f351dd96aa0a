"""The acts that settle what has changed in another language.

What is settled is never taken back: a page is stale again when the other language changes once
more, or when an older text of its own comes back.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from django.db import transaction

from articles.models import Article, Edition, Event, Settlement
from articles.models.editions import EVER_VALID
from articles.models.settlements import WHOLE
from articles.publishing.agreement import NOTHING, Settled
from articles.publishing.freezing import WorkingCopy, freeze
from articles.publishing.holds import end_what_is_settled
from articles.publishing.permission import demand_permission
from articles.publishing.staleness import Standing, restate, standing_of
from immunoportal.actors import User

How = Settlement.How


@dataclass(frozen=True)
class Decision:
    """What somebody says of a part of a page after having seen what changed in another language.

    Attributes:
        part: its key.
        number: of the other language's edition that was shown.
        other_digest: of its text there; empty where the part is gone.
        how: ``STILL_RIGHT``, ``DOES_NOT_APPLY`` or ``MENDED``.
    """

    part: str
    number: int
    other_digest: str
    how: Settlement.How
    reason: str = ""


@transaction.atomic
def settle(
    copy: WorkingCopy, language: str, other: str, decisions: Iterable[Decision], *, by: User
) -> list[Settlement]:
    """Store what somebody has decided about the stale parts of a page.

    "Still right" counts at once; what was mended, once an edition that contains it is live. Left
    out is what is settled already, and what was decided on another text than the one that the
    edition has.

    Args:
        copy: the working copy as it is stored.
        language: of the page that is settled.
        other: the language in which something has changed.
        by: who was shown the changes.

    Returns:
        The new rows.

    Raises:
        PermissionDenied: ``by`` may not publish.
    """
    demand_permission(by)
    article = Article.objects.select_for_update(no_key=True).get(pk=copy.article.pk)
    standing = standing_of(article)
    rows = list(_rows(copy, language, other, decisions, standing))
    if not rows:
        return []
    for row in rows:
        row.by = by
    Settlement.objects.bulk_create(rows)
    Event.objects.create(
        article=article,
        verb=Event.Verb.SETTLED,
        by=by,
        language=language,
        edition=rows[-1].edition,
        detail={"parts": [row.part for row in rows]},
    )
    end_what_is_settled(article, restate(article), by=by)
    return rows


def _rows(
    copy: WorkingCopy,
    language: str,
    other: str,
    decisions: Iterable[Decision],
    standing: Standing,
) -> Iterator[Settlement]:
    stale = {part.part: part for part in standing.stale_parts(language, other)}
    known = set(standing.settled.get((language, other), ()))
    theirs = {step.number: step for step in standing.steps.get(other, ())}
    editions = copy.article.editions.in_language(other).only("number", "language")
    rows = {edition.number: edition for edition in editions}
    working = None
    for decision in decisions:
        part, step = stale.get(decision.part), theirs.get(decision.number)
        if part is None or step is None or decision.number <= part.base:
            continue
        if step.digests.get(part.part, NOTHING) != decision.other_digest:
            continue
        newest = standing.steps[language][-1]
        digests, number = newest.digests, newest.number
        if decision.how == How.MENDED:
            working = working or freeze(copy, language)
            digests, number = working.parts["digests"], number + 1
        own_digest = digests.get(part.part, NOTHING)
        if Settled(part.part, step.number, own_digest, number) in known:
            continue
        yield Settlement(
            article=copy.article,
            language=language,
            edition=rows[step.number],
            part=part.part,
            other_digest=decision.other_digest,
            own_digest=own_digest,
            own_number=number,
            how=decision.how,
            reason=decision.reason,
        )


def settle_first_editions(article: Article, *, by: User) -> None:
    """Have each two languages begin to agree once both have been published.

    Call it in the transaction that stores editions, after that.
    """
    newest: dict[str, Edition] = {}
    ever_valid = article.editions.filter(EVER_VALID)
    for edition in ever_valid.order_by("number").only("article", "language", "number"):
        newest[edition.language] = edition
    settled = article.settlements.filter(part=WHOLE)
    known = set(settled.values_list("language", "edition__language"))
    Settlement.objects.bulk_create(
        Settlement(
            article=article,
            language=language,
            edition=newest[other],
            own_number=newest[language].number,
            how=How.TRANSLATED,
            by=by,
        )
        for language, other in permutations(newest, 2)
        if (language, other) not in known
    )


def settle_together(new: Sequence[Edition], agreeing: Collection[str], *, by: User) -> None:
    """Settle, in every direction, what was changed in several languages and published in one act.

    Args:
        new: the editions of the act.
        agreeing: the parts of which somebody has seen all texts, and published them as the same;
            see ``articles.publishing.parts.agreement_of``.
    """
    Settlement.objects.bulk_create(
        Settlement(
            article=own.article,
            language=own.language,
            edition=other,
            part=part,
            other_digest=other.parts["digests"].get(part, NOTHING),
            own_digest=own.parts["digests"].get(part, NOTHING),
            own_number=own.number,
            how=How.TOGETHER,
            by=by,
        )
        for own, other in permutations(new, 2)
        for part in agreeing
    )


def settle_followed(article: Article, new: Sequence[Edition], *, by: User) -> None:
    """Settle the other direction of what was mended: a page that has followed another one does not
    make that one stale.

    Call it in the transaction that stores the new editions, after that.
    """
    numbers = {edition.language: edition for edition in new}
    mended = article.settlements.filter(how=How.MENDED, language__in=numbers)
    rows = list(mended.select_related("edition").defer("edition__content", "edition__plain_text"))
    if not rows:
        return
    newest = {
        language: steps[-1] for language, steps in standing_of(article).steps.items() if steps
    }
    Settlement.objects.bulk_create(
        Settlement(
            article=article,
            language=row.edition.language,
            edition=numbers[row.language],
            part=row.part,
            other_digest=row.own_digest,
            own_digest=row.other_digest,
            own_number=newest[row.edition.language].number,
            how=How.FOLLOWED,
            by=by,
        )
        for row in rows
        if row.own_number == numbers[row.language].number
        and row.own_digest == newest[row.language].digests.get(row.part, NOTHING)
        and row.other_digest == newest[row.edition.language].digests.get(row.part, NOTHING)
    )
