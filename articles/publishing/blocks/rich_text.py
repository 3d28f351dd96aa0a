from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from articles.models import RichText
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
from immunoportal.languages import text_in


@freeze_block.register
def freeze_rich_text(block: RichText, language: str) -> Frozen | None:
    text = text_in(block, "text", language)
    return {"type": "richtext", "html": text} if text else None


@thaw_block.register
def thaw_rich_text(
    block: RichText, frozen: Frozen, language: str, _entries: Entries
) -> Iterator[str]:
    put(block, language, text=frozen["html"])
    yield from ()


@lacks.register
def rich_text_lacks(block: RichText, language: str) -> Iterable[Lack]:
    text = _("%(block)s, block %(position)d: the text is missing %(language)s.")
    return untranslated(block, language, {"text": text})
