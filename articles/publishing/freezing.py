"""Freezing: makes an edition of one language of the working copy, as it is now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from articles.models import (
    BLOCKS,
    Article,
    Block,
    Byline,
    Citation,
    Edition,
    Figure,
)
from articles.models.blocks import blocks_of
from articles.models.withdrawable import WithdrawableModel
from articles.publishing.blocks import freeze_block
from articles.publishing.content import Content, Frozen, page_digest, text_digest, write
from articles.publishing.parts import digests_of
from articles.text import html
from immunoportal.languages import text_in

# The ids that the page uses itself: no heading may have them.
PAGE_IDS = {
    "about-this-page", "content", "on-this-page", "publisher-heading", "sources",
    *(f"feedback-{name}" for name in ("error", "hint", "sentence", "title", "website")),
}  # fmt: skip


@dataclass(frozen=True)
class WorkingCopy:
    """Everything that can be frozen of an article, in all languages.

    Attributes:
        blocks: in their order, with the images of the figures.
        bylines: in their order, with their contributors.
        citations: in their order, with their sources.
    """

    article: Article
    blocks: Sequence[Block]
    bylines: Sequence[Byline]
    citations: Sequence[Citation]

    def __post_init__(self) -> None:
        for block in self.blocks:
            # What is asked of a block's article needs no query.
            block.parent = self.article

    def blocks_in(self, language: str) -> list[Block]:
        """Return the blocks that belong to the page in a language."""
        return [block for block in self.blocks if block.is_in(language)]


def read_working_copy(article: Article) -> WorkingCopy:
    """Read the working copy of an article, in as many queries whatever kinds of blocks it has."""
    return WorkingCopy(
        article,
        in_order(chain.from_iterable(blocks_of(article).values())),
        list(article.bylines.select_related("contributor")),
        list(article.citations.select_related("source")),
    )


def in_order(blocks: Iterable[Block]) -> list[Block]:
    """Return blocks in the order of the page.

    Those that stand at the same position (as two editors may leave them) keep the order in which
    they were made, the unsaved ones last, so that freezing twice gives the same.
    """
    return sorted(
        blocks,
        key=lambda block: (
            block.ordering,
            BLOCKS.index(type(block)),
            block.pk is None,
            block.pk or 0,
        ),
    )


def freeze(copy: WorkingCopy, language: str) -> Edition:
    """Return the edition that publishing a language now would make: not stored, not numbered.

    What is empty in that language is left out; whether it may be is the question of
    ``articles.publishing.completeness``. No query is made.
    """
    article = copy.article
    sources = [line.source for line in copy.citations]
    taken = PAGE_IDS | {f"r{number}" for number in range(1, len(sources) + 1)}
    contents: list[html.Heading] = []
    blocks = []
    for block in copy.blocks_in(language):
        frozen = freeze_block(block, language)
        if frozen is None:
            continue
        if "html" in frozen:
            frozen["html"], headings = html.with_anchors(frozen["html"], taken)
            contents += headings
        only = {"only": True} if block.only_in else {}
        blocks.append({"key": str(block.key), **only, **frozen})
    # They stand under the lead.
    blocks.sort(key=lambda frozen: frozen["type"] != "keypoints")
    figures = [block for block in copy.blocks_in(language) if isinstance(block, Figure)]
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
        site_page=article.site_page,
        image=figures[0].image if figures else None,
        content=write(
            Content(
                blocks=blocks,
                contents=[
                    {"text": heading.text, "anchor": heading.anchor}
                    for heading in contents
                    if heading.level == 2
                ],
                bylines=[_freeze_byline(line, language) for line in copy.bylines],
                sources=[
                    {"key": str(row.key), "citation": row.citation, "links": row.links}
                    for row in sources
                ],
                funding=text_in(article, "funding", language),
            )
        ),
    )
    edition.plain_text = "\n".join(_words(edition, blocks))
    edition.words = len(edition.plain_text.split())
    edition.text_digest = text_digest(edition)
    edition.page_digest = page_digest(edition)
    edition.parts = digests_of(edition)
    return edition


def files_of(copy: WorkingCopy, language: str) -> list[WithdrawableModel]:
    """Return the pictures and files that a page shows in a language, in its order, each once."""
    shown = [block.files_in(language).values() for block in copy.blocks_in(language)]
    return list(dict.fromkeys(chain.from_iterable(shown)))


def _freeze_byline(line: Byline, language: str) -> Frozen:
    interests = text_in(line.contributor, "interests", language)
    return {
        "key": str(line.contributor.key),
        "role": line.role,
        "name": line.contributor.name_in(language),
        "qualification": text_in(line.contributor, "qualification", language),
        **({"interests": interests} if interests else {}),
        **({"no_interests": True} if line.contributor.no_interests else {}),
    }


def _words(edition: Edition, blocks: Iterable[Frozen]) -> Iterable[str]:
    """Yield all that a reader reads, as plain text."""
    yield edition.title
    yield edition.lead
    for block in blocks:
        for key in ("when", "title", "text", "source", "caption"):
            if block.get(key):
                yield block[key]
        yield from block.get("points", ())
        if block.get("html"):
            yield html.plain_text(block["html"])
