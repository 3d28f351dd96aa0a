"""The blocks that an article's working copy is made of, in the order that editors give them.

A module for each kind; ``articles.publishing.blocks`` has one of the same name.
"""

from articles.models.blocks.base import Block
from articles.models.blocks.callout import Callout
from articles.models.blocks.figure import Figure
from articles.models.blocks.quote import Quote
from articles.models.blocks.rich_text import RichText

# Blocks at the same position stand in this order: a new kind comes last.
BLOCKS: tuple[type[Block], ...] = (RichText, Figure, Quote, Callout)

__all__ = ["BLOCKS", "Block", "Callout", "Figure", "Quote", "RichText"]
