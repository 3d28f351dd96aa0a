"""Lists of rows of which any page costs as much as the first one.

Skipping is what makes far pages dear. So a page near the end is counted from there, and for those
in the middle the keys of the whole list are remembered as long as nothing public changes: they are
read from the index that the list is ordered by, eight bytes each.
"""

from array import array
from collections.abc import Hashable, Iterator
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db.models import Model

from immunoportal.publication import clock

Row = TypeVar("Row", bound=Model)

# Skipping so many rows costs next to nothing.
NEAR = 120


class Listing(Generic[Row]):
    """The rows of a list, the newest first, as ``Paginator`` takes them.

    Args:
        name: of the list, under which its count is remembered.
        rows: all of it, as a query set that knows ``newest_first`` and ``for_lists``.
    """

    def __init__(self, name: Hashable, rows: Any) -> None:
        self.name = name
        self.rows = rows.newest_first()

    @cached_property
    def count(self) -> int:
        return clock.remember(("count", self.name), self.rows.count)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows.for_lists())

    def __getitem__(self, cut: slice) -> list[Row]:
        start, stop, _step = cut.indices(self.count)
        after = self.count - stop
        if start < NEAR:
            return list(self.rows.for_lists()[start:stop])
        if after < NEAR:
            last = self.rows.for_lists().reverse()[after : self.count - start]
            return list(reversed(last))
        keys = clock.remember(("keys", self.name), self._read_keys)
        on_page = self.rows.model._default_manager.filter(pk__in=keys[start:stop])
        return list(on_page.for_lists().newest_first())

    def _read_keys(self) -> array:
        return array("q", self.rows.values_list("pk", flat=True))
