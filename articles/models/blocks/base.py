"""What every block has, whatever its kind."""

from typing import ClassVar

from content_editor.models import create_plugin_base
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from articles.models.keys import KeyedModel
from articles.models.relations import ReadRelationsModel
from articles.models.withdrawable import WithdrawableModel


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
        files: the foreign keys to pictures and files of the libraries, which the page shows.
    """

    texts: ClassVar[tuple[str, ...]] = ()
    rich_texts: ClassVar[tuple[str, ...]] = ()
    related: ClassVar[tuple[str, ...]] = ()
    files: ClassVar[tuple[str, ...]] = ()

    # Empty where it belongs to every language.
    only_in = models.CharField(
        _("languages"),
        max_length=8,
        blank=True,
        choices=settings.LANGUAGES,
        help_text=_("The pages in other languages do without it, and need no translation of it."),
    )

    class Meta:
        abstract = True
        ordering = ["ordering", "pk"]

    def is_in(self, language: str) -> bool:
        """Tell whether the block belongs to the pages in a language."""
        return self.only_in in ("", language)

    def files_in(self, language: str) -> dict[str, WithdrawableModel]:
        """Return the pictures and files that the block shows in a language, by their fields."""
        names = [f"{name}_{language}" if name in self.texts else name for name in self.files]
        return {name: file for name in names if (file := getattr(self, name))}
