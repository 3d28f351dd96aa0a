"""The blocks that an article's working copy is made of, in the order that editors give them.

A module for each kind; ``articles.publishing.blocks`` has one of the same name.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from articles.models.articles import Article
from articles.models.blocks.attachment import Attachment
from articles.models.blocks.base import Block
from articles.models.blocks.callout import Callout
from articles.models.blocks.care_card import CareCard
from articles.models.blocks.figure import Figure
from articles.models.blocks.key_points import KeyPoints
from articles.models.blocks.own_article import OwnArticle
from articles.models.blocks.player import Player
from articles.models.blocks.question import Question
from articles.models.blocks.quote import Quote
from articles.models.blocks.rich_text import RichText
from articles.models.blocks.table import Table
from articles.models.blocks.timeline_entry import TimelineEntry
from articles.models.withdrawable import WithdrawableModel
from immunoportal.languages import localized

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
    Attachment,
    Player,
)


def kinds_in(article: Article) -> set[type[Block]]:
    """Return the kinds of which an article has a block, so that the others are not asked for."""
    found = Article.objects.filter(pk=article.pk).values_list(
        *[Exists(model.objects.filter(parent=OuterRef("pk"))) for model in BLOCKS]
    )
    return {model for row in found for model, is_there in zip(BLOCKS, row, strict=True) if is_there}


def articles_with(file: WithdrawableModel) -> QuerySet[Article]:
    """Return the articles of which a block shows a picture or a file."""
    shown = Q(pk__in=())
    for model, column in columns_with(type(file)):
        shown |= Q(pk__in=model.objects.filter(**{column: file}).order_by().values("parent"))
    return Article.objects.filter(shown)


def columns_with(library: type[WithdrawableModel]) -> list[tuple[type[Block], str]]:
    """Return the kinds of blocks that show entries of a library, each with the foreign key."""
    return [
        (model, column)
        for model in BLOCKS
        for name in model.files
        if model._meta.get_field(name).related_model is library
        for column in (localized(name) if name in model.texts else [name])
    ]


__all__ = [
    "BLOCKS",
    "Attachment",
    "Block",
    "Callout",
    "CareCard",
    "Figure",
    "KeyPoints",
    "OwnArticle",
    "Player",
    "Question",
    "Quote",
    "RichText",
    "Table",
    "TimelineEntry",
    "articles_with",
    "columns_with",
    "kinds_in",
]
