"""The blocks that an article's working copy is made of, in the order that editors give them.

A module for each kind; ``articles.publishing.blocks`` has one of the same name.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import JSONObject

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

# Stands in a statement for the number of an article; none has it.
PARENT = -1


def blocks_of(article: Article) -> dict[type[Block], list[Block]]:
    """Return the stored blocks of an article by their kinds, each kind in its order.

    All are read in one query, however many kinds there are, and the rows that they name in one
    more for each kind of those.
    """
    found: dict[type[Block], list[Block]] = {model: [] for model in BLOCKS}
    for number, values in _rows_of(article):
        model = BLOCKS[number]
        columns = model._meta.concrete_fields
        # JSON has no keys as UUIDs, and SQLite none of its truth values.
        read = [column.to_python(values[column.attname]) for column in columns]
        found[model].append(model.from_db(DEFAULT_DB_ALIAS, list(values), read))
    for blocks in found.values():
        blocks.sort(key=lambda block: (block.ordering, block.pk))
    _read_related(found)
    return found


def _read_related(found: dict[type[Block], list[Block]]) -> None:
    places: dict[type[models.Model], list[tuple[Block, Any]]] = defaultdict(list)
    for model, blocks in found.items():
        for name in model.related:
            field: Any = model._meta.get_field(name)
            places[field.related_model] += [
                (block, field) for block in blocks if getattr(block, field.attname)
            ]
    for related, named in places.items():
        numbers = {getattr(block, field.attname) for block, field in named}
        rows = related._default_manager.in_bulk(numbers) if numbers else {}
        for block, field in named:
            field.set_cached_value(block, rows[getattr(block, field.attname)])


def _rows_of(article: Article) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows of all kinds: the number of the kind, and its columns by their names."""
    connection = connections[DEFAULT_DB_ALIAS]
    statement, parameters = _statement(connection.vendor)
    bound = [article.pk if value == PARENT else value for value in parameters]
    with connection.cursor() as cursor:
        cursor.execute(statement, bound)
        rows = cursor.fetchall()
    for number, columns in rows:
        yield number, json.loads(columns)


@cache
def _statement(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """Return the statement that reads the rows of all kinds, with ``PARENT`` for the article.

    Django takes longer to write it than the database to answer it.

    Args:
        vendor: of the database, which has a language of its own.
    """
    kinds: list[QuerySet[Any, Any]] = [
        # Not by the manager, for which a text is that of the language of whoever asks.
        QuerySet(model)
        .filter(parent=PARENT)
        .order_by()
        .values_list(
            Value(number),
            JSONObject(
                **{column.attname: column.attname for column in model._meta.concrete_fields}
            ),
        )
        for number, model in enumerate(BLOCKS)
    ]
    # Emptied once more: from Django 6 on, a union is in the order of its first model.
    return kinds[0].union(*kinds[1:], all=True).order_by().query.sql_with_params()


def articles_with(file: WithdrawableModel) -> QuerySet[Article]:
    """Return the articles of which a block shows a picture or a file."""
    return _articles_of((model, {column: file}) for model, column in columns_with(type(file)))


def articles_linking_to(file: WithdrawableModel) -> QuerySet[Article]:
    """Return the articles in whose text there is a link to a file."""
    return _articles_of(
        (model, {f"{column}__contains": file.digest}) for model, column in columns_of_text()
    )


def _articles_of(conditions: Iterable[tuple[type[Block], dict[str, Any]]]) -> QuerySet[Article]:
    """Return the articles with a block of one of some kinds that meets its condition."""
    found = Q(pk__in=())
    for model, condition in conditions:
        blocks = model._default_manager.filter(**condition)
        found |= Q(pk__in=blocks.order_by().values("parent"))
    return Article.objects.filter(found)


def columns_of_text() -> list[tuple[type[Block], str]]:
    """Return the kinds of blocks in whose text there may be links, each with the column."""
    return [(model, column) for model in BLOCKS for column in localized(*model.rich_texts)]


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
    "blocks_of",
    "columns_with",
]
