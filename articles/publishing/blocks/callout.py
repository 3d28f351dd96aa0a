from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from articles.models import Callout
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
def freeze_callout(block: Callout, language: str) -> Frozen | None:
    title = text_in(block, "title", language)
    text = text_in(block, "text", language)
    if not (title or text):
        return None
    return {"type": "callout", "kind": block.kind, "title": title, "html": text}


@thaw_block.register
def thaw_callout(block: Callout, frozen: Frozen, language: str, _entries: Entries) -> Iterator[str]:
    put(block, language, title=frozen["title"], text=frozen["html"])
    if frozen["kind"] in Callout.Kind:
        block.kind = frozen["kind"]
        return
    block.kind = Callout.Kind.WARNING
    yield _(
        "“%(title)s” was an urgent call-out. Such are care cards now, so it has come back as a "
        "warning."
    ) % {"title": frozen["title"]}


@lacks.register
def callout_lacks(block: Callout, language: str) -> Iterable[Lack]:
    messages = {
        "title": _("%(block)s, block %(position)d: the title is missing %(language)s."),
        "text": _("%(block)s, block %(position)d: the text is missing %(language)s."),
    }
    return untranslated(block, language, messages)
