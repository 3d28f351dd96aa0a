"""The kinds of blocks: a module for each, as in ``articles.models.blocks``."""

from articles.publishing.blocks import (
    attachment,
    callout,
    care_card,
    figure,
    key_points,
    own_article,
    player,
    question,
    quote,
    rich_text,
    table,
    timeline_entry,
)
from articles.publishing.blocks.registry import (
    Entries,
    Lack,
    Unrestorable,
    freeze_block,
    lacks,
    thaw_block,
)

__all__ = [
    "Entries",
    "Lack",
    "Unrestorable",
    "attachment",
    "callout",
    "care_card",
    "figure",
    "freeze_block",
    "key_points",
    "lacks",
    "own_article",
    "player",
    "question",
    "quote",
    "rich_text",
    "table",
    "thaw_block",
    "timeline_entry",
]
