"""Keeps what was rendered of an edition for as long as there is room.

An edition never changes, so what a page shows of it alone is rendered once in a process. What it
shows beside that (pictures, which are looked up when the page is made; the names of topics) is
part of the key.
"""

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django import template
from django.db import connection
from django.template import Context
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.translation import get_language

from articles.models import Edition

# A library of template tags: the settings call it "kept".
register = template.Library()

MOST_BYTES = 16 * 1024 * 1024
OVERHEAD = 700  # bytes that an entry takes beside its value

Value = TypeVar("Value")


class Shelf:
    """Values in memory, bounded in bytes: what has not been asked for longest goes first."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made if it is not there.

        In a transaction, whose rows may never have been, nothing is kept.
        """
        if connection.in_atomic_block:
            return make()
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                kept: Value = self._values[key]
                return kept
        value = make()
        with self._lock:
            self._drop(key)
            self._values[key] = value
            self._bytes += size_of(value)
            while self._bytes > self._most_bytes:
                self._drop(next(iter(self._values)))
        return value

    def _drop(self, key: Hashable) -> None:
        if key in self._values:
            self._bytes -= size_of(self._values.pop(key))


def size_of(value: Any) -> int:
    """Return about how many bytes a text, or a tuple of them, takes with its key."""
    parts = value if isinstance(value, tuple) else (value,)
    return OVERHEAD + sum(sys.getsizeof(part) for part in parts)


shelf = Shelf(MOST_BYTES)


def of(edition: Edition, what: Hashable, make: Callable[[], Value]) -> Value:
    """Return what was made of an edition; made each time of one that is not stored.

    Args:
        what: names it, and all that it depends on beside the edition and the language of the page.
        make: makes it: a text, or a tuple of texts.
    """
    if edition.pk is None:
        return make()
    # A database that is put back from a backup uses its numbers again, for other editions.
    key = (
        edition.pk,
        edition.page_digest,
        edition.number,
        edition.valid_from,
        edition.first_published_at,
    )
    return shelf.get((key, get_language(), what), make)


class KeepNode(template.Node):
    # Django looks for blocks in all of a template each time; there are none in here.
    child_nodelists = ()

    def __init__(
        self, nodelist: NodeList, edition: FilterExpression, depends: list[FilterExpression]
    ) -> None:
        self.nodelist = nodelist
        self.edition = edition
        self.depends = depends

    def render(self, context: Context) -> str:
        what = tuple(expression.resolve(context) for expression in self.depends)
        edition = self.edition.resolve(context)
        return of(edition, what, lambda: self.nodelist.render(context))


@register.tag
def keep(parser: Parser, token: Token) -> KeepNode:
    """Render what stands between ``{% keep edition … %}`` and ``{% endkeep %}`` once.

    It must not depend on more than the edition, the language of the page, and the values named.
    """
    _tag, edition, *depends = token.split_contents()
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(
        nodelist,
        parser.compile_filter(edition),
        [parser.compile_filter(each) for each in depends],
    )
