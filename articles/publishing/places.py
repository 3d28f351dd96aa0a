"""How sentences say in which block of an article something stands: "Text, block 3"."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from articles.models import Block


def place_of(block: Block, position: int) -> dict[str, object]:
    """Return what a sentence that begins with the place of a block says of it.

    Args:
        position: among the blocks of the article, from 1.
    """
    return {"block": capfirst(block._meta.verbose_name), "position": position}


def place_name(block: Block, position: int) -> str:
    """Return what people call the place of a block; see ``place_of``."""
    return _("%(block)s, block %(position)d") % place_of(block, position)
