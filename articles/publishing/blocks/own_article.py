from collections.abc import Iterator

from django.utils.translation import gettext as _

from articles.models import Audience, OwnArticle
from articles.publishing.blocks.registry import (
    Entries,
    Lack,
    Unrestorable,
    freeze_block,
    lacks,
    thaw_block,
)
from articles.publishing.content import Frozen


@freeze_block.register
def freeze_own_article(block: OwnArticle, language: str) -> Frozen | None:
    return {"type": "ownarticle", "article": str(block.article.key)} if block.article else None


@thaw_block.register
def thaw_own_article(
    block: OwnArticle, frozen: Frozen, language: str, entries: Entries
) -> Iterator[str]:
    article = entries.articles.get(frozen["article"])
    gone = _("An article that was shown by its title has been deleted, and has not come back.")
    if article:
        block.article = article
    elif block.article_id is None:
        raise Unrestorable(gone)
    else:
        yield gone


@lacks.register
def own_article_lacks(block: OwnArticle, language: str) -> Iterator[Lack]:
    if block.article is None:
        yield _("%(block)s, block %(position)d: choose an article, or remove the block."), "article"
    elif block.article_id == block.parent_id:
        yield _("%(block)s, block %(position)d: an article cannot lead to itself."), "article"
    elif Audience.PROFESSIONAL == block.article.audience != block.parent.audience:
        message = _(
            "%(block)s, block %(position)d: the chosen article is for health professionals only, "
            "and this page is open to everyone. Choose another, or remove the block."
        )
        yield message, "article"
