"""The acts that settle what has changed in another language.

What is settled is never taken back: a page is stale again when the other language changes once
more, or when an older text of its own comes back.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from django.db import transaction

from articles.models import Article, Edition, Event, Settlement
from articles.models.settlements import WHOLE
from articles.publishing.agreement import NOTHING, Settled
from articles.publishing.freezing import WorkingCopy, freeze
from articles.publishing.holds import end_what_is_settled
from articles.publishing.parts import known_digests
from articles.publishing.permission import demand_permission
from articles.publishing.staleness import Standing, restate, standing_of
from immunoportal import languages
from immunoportal.actors import User

How = Settlement.How


@dataclass(frozen=True)
class Decision:
    """What somebody says of a part of a page after having seen what changed in another language.

    Attributes:
        part: its key.
        number: of the other language's edition that was shown.
        other_digest: of its text there; empty where the part is gone.
        own_digest: of the text that readers of the settled page get, as it was shown; empty where
            the page has none.
        how: ``STILL_RIGHT``, ``DOES_NOT_APPLY`` or ``MENDED``.
    """

    part: str
    number: int
    other_digest: str
    own_digest: str
    how: Settlement.How
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of decisions; of what was settled already, nothing.

    Attributes:
        rows: the new settlements.
        unseen: the parts of which another text was shown than there is now.
        unmended: those that are said to be mended, and say what readers get already.
    """

    rows: list[Settlement]
    unseen: list[str]
    unmended: list[str]


@transaction.atomic
def settle(
    copy: WorkingCopy, language: str, other: str, decisions: Iterable[Decision], *, by: User
) -> Outcome:
    """Store what somebody has decided about the stale parts of a page.

    "Still right" counts at once; what was mended, once an edition that contains it is live. Where
    the working copy says something else than what readers get, it is what was mended: nobody has
    said that what readers get is right. Left out is what was decided on other texts than there are
    now.

    Args:
        copy: the working copy as it is stored.
        language: of the page that is settled.
        other: the language in which something has changed.
        by: who was shown the changes.

    Raises:
        PermissionDenied: ``by`` may not publish.
    """
    demand_permission(by)
    article = Article.objects.select_for_update(no_key=True).get(pk=copy.article.pk)
    standing = standing_of(article)
    outcome = _outcome(copy, language, other, decisions, standing)
    rows = outcome.rows
    if not rows:
        return outcome
    for row in rows:
        row.by = by
        standing.add(row)
    Settlement.objects.bulk_create(rows)
    restate(article, standing)
    for reason in dict.fromkeys(row.reason for row in rows):
        Event.objects.create(
            article=article,
            verb=Event.Verb.SETTLED,
            by=by,
            language=language,
            edition=rows[-1].edition,
            reason=reason,
            detail={"parts": [row.part for row in rows if row.reason == reason]},
        )
    end_what_is_settled(article, standing, by=by)
    return outcome


def _outcome(
    copy: WorkingCopy,
    language: str,
    other: str,
    decisions: Iterable[Decision],
    standing: Standing,
) -> Outcome:
    outcome = Outcome([], [], [])
    stale = {part.part: part for part in standing.stale_parts(language, other)}
    known = set(standing.settled.get((language, other), ()))
    theirs = {step.number: step for step in standing.steps.get(other, ())}
    newest = standing.steps[language][-1] if language in standing.steps else None
    working = None
    for decision in decisions:
        part, step = stale.get(decision.part), theirs.get(decision.number)
        if newest is None or part is None or step is None or decision.number <= part.base:
            continue
        live = newest.digests.get(part.part, NOTHING)
        is_seen = decision.other_digest == step.digests.get(part.part, NOTHING)
        if not is_seen or decision.own_digest != live:
            outcome.unseen.append(part.part)
            continue
        if working is None:
            working = known_digests(freeze(copy, language))["digests"]
        own_digest, how = working.get(part.part, NOTHING), decision.how
        if own_digest != live:
            how, number = How.MENDED, newest.number + 1
        elif how == How.MENDED:
            outcome.unmended.append(part.part)
            continue
        else:
            number = newest.number
        if Settled(part.part, step.number, own_digest, number) in known:
            continue
        outcome.rows.append(
            Settlement(
                article=copy.article,
                language=language,
                edition=Edition(
                    pk=standing.keys[other, step.number], language=other, number=step.number
                ),
                part=part.part,
                other_digest=decision.other_digest,
                own_digest=own_digest,
                own_number=number,
                how=how,
                reason=decision.reason,
            )
        )
    return outcome


def settle_published(
    article: Article, new: Sequence[Edition], agreeing: Collection[str], *, by: User
) -> Standing:
    """Settle what follows from publishing: what was first published, and what was mended.

    Call it in the transaction that stores the editions, after that.

    Args:
        new: the editions of the act.
        agreeing: the parts that were changed in several languages, and of which somebody has seen
            all texts and published them as the same.

    Returns:
        How the languages stand to one another now.
    """
    standing = standing_of(article)
    rows = [*_first(standing), *_together(new, agreeing), *_followed(standing, new)]
    for row in rows:
        row.article, row.by = article, by
        standing.add(row)
    Settlement.objects.bulk_create(rows)
    return standing


def _first(standing: Standing) -> Iterator[Settlement]:
    """Have each two languages begin to agree once both have been published."""
    for language, other in permutations(standing.steps, 2):
        known = standing.settled.get((language, other), ())
        if any(settled.part == WHOLE for settled in known):
            continue
        yield Settlement(
            language=language,
            edition=_edition(standing, other),
            own_number=standing.steps[language][-1].number,
            how=How.TRANSLATED,
        )


def _together(new: Sequence[Edition], agreeing: Collection[str]) -> Iterator[Settlement]:
    """Settle, in every direction, what was changed in several languages in one act."""
    for own, other in permutations(new, 2):
        for part in agreeing:
            yield Settlement(
                language=own.language,
                edition=other,
                part=part,
                other_digest=known_digests(other)["digests"].get(part, NOTHING),
                own_digest=known_digests(own)["digests"].get(part, NOTHING),
                own_number=own.number,
                how=How.TOGETHER,
            )


def _followed(standing: Standing, new: Sequence[Edition]) -> Iterator[Settlement]:
    """Settle the other direction of what was mended: a page that has followed another one does not
    make that one stale."""
    for edition in new:
        digests = known_digests(edition)["digests"]
        earlier = standing.steps[edition.language][:-1]
        before = earlier[-1].digests if earlier else {}
        for other in languages.others(edition.language):
            if other not in standing.steps:
                continue
            theirs = standing.steps[other][-1]
            # Their text may have changed since, as long as nothing has to follow that.
            behind = {part.part for part in standing.stale_parts(edition.language, other)}
            followed = {
                settled.part
                for settled in standing.settled.get((edition.language, other), ())
                if settled.part != WHOLE
                and settled.own_number <= edition.number
                and settled.own_digest == digests.get(settled.part, NOTHING)
                and settled.own_digest != before.get(settled.part, NOTHING)
                and settled.part not in behind
            }
            for part in sorted(followed):
                yield Settlement(
                    language=other,
                    edition=edition,
                    part=part,
                    other_digest=digests.get(part, NOTHING),
                    own_digest=theirs.digests.get(part, NOTHING),
                    own_number=theirs.number,
                    how=How.FOLLOWED,
                )


def _edition(standing: Standing, language: str) -> Edition:
    """Return the newest edition of a language, as far as a settlement needs it."""
    number = standing.steps[language][-1].number
    return Edition(pk=standing.keys[language, number], language=language, number=number)
