"""The parts of an edition: what can be changed, compared and settled by itself.

Each has a key that it keeps from one edition to the next and shares with the other language: a
block that of its row, everything else a name.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from articles.models import Edition
from articles.publishing.content import Content, Frozen, read

# The texts around the blocks, in the order of the page.
HEAD = ("title", "hero_line", "lead", "description")
SOURCES, FUNDING = "sources", "funding"

# An anchor depends on the headings before it, and an own address on nothing that is said here.
_ANCHOR = re.compile(r' id="[^"]*"')


@dataclass(frozen=True)
class Part:
    """One part of an edition.

    Attributes:
        kind: the type of the block, or the key.
        said: what it says: the frozen block without what only tells it from others, a text, or a
            list of citations.
        digest: SHA-256 of it, in hexadecimal.
        only_here: whether it is meant for this language alone.
    """

    key: str
    kind: str
    said: Any
    digest: str
    only_here: bool = False


def parts_of(edition: Edition) -> dict[str, Part]:
    """Return the parts of an edition by their keys, in the order of the page."""
    content = read(edition)
    head = [part_of(name, name, text) for name in HEAD if (text := _text_of_head(edition, name))]
    blocks = [_block(block) for block in content.blocks]
    paid = [part_of(FUNDING, FUNDING, content.funding)] if content.funding else []
    return {part.key: part for part in [*head, *blocks, *_sources(content), *paid]}


def known_digests(edition: Edition) -> dict[str, Any]:
    """Return what an edition has stored of its parts; of one that has nothing yet, what it would
    store."""
    stored: dict[str, Any] | None = edition.parts
    return stored or digests_of(edition)


def digests_of(edition: Edition) -> dict[str, Any]:
    """Return what an edition stores of its parts: the digest of each by its key, and the keys of
    those that are meant for its language alone."""
    parts = parts_of(edition).values()
    return {
        "digests": {part.key: part.digest for part in parts},
        "only_here": [part.key for part in parts if part.only_here],
    }


def _text_of_head(edition: Edition, name: str) -> str:
    text: str = getattr(edition, name)
    # Where nobody wrote a description, the lead takes its place: one change is not two.
    return "" if name == "description" and text == edition.lead else text


def said_by(block: Frozen) -> Frozen:
    """Return what a frozen block says, without what only tells it from others."""
    said = {name: value for name, value in block.items() if name not in ("key", "only", "credit")}
    if "html" in said:
        said["html"] = _ANCHOR.sub("", said["html"])
    return said


def _block(block: Frozen) -> Part:
    said = said_by(block)
    return part_of(block["key"], block["type"], said, only_here=block.get("only", False))


def _sources(content: Content) -> list[Part]:
    cited = [[source["citation"], source["links"]] for source in content.sources]
    return [part_of(SOURCES, SOURCES, cited)] if cited else []


def part_of(key: str, kind: str, said: Any, *, only_here: bool = False) -> Part:
    """Return a part with its digest."""
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    return Part(key, kind, said, digest, only_here)
