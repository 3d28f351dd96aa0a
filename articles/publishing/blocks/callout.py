from collections.abc import Iterable

from django.utils.translation import gettext as _

from articles.models import Callout
from articles.publishing.blocks.registry import Lack, freeze_block, lacks, untranslated
from articles.publishing.content import Frozen
from immunoportal.languages import text_in


@freeze_block.register
def freeze_callout(block: Callout, language: str) -> Frozen | None:
    title = text_in(block, "title", language)
    text = text_in(block, "text", language)
    if not (title or text):
        return None
    return {"type": "callout", "kind": block.kind, "title": title, "html": text}


@lacks.register
def callout_lacks(block: Callout, language: str) -> Iterable[Lack]:
    messages = {
        "title": _("%(block)s, block %(position)d: the title is missing %(language)s."),
        "text": _("%(block)s, block %(position)d: the text is missing %(language)s."),
    }
    return untranslated(block, language, messages)
