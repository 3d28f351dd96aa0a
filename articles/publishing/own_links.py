"""Own links of the working copy: what they lead to, and which of them are words alone for now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import chain
from typing import NamedTuple

from django.db.models import Exists, FilteredRelation, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article, Audience, Block, Document, Edition
from articles.models.editions import valid_at
from articles.publishing.content import read
from articles.publishing.freezing import WorkingCopy
from articles.publishing.own_addresses import links_at
from articles.publishing.places import place_of
from articles.text.headings import anchor_named, anchors_of
from articles.text.html import plain_text
from articles.text.links import links_in
from articles.text.own_links import OwnLink, own_links_in
from immunoportal.languages import codes, localized, phrase, text_in


@dataclass
class Target:
    """What links lead to.

    Attributes:
        is_reserved: whether it is for health professionals only.
        live: by language, for whom there is a live page.
    """

    title: str
    is_reserved: bool
    live: dict[str, str] = field(default_factory=dict)

    def is_live_for(self, audience: str, language: str) -> bool:
        """Tell whether a page for an audience leads there."""
        return self.live.get(language) in (Audience.PUBLIC, audience)


class Placed(NamedTuple):
    """A link of the working copy, its words, and where it stands."""

    link: OwnLink
    words: str
    block: Block
    position: int
    field: str

    def told(self, language: str, title: str = "") -> dict[str, object]:
        """Return what a sentence says of it."""
        return place_of(self.block, self.position) | {
            "words": plain_text(self.words),
            "language": phrase(language),
            "title": title,
        }


# A sentence, the form field and the block.
Problem = tuple[str, str, Block]


def targets_of(links: Iterable[OwnLink], *, but: Article | None = None) -> dict[str, Target]:
    """Return what links lead to, by key, in one query for each kind that there is.

    Args:
        but: the article whose own pages do not make a file reserved.
    """
    keys: dict[str, set[str]] = defaultdict(set)
    for link in links:
        keys[link.kind].add(link.key)
    return _articles(keys["article"]) | _files(keys["file"], but)


def _articles(keys: Collection[str]) -> dict[str, Target]:
    if not keys:
        return {}
    live = FilteredRelation("editions", condition=valid_at(timezone.now(), "editions__"))
    rows = Article.objects.filter(key__in=keys).alias(live=live)
    found: dict[str, Target] = {}
    for key, audience, language, its_audience, *titles in rows.values_list(
        "key", "audience", "live__language", "live__audience", *localized("title")
    ):
        title = next(filter(None, titles), "") or _("(without a title)")
        target = Target(title, is_reserved=audience == Audience.PROFESSIONAL)
        target = found.setdefault(str(key), target)
        if language:
            target.live[language] = its_audience
    return found


def _files(digests: Collection[str], but: Article | None) -> dict[str, Target]:
    """Return the files of the library that are there; what is shown to health professionals and to
    nobody else is reserved."""
    if not digests:
        return {}
    live = Edition.objects.live().filter(documents=OuterRef("pk")).exclude(article=but)
    rows = Document.objects.filter(digest__in=digests, withdrawn_at__isnull=True).annotate(
        is_reserved=Exists(live.for_professionals()) & ~Exists(live.public())
    )
    everywhere = dict.fromkeys(codes(), Audience.PUBLIC.value)
    return {row.digest: Target(row.title, row.is_reserved, everywhere) for row in rows}


def linked_documents(editions: Sequence[Edition]) -> dict[Edition, list[Document]]:
    """Return the files of the library to which new editions link, as far as they are there."""
    digests = {
        edition: [link.key for link in read(edition).links if link.kind == "file"]
        for edition in editions
    }
    wanted = set(chain.from_iterable(digests.values()))
    there: dict[str, Document] = {}
    if wanted:
        rows = Document.objects.filter(digest__in=wanted, withdrawn_at__isnull=True)
        there = {row.digest: row for row in rows}
    return {
        edition: [there[digest] for digest in found if digest in there]
        for edition, found in digests.items()
    }


def links_of(blocks: Sequence[Block], language: str) -> list[Placed]:
    """Return the own links of blocks in a language.

    Args:
        blocks: all of an article, in their order.
    """
    return [
        Placed(link, words, block, position, f"{field}_{language}")
        for position, block in enumerate(blocks, start=1)
        if block.is_in(language)
        for field in block.rich_texts
        for link, words in own_links_in(text_in(block, field, language))
    ]


def to_reserved(copy: WorkingCopy, languages: Collection[str]) -> Iterator[Problem]:
    """Yield the links that must not be published: from a public page to what is reserved."""
    if copy.article.audience != Audience.PUBLIC:
        return
    links = {
        language: [*links_of(copy.blocks, language), *_by_address(copy.blocks, language)]
        for language in languages
    }
    every = [placed.link for found in links.values() for placed in found]
    targets = targets_of(every, but=copy.article)
    for language, found in links.items():
        for placed in found:
            target = targets.get(placed.link.key)
            if target and target.is_reserved:
                yield _of_reserved(placed, target, language), placed.field, placed.block


def _by_address(blocks: Sequence[Block], language: str) -> list[Placed]:
    """Return the links that name an article or a file by its address, in whatever language."""
    found = [
        (link, block, position, field)
        for position, block in enumerate(blocks, start=1)
        if block.is_in(language)
        for field in block.rich_texts
        for link in links_in(text_in(block, field, language))
    ]
    own = links_at((link.target for link, *_place in found), language, codes())
    return [
        Placed(own[link.target], escape(link.words), block, position, f"{field}_{language}")
        for link, block, position, field in found
        if link.target in own
    ]


def _of_reserved(placed: Placed, target: Target, language: str) -> str:
    return _(
        "%(block)s, block %(position)d: the link “%(words)s” %(language)s leads to “%(title)s”, "
        "which is for health professionals only, and this page is open to everyone. Take the link "
        "out, or have it lead elsewhere."
    ) % placed.told(language, title=target.title)


def without_page(
    article: Article, blocks: Sequence[Block], language: str, targets: Mapping[str, Target]
) -> Iterator[Problem]:
    """Yield the links that are words alone on the page in a language, as things stand.

    Args:
        blocks: all of the article, in their order.
        targets: of their links.
    """
    anchors: dict[str, str] | None = None
    for placed in links_of(blocks, language):
        link, target = placed.link, targets.get(placed.link.key)
        message = None
        if not link.kind:
            anchors = _headings(blocks, language) if anchors is None else anchors
            if not anchor_named(link.heading, anchors):
                message = _(
                    "%(block)s, block %(position)d: the link “%(words)s” leads to a heading that "
                    "the page %(language)s does not have any more. Readers see the words without "
                    "a link."
                ) % placed.told(language)
        elif target is None:
            message = _(
                "%(block)s, block %(position)d: the link “%(words)s” %(language)s leads to "
                "something that does not exist any more. Readers see the words without a link."
            ) % placed.told(language)
        elif target.is_reserved and article.audience == Audience.PUBLIC:
            message = _of_reserved(placed, target, language)
        elif link.key != str(article.key) and not target.is_live_for(article.audience, language):
            message = _(
                "%(block)s, block %(position)d: the link “%(words)s” leads to “%(title)s”, which "
                "is not live %(language)s. Until it is, readers see the words without a link."
            ) % placed.told(language, title=target.title)
        if message:
            yield message, placed.field, placed.block


def _headings(blocks: Iterable[Block], language: str) -> dict[str, str]:
    """Return the headings of a page as it would be, by their names; their anchors are not those of
    the page."""
    texts = [
        (str(block.key), text_in(block, field, language))
        for block in blocks
        if block.is_in(language)
        for field in block.rich_texts
    ]
    return {name: name for name in anchors_of(texts)}
