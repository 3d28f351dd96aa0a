"""What has changed in another language, beside the block that it concerns; and what the editor
says of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from articles.desk.part_names import name_of_part
from articles.models import Article, Block, Settlement, Severity
from articles.models.severity import TOLD
from articles.publishing import permission, settling
from articles.publishing.agreement import NOTHING
from articles.publishing.comparison import Difference, differences
from articles.publishing.freezing import WorkingCopy
from articles.publishing.parity import Disparity
from articles.publishing.parts import parts_of
from articles.publishing.settling import Decision
from articles.publishing.severity import severity_of, with_severity
from articles.publishing.staleness import Standing, standing_of
from articles.publishing.states import versions_of
from immunoportal import languages
from immunoportal.actors import user_of
from immunoportal.text import clean_line, is_row_number

How = Settlement.How
# What the form sends: these, then the language, the other one and the part.
ANSWER, SHOWN, REASON = "_settle", "_settle_shown", "_settle_reason"
ANSWERS = {How.STILL_RIGHT, How.MENDED, How.DOES_NOT_APPLY}


@dataclass(frozen=True)
class Change:
    """What has changed in another language in one part, as the form shows it.

    Attributes:
        address: names it among all; the names of the form's fields end in it.
        language, other: of the page that is behind, and of the one that has changed.
        part: the key; a script puts the box beside what has it.
        notes: what readers of the other language were told of it, the newest first.
        shown: the edition and the text that the editor sees here, and the text that readers of
            the page that is behind get.
        answer: what is typed, or was said already and does not count yet.
        reason: why it does not apply, as it is typed.
        is_here: whether the page that is behind has the part at all.
        disparity, is_right: see ``articles.desk.disparities``.
    """

    address: str
    language: str
    other: str
    part: str
    name: str
    since: datetime
    severity: Severity
    notes: Sequence[str]
    differences: Sequence[Difference]
    shown: str
    answer: str
    reason: str
    is_here: bool
    disparity: Disparity | None = None
    is_right: bool = False


def changes(
    article: Article | None, blocks: Sequence[Block], typed: Mapping[str, str]
) -> list[Change]:
    """Return what has changed in other languages and is not settled, in the order of the page.

    Nothing is read where nothing is stale.

    Args:
        blocks: of the working copy, in their order.
        typed: what the form holds that has not been saved.
    """
    if article is None:
        return []
    versions = versions_of(article)
    stale = [language for language, version in versions.items() if version.stale_severity]
    if not stale:
        return []
    standing = standing_of(article)
    pairs = [(language, other) for language in stale for other in languages.others(language)]
    return [
        _with_typed(change, typed)
        for language, other in pairs
        for change in _changes(article, standing, language, other, blocks)
    ]


def _with_typed(change: Change, typed: Mapping[str, str]) -> Change:
    """Return a change with the answer that is typed; one to another text than is shown is none."""
    if typed.get(f"{SHOWN}-{change.address}") != change.shown:
        return change
    answer = typed.get(f"{ANSWER}-{change.address}", "")
    answer = answer if answer in ANSWERS else ""
    return replace(change, answer=answer, reason=typed.get(f"{REASON}-{change.address}", ""))


def _changes(
    article: Article, standing: Standing, language: str, other: str, blocks: Sequence[Block]
) -> Iterator[Change]:
    stale = {part.part: part for part in standing.stale_parts(language, other)}
    if not stale:
        return
    oldest = min(part.base for part in stale.values())
    since = article.editions.begun().filter(language=other, number__gte=oldest)
    editions = list(with_severity(since).order_by("number").defer("plain_text"))
    parts = {edition.number: parts_of(edition) for edition in editions}
    newest = editions[-1].number
    own = standing.steps[language][-1]
    pending = {
        settled.part
        for settled in standing.settled.get((language, other), ())
        if settled.number == newest and settled.own_number > own.number
    }
    # In the order of their page; what is gone from there comes last.
    for key in dict.fromkeys([*parts[newest], *stale]):
        if key not in stale:
            continue
        old, new = parts.get(stale[key].base, {}).get(key), parts[newest].get(key)
        shown = new or old
        yield Change(
            address=f"{language}-{other}-{key}",
            language=language,
            other=other,
            part=key,
            name=name_of_part(key, shown.kind if shown else key, blocks),
            since=stale[key].since,
            severity=stale[key].severity,
            notes=[
                edition.change_note
                for edition in reversed(editions)
                if edition.number > stale[key].base and (severity_of(edition) or 0) >= TOLD
            ],
            differences=differences(old, new),
            shown=f"{newest}:{new.digest if new else NOTHING}:{own.digests.get(key, NOTHING)}",
            answer=How.MENDED if key in pending else "",
            reason="",
            is_here=key in own.digests,
        )


def answer(request: HttpRequest, copy: WorkingCopy) -> None:
    """Store what the editor has said in a form that has just been saved, and tell how it went."""
    if not request.user.has_perm(permission.PERMISSION):
        return
    user = user_of(request)
    said = [
        (language, other)
        for language in languages.codes()
        for other in languages.others(language)
        if any(name.startswith(f"{ANSWER}-{language}-{other}-") for name in request.POST)
    ]
    for language, other in said:
        decisions = list(_decisions(request.POST, f"{language}-{other}-"))
        if not decisions:
            continue
        outcome = settling.settle(copy, language, other, decisions, by=user)
        pending = {row.part for row in outcome.rows if row.how == How.MENDED}
        if len(outcome.rows) > len(pending):
            messages.success(request, _("Noted. It counts from now on."))
        if pending:
            messages.success(request, _("Noted. What you have mended counts once it is published."))
        if outcome.unmended:
            messages.warning(
                request,
                _(
                    "You have said that a text is mended, but it is as readers see it already. "
                    "Change it, or say that it is still right."
                ),
            )
        if outcome.unseen:
            messages.warning(
                request,
                _(
                    "A text was published since you opened the page, so your answer about it was "
                    "not noted. Look at it once more."
                ),
            )


def _decisions(data: Mapping[str, str], pair: str) -> Iterator[Decision]:
    """Yield what was posted about the parts of a page: garbage is nothing."""
    start = f"{ANSWER}-{pair}"
    for name in data:
        how = data[name]
        if not name.startswith(start) or how not in ANSWERS:
            continue
        part = name.removeprefix(start)
        shown = data.get(f"{SHOWN}-{pair}{part}", "").split(":")
        if is_row_number(shown[0]):
            number, other_digest, own_digest, *_more = [*shown, "", ""]
            # The field is hidden behind every other answer.
            typed = data.get(f"{REASON}-{pair}{part}", "") if how == How.DOES_NOT_APPLY else ""
            yield Decision(
                part, int(number), other_digest, own_digest, How(how), clean_line(typed)[:300]
            )
