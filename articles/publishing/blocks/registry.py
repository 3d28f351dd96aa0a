"""What publishing asks of every block: its data for an edition, and what it still lacks.

Each kind registers its answers in its own module of this folder.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import singledispatch

from articles.models import Article, Block
from articles.models.withdrawable import WithdrawableModel
from articles.publishing.content import Frozen
from immunoportal.languages import others, text_in, text_in_any

# A sentence for the editor with places for ``block``, ``position`` and ``language``, and the form
# field where it can be mended.
Lack = tuple[str, str]


@singledispatch
def freeze_block(block: Block, language: str) -> Frozen | None:
    """Return the data of a block in a language; ``None`` where it says nothing there."""
    raise TypeError(f"{type(block).__name__} is not a block that can be frozen.")


@singledispatch
def lacks(block: Block, language: str) -> Iterable[Lack]:
    """Return what a block lacks in a language, the most important first."""
    raise TypeError(f"{type(block).__name__} is not a block that can be checked.")


class Unrestorable(Exception):
    """A block cannot be made again; the text says why, as a sentence for the editor."""


@dataclass(frozen=True)
class Entries:
    """What editions name by keys, as far as it is still there to be shown.

    Attributes:
        files: pictures, documents and recordings by their digests, without those withdrawn.
        articles: by their keys.
    """

    files: Mapping[str, WithdrawableModel]
    articles: Mapping[str, Article]


@singledispatch
def thaw_block(block: Block, frozen: Frozen, language: str, entries: Entries) -> Iterator[str]:
    """Have a block say what an edition has frozen of it, in the edition's language; what all
    languages share of it, it takes over too.

    Nothing is stored.

    Args:
        block: of the working copy, or a new one.

    Yields:
        Sentences about what the edition has and the block does not get.

    Raises:
        Unrestorable: a new block cannot be without something that is gone.
    """
    raise TypeError(f"{type(block).__name__} is not a block that can be restored.")


def put(block: Block, language: str, **texts: str) -> None:
    """Set texts of a block in a language."""
    for field, text in texts.items():
        setattr(block, f"{field}_{language}", text)


def put_file(
    block: Block, field: str, digest: str, entries: Entries, gone: str, *, needed: bool = True
) -> Iterator[str]:
    """Set the picture or file of a block; where it is gone, what the block has stays.

    Args:
        gone: the sentence that says so.
        needed: whether there is no block without it.

    Raises:
        Unrestorable: it is gone, and the block has none.
    """
    file = entries.files.get(digest)
    if file:
        setattr(block, field, file)
    elif needed and getattr(block, f"{field}_id") is None:
        raise Unrestorable(gone)
    else:
        yield gone


def untranslated(block: Block, language: str, messages: dict[str, str]) -> Iterator[Lack]:
    """Yield the texts of a block that only other languages have.

    A warning that is not translated is worse than a page that waits for it.

    Args:
        messages: what to say of each field that is missing.
    """
    for field, message in messages.items():
        elsewhere = any(text_in(block, field, other) for other in others(language))
        if elsewhere and not text_in(block, field, language):
            yield message, f"{field}_{language}"


def unfinished(block: Block, language: str, messages: dict[str, str]) -> Iterator[Lack]:
    """Yield the texts that are missing in a block which says anything, in whatever language.

    Args:
        messages: what to say of each field that is missing.
    """
    if any(text_in_any(block, field) for field in block.texts):
        for field, message in messages.items():
            if not text_in(block, field, language):
                yield message, f"{field}_{language}"
