"""The blocks that an article's working copy is made of, in the order that editors give them.

A module for each kind; ``articles.publishing.blocks`` has one of the same name.
"""

from django.db.models import Exists, OuterRef

from articles.models.articles import Article
from articles.models.blocks.base import Block
from articles.models.blocks.callout import Callout
from articles.models.blocks.care_card import CareCard
from articles.models.blocks.figure import Figure
from articles.models.blocks.key_points import KeyPoints
from articles.models.blocks.own_article import OwnArticle
from articles.models.blocks.question import Question
from articles.models.blocks.quote import Quote
from articles.models.blocks.rich_text import RichText
from articles.models.blocks.table import Table
from articles.models.blocks.timeline_entry import TimelineEntry

# Blocks at the same position stand in this order: a new kind comes last.
BLOCKS: tuple[type[Block], ...] = (
    RichText,
    Figure,
    Quote,
    Callout,
    KeyPoints,
    Question,
    TimelineEntry,
    CareCard,
    Table,
    OwnArticle,
)


def kinds_in(article: Article) -> set[type[Block]]:
    """Return the kinds of which an article has a block, so that the others are not asked for."""
    found = Article.objects.filter(pk=article.pk).values_list(
        *[Exists(model.objects.filter(parent=OuterRef("pk"))) for model in BLOCKS]
    )
    return {model for row in found for model, is_there in zip(BLOCKS, row, strict=True) if is_there}


__all__ = [
    "BLOCKS",
    "Block",
    "Callout",
    "CareCard",
    "Figure",
    "KeyPoints",
    "OwnArticle",
    "Question",
    "Quote",
    "RichText",
    "Table",
    "TimelineEntry",
    "kinds_in",
]
