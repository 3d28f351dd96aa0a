from collections.abc import Iterable

from django.utils.translation import gettext as _

from articles.models import RichText
from articles.publishing.blocks.registry import Lack, freeze_block, lacks, untranslated
from articles.publishing.content import Frozen
from immunoportal.languages import text_in


@freeze_block.register
def freeze_rich_text(block: RichText, language: str) -> Frozen | None:
    text = text_in(block, "text", language)
    return {"type": "richtext", "html": text} if text else None


@lacks.register
def rich_text_lacks(block: RichText, language: str) -> Iterable[Lack]:
    text = _("%(block)s, block %(position)d: the text is missing %(language)s.")
    return untranslated(block, language, {"text": text})
