"""The verbs of sources, which all articles share: one paper is one source, however entered."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Protocol

from django.db import IntegrityError, transaction
from django.db.models import Q

from articles.models import Source


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
    lookups = {"doi": "doi__iexact", "pmid": "pmid", "citation": "citation"}
    conditions = [
        Q(**{lookup: value})
        for each in wanted
        for field, lookup in lookups.items()
        if (value := getattr(each, field))
    ]
    if not conditions:
        return []
    found = Source.objects.filter(reduce(or_, conditions))
    return [row for row in found if any(same(row, each) for each in wanted)]


def same(one: Described, other: Described) -> bool:
    """Tell whether two are one source: by DOI or PubMed number, else by their words."""
    numbers = [
        (getattr(one, field), getattr(other, field))
        for field in ("doi", "pmid")
        if getattr(one, field) and getattr(other, field)
    ]
    if numbers:
        return any(first.lower() == second.lower() for first, second in numbers)
    return one.citation.lower() == other.citation.lower()


@transaction.atomic
def add(new: Iterable[Source]) -> list[Source]:
    """Store sources, in their order; in the place of one that is there already, return that.

    Args:
        new: valid, as a form has cleaned them.
    """
    return [_add(source) for source in new]


def _add(source: Source) -> Source:
    there = known([source])
    if not there:
        try:
            with transaction.atomic():
                source.save(force_insert=True)
        except IntegrityError:
            # Somebody else has added it in this very moment.
            there = known([source])
            if not there:
                raise
    return there[0] if there else source
