"""What every block has, whatever its kind."""

from typing import ClassVar

from content_editor.models import create_plugin_base

from articles.models.articles import Article
from articles.models.keys import KeyedModel
from articles.models.relations import ReadRelationsModel


class Block(
    KeyedModel,
    ReadRelationsModel,
    create_plugin_base(Article),  # type: ignore[misc]  # made when the code is loaded
):
    """A part of an article: its position, and the key by which editions know it for ever.

    Attributes:
        texts: the fields that have a column for each language.
        rich_texts: those of them that hold HTML, in which there may be links.
        related: the foreign keys whose rows are read with it.
    """

    texts: ClassVar[tuple[str, ...]]
    rich_texts: ClassVar[tuple[str, ...]] = ()
    related: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True
        ordering = ["ordering", "pk"]
