"""What publishing would take off a page because a block is now in one language only."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from articles.desk.kept_rows import KeepingFormSet
from articles.models import Article, Block
from articles.publishing.content import read
from articles.publishing.freezing import in_order


def removals(article: Article | None, formsets: Iterable[KeepingFormSet]) -> dict[str, list[str]]:
    """Return by language the blocks that readers see there now, and would no longer see.

    The database is asked only where a block is in one language only.

    Args:
        formsets: of the article's form.
    """
    rows = [row for formset in formsets for row in formset.stored.values()]
    blocks = in_order(row for row in rows if isinstance(row, Block))
    found: dict[str, list[str]] = defaultdict(list)
    if article is None or not any(block.only_in for block in blocks):
        return found
    for edition in article.editions.live().only("language", "content"):
        shown = {block["key"] for block in read(edition).blocks}
        for position, block in enumerate(blocks, start=1):
            if str(block.key) in shown and not block.is_in(edition.language):
                name = {"block": capfirst(block._meta.verbose_name), "position": position}
                found[edition.language].append(_("%(block)s, block %(position)d") % name)
    return found
