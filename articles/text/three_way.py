"""Two versions of one text, and what they have in common. Pure: takes text, returns text."""

from enum import Enum
from hashlib import blake2s


class Outcome(Enum):
    """Which of two versions of a text stays."""

    MINE = "mine"
    THEIRS = "theirs"
    ASK = "ask"


def digest(text: str) -> str:
    """Return a short name of a text: no two that somebody writes share one."""
    return blake2s(text.encode(errors="replace"), digest_size=9).hexdigest()


def outcome(mine: str, theirs: str, base: str | None) -> Outcome:
    """Return which version of a text stays: the one that has changed, if only one of them has.

    Args:
        mine, theirs: the two versions.
        base: the digest of the text that both began with; ``None`` where it is not known, so that
            every difference may be a change of both.
    """
    if mine == theirs or base == digest(theirs):
        return Outcome.MINE
    if base == digest(mine):
        return Outcome.THEIRS
    return Outcome.ASK
