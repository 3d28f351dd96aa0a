from collections.abc import Iterator

from django.utils.translation import gettext as _

from articles.models import CareCard
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
def freeze_care_card(block: CareCard, language: str) -> Frozen | None:
    title = text_in(block, "title", language)
    text = text_in(block, "text", language)
    if not (title or text):
        return None
    return {"type": "carecard", "urgency": block.urgency, "title": title, "html": text}


@thaw_block.register
def thaw_care_card(
    block: CareCard, frozen: Frozen, language: str, _entries: Entries
) -> Iterator[str]:
    put(block, language, title=frozen["title"], text=frozen["html"])
    block.urgency = frozen["urgency"]
    yield from ()


@lacks.register
def care_card_lacks(block: CareCard, language: str) -> Iterator[Lack]:
    title = _("%(block)s, block %(position)d: what to do (its title) is missing %(language)s.")
    yield from unfinished(block, language, {"title": title})
    text = _("%(block)s, block %(position)d: the text is missing %(language)s.")
    yield from untranslated(block, language, {"text": text})
