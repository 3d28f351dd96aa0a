"""Lists of editions of which any page costs as much as the first one.

Skipping is what makes far pages dear. So a page near the end is counted from there, and one in the
middle from the nearest of the milestones that are remembered as long as nothing public changes.
Whatever is skipped is skipped in the index that the list is ordered by, and only the rows of the
page itself are read.
"""

from collections.abc import Hashable, Iterator
from datetime import datetime
from functools import cached_property

from django.db.models import F, Window
from django.db.models.functions import Mod, RowNumber

from articles.models import Edition
from articles.models.editions import EditionQuerySet
from immunoportal.publication import clock

# How many editions lie between two milestones: skipping so many costs next to nothing.
STEP = 500


class Listing:
    """The editions of a list, the newest first, as ``Paginator`` takes them.

    Args:
        name: of the list, under which its count is remembered.
        editions: all of it.
    """

    def __init__(self, name: Hashable, editions: EditionQuerySet) -> None:
        self.name = name
        self.editions = editions

    @cached_property
    def count(self) -> int:
        return clock.remember(("count", self.name), self.editions.count)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Edition]:
        return iter(self.editions.for_lists().newest_first())

    def __getitem__(self, cut: slice) -> list[Edition]:
        start, stop, _step = cut.indices(self.count)
        newest_first = self.editions.newest_first()
        if start == 0:
            return list(newest_first.for_lists()[:stop])
        if self.count - stop < min(start, STEP):
            oldest_first = newest_first.reverse()
            on_page = oldest_first[self.count - stop : self.count - start]
        elif start < STEP:
            on_page = newest_first[start:stop]
        else:
            published_at, pk = self.milestones()[start // STEP - 1]
            older = newest_first.filter(first_published_at__lte=published_at).exclude(
                first_published_at=published_at, pk__gt=pk
            )
            on_page = older[start % STEP : start % STEP + stop - start]
        found = Edition.objects.filter(pk__in=on_page.values("pk"))
        return list(found.for_lists().newest_first())

    def milestones(self) -> list[tuple[datetime, int]]:
        """Return where each further ``STEP`` editions of the list begin."""
        return clock.remember(("milestones", self.name), self._find_milestones)

    def _find_milestones(self) -> list[tuple[datetime, int]]:
        order = [F("first_published_at").desc(), F("pk").desc()]
        placed = self.editions.order_by().annotate(place=Window(RowNumber(), order_by=order))
        begins = placed.annotate(rest=Mod("place", STEP)).filter(rest=1, place__gt=1)
        return list(begins.order_by("place").values_list("first_published_at", "pk"))
