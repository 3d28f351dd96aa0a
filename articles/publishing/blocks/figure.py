from collections.abc import Iterator

from django.utils.translation import gettext as _

from articles.models import Figure
from articles.publishing.blocks.registry import Lack, freeze_block, lacks
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


@lacks.register
def figure_lacks(block: Figure, language: str) -> Iterator[Lack]:
    if not (block.decorative or text_in(block, "alternative_text", language)):
        message = _(
            "%(block)s, block %(position)d: the alternative text is missing %(language)s. "
            "Write it, or tick “decorative”."
        )
        yield message, f"alternative_text_{language}"
