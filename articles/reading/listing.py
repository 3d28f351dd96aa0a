"""Lists of editions of which any page costs as much as the first one.

Skipping is what makes far pages dear. So a page near the end is counted from there, and for those
in the middle the keys of the whole list are remembered as long as nothing public changes: they are
read from the index that the list is ordered by, eight bytes each.
"""

from array import array
from collections.abc import Hashable, Iterator
from functools import cached_property

from articles.models import Edition
from articles.models.editions import EditionQuerySet
from immunoportal.publication import clock

# Skipping so many editions costs next to nothing.
NEAR = 120


class Listing:
    """The editions of a list, the newest first, as ``Paginator`` takes them.

    Args:
        name: of the list, under which its count is remembered.
        editions: all of it.
    """

    def __init__(self, name: Hashable, editions: EditionQuerySet) -> None:
        self.name = name
        self.editions = editions.newest_first()

    @cached_property
    def count(self) -> int:
        return clock.remember(("count", self.name), self.editions.count)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Edition]:
        return iter(self.editions.for_lists())

    def __getitem__(self, cut: slice) -> list[Edition]:
        start, stop, _step = cut.indices(self.count)
        after = self.count - stop
        if start < NEAR:
            return list(self.editions.for_lists()[start:stop])
        if after < NEAR:
            last = self.editions.for_lists().reverse()[after : self.count - start]
            return list(reversed(last))
        keys = clock.remember(("keys", self.name), self._read_keys)
        on_page = Edition.objects.filter(pk__in=keys[start:stop])
        return list(on_page.for_lists().newest_first())

    def _read_keys(self) -> array:
        return array("q", self.editions.values_list("pk", flat=True))
