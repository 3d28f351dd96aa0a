from collections.abc import Iterator

from django.utils.translation import gettext as _

from articles.models import Attachment, Document
from articles.publishing.blocks.registry import Lack, freeze_block, lacks, unfinished
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


@lacks.register
def attachment_lacks(block: Attachment, language: str) -> Iterator[Lack]:
    missing = _(
        "%(block)s, block %(position)d: no file is chosen for the page %(language)s. Choose one, "
        "or say that the block is in one language only."
    )
    yield from unfinished(block, language, {"document": missing})
