"""The kinds of blocks: a module for each, as in ``articles.models.blocks``."""

from articles.publishing.blocks import callout, figure, quote, rich_text
from articles.publishing.blocks.registry import Lack, freeze_block, lacks

__all__ = ["Lack", "callout", "figure", "freeze_block", "lacks", "quote", "rich_text"]
