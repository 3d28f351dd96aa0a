from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from articles.models.blocks.base import Block


class OwnArticle(Block):
    """Another article of the portal: its title and lead as they are live when the page is made."""

    related = ("article",)

    article = models.ForeignKey(
        Article,
        verbose_name=_("article"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text=_("Its title and its lead are shown, in each language in which it is live."),
    )

    class Meta(Block.Meta):
        verbose_name = _("article of this site")
        verbose_name_plural = _("articles of this site")

    def __str__(self) -> str:
        return str(_("Article of this site"))
