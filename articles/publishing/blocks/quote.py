from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from articles.models import Quote
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
def freeze_quote(block: Quote, language: str) -> Frozen | None:
    text = text_in(block, "text", language)
    source = text_in(block, "source", language)
    return {"type": "quote", "text": text, "source": source} if text else None


@thaw_block.register
def thaw_quote(block: Quote, frozen: Frozen, language: str, _entries: Entries) -> Iterator[str]:
    put(block, language, text=frozen["text"], source=frozen["source"])
    yield from ()


@lacks.register
def quote_lacks(block: Quote, language: str) -> Iterable[Lack]:
    text = _("%(block)s, block %(position)d: the text is missing %(language)s.")
    return untranslated(block, language, {"text": text})
