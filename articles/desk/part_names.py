"""What the parts of an article are called on the desk: "Lead", "Text, block 3"."""

from collections.abc import Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from articles.models import BLOCKS, Article, Block
from articles.publishing.parts import FUNDING, HEAD, SOURCES
from articles.publishing.places import place_name

_KINDS = {str(model._meta.model_name): model for model in BLOCKS}


def name_of_part(key: str, kind: str, blocks: Sequence[Block]) -> str:
    """Return the name of a part.

    Args:
        key: of the part; see ``articles.publishing.parts``.
        kind: of the part, for a block that is not there any more.
        blocks: of the working copy, in their order.
    """
    if key in (*HEAD, FUNDING):
        names = {field.name: field.verbose_name for field in Article._meta.fields}
        return capfirst(str(names[key]))
    if key == SOURCES:
        return _("Sources")
    for position, block in enumerate(blocks, start=1):
        if str(block.key) == key:
            return place_name(block, position)
    model = _KINDS.get(kind)
    name = capfirst(model._meta.verbose_name) if model else kind
    return _("%(block)s (not in this article any more)") % {"block": name}
