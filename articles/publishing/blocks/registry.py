"""What publishing asks of every block: its data for an edition, and what it still lacks.

Each kind registers its answers in its own module of this folder.
"""

from collections.abc import Iterable, Iterator
from functools import singledispatch

from articles.models import Block
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
