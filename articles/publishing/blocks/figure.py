from collections.abc import Iterator

from django.utils.translation import gettext as _

from articles.models import Figure
from articles.publishing.blocks.registry import (
    Entries,
    Lack,
    freeze_block,
    lacks,
    put,
    put_file,
    thaw_block,
)
from articles.publishing.content import Frozen
from immunoportal.languages import text_in


@freeze_block.register
def freeze_figure(block: Figure, language: str) -> Frozen:
    alternative = "" if block.decorative else text_in(block, "alternative_text", language)
    return {
        "type": "figure",
        "image": block.image.digest,
        "alternative_text": alternative,
        "caption": text_in(block, "caption", language),
        "credit": text_in(block.image, "credit", language),
    }


@thaw_block.register
def thaw_figure(block: Figure, frozen: Frozen, language: str, entries: Entries) -> Iterator[str]:
    text = frozen["alternative_text"]
    put(block, language, caption=frozen["caption"])
    if text or not block.decorative:
        put(block, language, alternative_text=text)
    if text or block.pk is None:
        # A decorative one was frozen without.
        block.decorative = not text
    gone = _("A picture of that edition has been withdrawn, and has not come back.")
    yield from put_file(block, "image", frozen["image"], entries, gone)


@lacks.register
def figure_lacks(block: Figure, language: str) -> Iterator[Lack]:
    if not (block.decorative or text_in(block, "alternative_text", language)):
        message = _(
            "%(block)s, block %(position)d: the alternative text is missing %(language)s. "
            "Write it, or tick “decorative”."
        )
        yield message, f"alternative_text_{language}"
