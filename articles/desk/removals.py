"""What publishing would take off a page because a block is now in one language only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from articles.desk.kept_rows import KeepingFormSet
from articles.models import Article, Block
from articles.publishing.content import read
from articles.publishing.freezing import in_order
from articles.publishing.places import place_name


@dataclass(frozen=True)
class Removal:
    """A block that readers of a language see now, and would no longer see.

    Attributes:
        address: by which the form says that it was shown to the editor.
    """

    address: str
    label: str


def removals(article: Article | None, blocks: Sequence[Block]) -> dict[str, list[Removal]]:
    """Return by language what publishing would take off the page.

    The database is asked only where a block is in one language only.

    Args:
        blocks: of the article, in their order.
    """
    found: dict[str, list[Removal]] = defaultdict(list)
    if article is None or not any(block.only_in for block in blocks):
        return found
    for edition in article.editions.live().only("language", "content"):
        shown = {block["key"] for block in read(edition).blocks}
        for position, block in enumerate(blocks, start=1):
            if str(block.key) in shown and not block.is_in(edition.language):
                address = f"{edition.language}:{block.key}"
                label = place_name(block, position)
                found[edition.language].append(Removal(address, label))
    return found


def stored_blocks(formsets: Iterable[KeepingFormSet]) -> list[Block]:
    """Return the stored blocks in their order, from the formsets of the article's form."""
    rows = (row for formset in formsets for row in formset.stored.values())
    return in_order(row for row in rows if isinstance(row, Block))
