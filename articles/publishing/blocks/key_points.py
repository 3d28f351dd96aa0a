from collections.abc import Iterator

from django.utils.translation import gettext as _

from articles.models import KeyPoints
from articles.publishing.blocks.registry import (
    Entries,
    Lack,
    freeze_block,
    lacks,
    put,
    thaw_block,
    untranslated,
)
from articles.publishing.content import Frozen
from articles.text.lines import lines_of
from immunoportal.languages import text_in


@freeze_block.register
def freeze_key_points(block: KeyPoints, language: str) -> Frozen | None:
    points = lines_of(text_in(block, "points", language))
    return {"type": "keypoints", "points": points} if points else None


@thaw_block.register
def thaw_key_points(
    block: KeyPoints, frozen: Frozen, language: str, _entries: Entries
) -> Iterator[str]:
    put(block, language, points="\n".join(frozen["points"]))
    yield from ()


@lacks.register
def key_points_lack(block: KeyPoints, language: str) -> Iterator[Lack]:
    missing = _("%(block)s, block %(position)d: the key points are missing %(language)s.")
    yield from untranslated(block, language, {"points": missing})
    points = lines_of(text_in(block, "points", language))
    if points and not block.FEWEST <= len(points) <= block.MOST:
        message = _(
            "%(block)s, block %(position)d: write three to five key points %(language)s, each on "
            "a line of its own."
        )
        yield message, f"points_{language}"
