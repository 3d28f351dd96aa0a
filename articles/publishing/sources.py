"""The verbs of sources, which all articles share: one paper is one source, however entered."""

from collections.abc import Collection, Iterable
from functools import reduce
from operator import or_
from typing import Protocol

from django.db import IntegrityError, transaction
from django.db.models import Q

from articles.models import Source
from articles.models.sources import wording_of


class Described(Protocol):
    """What a source is found by: a row, or a reference that is none yet."""

    @property
    def citation(self) -> str: ...
    @property
    def doi(self) -> str: ...
    @property
    def pmid(self) -> str: ...


def known(wanted: Iterable[Described]) -> list[Source]:
    """Return the stored sources that are one with any of those wanted, in one query at most."""
    wanted = list(wanted)
    looked_for = {
        "doi__in": {each.doi.lower() for each in wanted} - {""},
        "pmid__in": {each.pmid for each in wanted} - {""},
        "wording__in": {wording_of(each.citation) for each in wanted if each.citation},
    }
    conditions = [Q((lookup, values)) for lookup, values in looked_for.items() if values]
    if not conditions:
        return []
    return among(Source.objects.filter(reduce(or_, conditions)), wanted)


def among(rows: Iterable[Source], wanted: Collection[Described]) -> list[Source]:
    """Return the sources that are one with any of those wanted."""
    return [row for row in rows if any(same(row, each) for each in wanted)]


def same(one: Described, other: Described) -> bool:
    """Tell whether two are one source: by DOI or PubMed number, else by their words."""
    numbers = [
        (getattr(one, field), getattr(other, field))
        for field in ("doi", "pmid")
        if getattr(one, field) and getattr(other, field)
    ]
    if numbers:
        return any(first.lower() == second.lower() for first, second in numbers)
    return wording_of(one.citation) == wording_of(other.citation)


@transaction.atomic
def add(new: Iterable[Source]) -> list[Source]:
    """Store sources, in their order; in the place of one that is there already, return that.

    Args:
        new: valid, as a form has cleaned them; no two of them are one.
    """
    new = list(new)
    try:
        with transaction.atomic():
            return _add(new)
    except IntegrityError:
        # Somebody else has added one of them in this very moment.
        return _add(new)


def _add(new: Collection[Source]) -> list[Source]:
    there = known(new)
    found = [next(iter(among(there, [source])), source) for source in new]
    Source.objects.bulk_create(source for source in found if source not in there)
    return found
