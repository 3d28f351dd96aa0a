from collections.abc import Iterator

from django.utils.translation import gettext as _

from articles.models import TimelineEntry
from articles.publishing.blocks.registry import (
    Entries,
    Lack,
    freeze_block,
    lacks,
    put,
    thaw_block,
    unfinished,
    untranslated,
)
from articles.publishing.content import Frozen
from immunoportal.languages import text_in


@freeze_block.register
def freeze_timeline_entry(block: TimelineEntry, language: str) -> Frozen | None:
    when, title, text = (text_in(block, field, language) for field in block.texts)
    if not (when or title or text):
        return None
    return {"type": "timelineentry", "when": when, "title": title, "html": text}


@thaw_block.register
def thaw_timeline_entry(
    block: TimelineEntry, frozen: Frozen, language: str, _entries: Entries
) -> Iterator[str]:
    put(block, language, when=frozen["when"], title=frozen["title"], text=frozen["html"])
    yield from ()


@lacks.register
def timeline_entry_lacks(block: TimelineEntry, language: str) -> Iterator[Lack]:
    when = _("%(block)s, block %(position)d: when it happens is missing %(language)s.")
    yield from unfinished(block, language, {"when": when})
    messages = {
        "title": _("%(block)s, block %(position)d: the title is missing %(language)s."),
        "text": _("%(block)s, block %(position)d: the text is missing %(language)s."),
    }
    yield from untranslated(block, language, messages)
