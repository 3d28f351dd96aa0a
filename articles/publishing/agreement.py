"""Whether a page agrees with the page in another language: what has changed over there since, part
by part, and how gravely. Pure: knows neither rows nor the time.

One direction at a time: a page (*ours*) is compared with the editions of another language
(*theirs*). Of each part it is known up to which of their editions somebody has settled it; what
has changed since then, at least substantively, makes the part stale. See
docs/decisions/0016-staleness.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from articles.models.settlements import WHOLE
from articles.models.severity import TOLD, Severity

# The digest of a part that an edition does not have.
NOTHING = ""

Digests = Mapping[str, str]


@dataclass(frozen=True)
class Step:
    """One edition of a language, as far as agreement is concerned.

    Attributes:
        severity: of its change, the gravest that it was ever given; ``None`` of a first edition.
        digests: of its parts, by key.
        only_here: the keys of those that are meant for its language alone.
    """

    number: int
    severity: int | None
    moment: datetime
    digests: Digests
    only_here: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Settled:
    """What a settlement says.

    Attributes:
        part: the key; ``WHOLE`` for all.
        number: of their edition up to which it was looked at.
        own_digest: of our text that agrees with it.
        own_number: of the first edition of ours that may contain that text for it to count.
    """

    part: str
    number: int
    own_digest: str = NOTHING
    own_number: int = 0


@dataclass(frozen=True)
class StalePart:
    """A part of our page that is behind.

    Attributes:
        since: when what is not settled was published over there.
        base: the number of their edition up to which it is settled; 0 for none.
        number: of their newest edition.
        severity: the gravest since then.
    """

    part: str
    since: datetime
    base: int
    number: int
    severity: Severity


def stale_parts(
    ours: Sequence[Step], theirs: Sequence[Step], settled: Iterable[Settled]
) -> list[StalePart]:
    """Return the parts of our newest edition that are behind theirs, in the order of their page.

    Args:
        ours, theirs: the editions that have begun, in their order.
        settled: what was settled in this direction.
    """
    if not ours or not theirs:
        return []
    of_part: dict[str, list[Settled]] = defaultdict(list)
    for each in settled:
        of_part[each.part].append(each)
    floor = max((each.number for each in of_part[WHOLE]), default=0)
    keys = dict.fromkeys(key for step in reversed(theirs) for key in step.digests)
    stale = (
        _stale(key, max(floor, base_of(key, ours, of_part[key])), ours[-1], theirs) for key in keys
    )
    return [part for part in stale if part]


def base_of(part: str, ours: Sequence[Step], settled: Sequence[Settled]) -> int:
    """Return the number of their edition with which a part of our newest edition agrees.

    A text that was changed agrees with what the text before it agreed with; one that comes back,
    as when an old edition is restored, with what it agreed with itself.

    Args:
        settled: what was settled of this part.
    """
    base = 0
    agreed: dict[str, int] = {}
    for step in ours:
        text = step.digests.get(part, NOTHING)
        numbers = [
            each.number
            for each in settled
            if each.own_digest == text and each.own_number <= step.number
        ]
        base = agreed[text] = max([agreed.get(text, base), *numbers])
    return base


def _stale(key: str, base: int, own: Step, theirs: Sequence[Step]) -> StalePart | None:
    def text(step: Step | None) -> str:
        return step.digests.get(key, NOTHING) if step else NOTHING

    agreed = next((step for step in reversed(theirs) if step.number <= base), None)
    newest = theirs[-1]
    if text(newest) in (text(agreed), text(own)):
        return None
    changes = []
    before = agreed
    for step in theirs:
        if step.number <= base:
            continue
        if text(step) != text(before):
            changes.append(step)
        before = step
    severities = [step.severity or TOLD for step in changes]
    severity = Severity(max(severities))
    is_only_there = key in newest.only_here and not text(own)
    if severity < (Severity.SAFETY if is_only_there else TOLD):
        return None
    since = min(
        step.moment for step, grave in zip(changes, severities, strict=True) if grave >= TOLD
    )
    return StalePart(key, since, base, newest.number, severity)
