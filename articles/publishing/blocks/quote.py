from collections.abc import Iterable

from django.utils.translation import gettext as _

from articles.models import Quote
from articles.publishing.blocks.registry import Lack, freeze_block, lacks, untranslated
from articles.publishing.content import Frozen
from immunoportal.languages import text_in


@freeze_block.register
def freeze_quote(block: Quote, language: str) -> Frozen | None:
    text = text_in(block, "text", language)
    source = text_in(block, "source", language)
    return {"type": "quote", "text": text, "source": source} if text else None


@lacks.register
def quote_lacks(block: Quote, language: str) -> Iterable[Lack]:
    text = _("%(block)s, block %(position)d: the text is missing %(language)s.")
    return untranslated(block, language, {"text": text})
