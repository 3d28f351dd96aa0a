"""From the working copy to an edition: take one language of an article as it is now.

The frozen ``content`` is plain data that a template can render without another query:

``blocks``
    in order; each has a ``type`` (``richtext``, ``figure``, ``quote``, ``callout``) and the
    texts of its kind. A figure has the image's ``image`` id, ``width`` and ``height``.
``contents``
    the headings of level 2 (``text``, ``anchor``), for "on this page".
``bylines``
    ``role``, ``name`` and ``qualification`` of each contributor, in order.
``references``
    ``citation`` and its ``links`` (``label``, ``url``), in order.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from articles.models import BLOCKS, Article, Block, Callout, Edition, Figure, Quote, RichText
from articles.text import html

Frozen = dict[str, Any]

# The ids that the page uses itself: no heading may have them.
PAGE_IDS = {"about-this-page", "content", "on-this-page", "publisher-heading", "references"}


def blocks_of(article: Article) -> list[Block]:
    """The blocks of the working copy in their order; one query for each kind.

    Blocks that stand at the same position (as two editors may leave them) keep the
    order in which they were made, so that freezing twice gives the same.
    """
    blocks: list[Block] = []
    for model in BLOCKS:
        rows = model.objects.filter(parent=article)
        if model is Figure:
            rows = rows.select_related("image")
        blocks.extend(rows)
    return sorted(blocks, key=lambda block: (block.ordering, BLOCKS.index(type(block)), block.pk))


def text_in(row, field: str, language: str) -> str:
    """A translated text in one language, without the other one standing in."""
    return getattr(row, f"{field}_{language}") or ""


def freeze(article: Article, language: str) -> Edition:
    """The edition that publishing a language now would make. Not stored, not numbered.

    What is empty in that language is left out; whether it may be is the question of
    ``articles.workflow.missing``.
    """
    references = [row.reference for row in article.citations.select_related("reference")]
    taken = PAGE_IDS | {f"r{number}" for number, _reference in enumerate(references, start=1)}
    contents: list[html.Heading] = []
    frozen_blocks = []
    images = []
    for block in blocks_of(article):
        frozen = _freeze_block(block, language)
        if frozen is None:
            continue
        if "html" in frozen:
            frozen["html"], headings = html.with_anchors(frozen["html"], taken)
            contents += headings
        if isinstance(block, Figure):
            images.append(block.image)
        frozen_blocks.append(frozen)

    edition = Edition(
        article=article,
        language=language,
        title=text_in(article, "title", language),
        slug=text_in(article, "slug", language),
        hero_line=text_in(article, "hero_line", language),
        lead=text_in(article, "lead", language),
        description=text_in(article, "description", language) or text_in(article, "lead", language),
        topic=article.topic,
        audience=article.audience,
        image=images[0] if images else None,
        content={
            "blocks": frozen_blocks,
            "contents": [
                {"text": heading.text, "anchor": heading.anchor}
                for heading in contents
                if heading.level == 2
            ],
            "bylines": _freeze_bylines(article, language),
            "references": [
                {"citation": reference.citation, "links": reference.links}
                for reference in references
            ],
        },
    )
    edition.plain_text = "\n".join(_words(edition, frozen_blocks))
    edition.words = len(edition.plain_text.split())
    edition.digest = digest_of(edition)
    edition.frozen_images = images
    return edition


def digest_of(edition: Edition) -> str:
    """A SHA-256 in hexadecimal of all that readers get from an edition."""
    everything = [
        edition.language,
        edition.title,
        edition.slug,
        edition.hero_line,
        edition.lead,
        edition.description,
        edition.topic_id,
        edition.content,
    ]
    if not edition.is_public:
        # Only then: the digests of what was published before there were audiences hold good.
        everything.append(edition.audience)
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()


def _freeze_block(block: Block, language: str) -> Frozen | None:
    """The data of a block in a language; ``None`` where it says nothing there."""
    match block:
        case RichText():
            text = text_in(block, "text", language)
            return {"type": "richtext", "html": text} if text else None
        case Figure():
            alternative = "" if block.decorative else text_in(block, "alternative_text", language)
            return {
                "type": "figure",
                "image": block.image_id,
                "width": block.image.width,
                "height": block.image.height,
                "alternative_text": alternative,
                "caption": text_in(block, "caption", language),
                "credit": text_in(block.image, "credit", language),
            }
        case Quote():
            text = text_in(block, "text", language)
            source = text_in(block, "source", language)
            return {"type": "quote", "text": text, "source": source} if text else None
        case Callout():
            text = text_in(block, "text", language)
            title = text_in(block, "title", language)
            if not (text or title):
                return None
            return {"type": "callout", "kind": block.kind, "title": title, "html": text}
    raise TypeError(f"{type(block).__name__} is not a block that can be frozen.")


def _freeze_bylines(article: Article, language: str) -> list[Frozen]:
    return [
        {
            "role": line.role,
            "name": line.contributor.name_in(language),
            "qualification": text_in(line.contributor, "qualification", language),
        }
        for line in article.bylines.select_related("contributor")
    ]


def _words(edition: Edition, blocks: Iterable[Frozen]) -> Iterable[str]:
    """All that a reader reads, as plain text."""
    yield edition.title
    yield edition.lead
    for block in blocks:
        for key in ("title", "text", "source", "caption"):
            if block.get(key):
                yield block[key]
        if block.get("html"):
            yield html.plain_text(block["html"])
