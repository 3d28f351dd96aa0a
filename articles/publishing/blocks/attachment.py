from collections.abc import Iterator

from django.utils.translation import gettext as _

from articles.models import Attachment, Document
from articles.publishing.blocks.registry import (
    Entries,
    Lack,
    freeze_block,
    lacks,
    put_file,
    thaw_block,
    unfinished,
)
from articles.publishing.content import Frozen


@freeze_block.register
def freeze_attachment(block: Attachment, language: str) -> Frozen | None:
    document: Document | None = getattr(block, f"document_{language}")
    if document is None:
        return None
    return {
        "type": "attachment",
        "document": document.digest,
        "title": document.title,
        "language": document.language,
        "bytes": document.bytes,
        "pages": document.pages,
    }


@thaw_block.register
def thaw_attachment(
    block: Attachment, frozen: Frozen, language: str, entries: Entries
) -> Iterator[str]:
    gone = _("The file “%(title)s” has been withdrawn, and has not come back.")
    yield from put_file(block, f"document_{language}", frozen["document"], entries, gone % frozen)


@lacks.register
def attachment_lacks(block: Attachment, language: str) -> Iterator[Lack]:
    missing = _(
        "%(block)s, block %(position)d: no file is chosen for the page %(language)s. Choose one, "
        "or say that the block is in one language only."
    )
    yield from unfinished(block, language, {"document": missing})
