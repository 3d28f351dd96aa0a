"""Links that must not be published: to no heading of their page, or to no page of ours."""

from collections.abc import Iterable, Iterator

from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext as _

from articles.models import Block, RichText
from articles.publishing.freezing import PAGE_IDS, WorkingCopy
from articles.publishing.own_addresses import address_in, path_of
from articles.publishing.places import place_of
from articles.publishing.redirects import Place, articles_at
from articles.text import html
from articles.text.links import dead_links, links_in
from immunoportal.languages import phrase, text_in


def links_that_lead_nowhere(copy: WorkingCopy, language: str) -> Iterator[tuple[str, str, Block]]:
    """Yield a sentence, the form field and the block for each dead link of a language."""
    texts = [
        (position, block, field, text)
        for position, block in enumerate(copy.blocks, start=1)
        for field in block.rich_texts
        if block.is_in(language)
        if "<a " in (text := text_in(block, field, language))
    ]
    if not texts:
        return
    anchors = _anchors(copy, language)
    articles = _articles_in((text for *_place, text in texts), language)

    def leads_to_page(target: str) -> bool:
        path = path_of(target, language)
        address = address_in(target, language)
        return path is None or (address.place in articles if address else _is_page(path, language))

    for position, block, field, text in texts:
        for link in dead_links(text, anchors, leads_to_page):
            if link.target.startswith("#"):
                message = _(
                    "%(block)s, block %(position)d: the link “%(words)s” leads to “%(target)s”, "
                    "which no heading of the page %(language)s has as its anchor. Mend it or take "
                    "it out."
                )
            elif link.target.lower().startswith("tel:"):
                message = _(
                    "%(block)s, block %(position)d: the link “%(words)s” leads to “%(target)s” "
                    "(%(language)s), which is no telephone number. Mend it or take it out."
                )
            else:
                message = _(
                    "%(block)s, block %(position)d: the link “%(words)s” leads to “%(target)s”, "
                    "which is no page of this site (%(language)s). Write the whole web address, "
                    "with https://, or take the link out."
                )
            where = place_of(block, position) | {
                "words": link.words,
                "target": link.target,
                "language": phrase(language),
            }
            yield message % where, f"{field}_{language}", block


def _anchors(copy: WorkingCopy, language: str) -> set[str]:
    """Return where a link within the page may lead: to its headings and its sources."""
    sources = {f"r{number}" for number in range(1, len(copy.citations) + 1)}
    taken = PAGE_IDS | sources
    anchors = sources | ({"sources"} if sources else set())
    for block in copy.blocks_in(language):
        if isinstance(block, RichText):
            _text, headings = html.with_anchors(text_in(block, "text", language), taken)
            anchors.update(heading.anchor for heading in headings)
    return anchors


def _articles_in(texts: Iterable[str], language: str) -> set[Place]:
    """Return the articles to which texts lead by an address, and that there are."""
    addresses = [address_in(link.target, language) for text in texts for link in links_in(text)]
    return set(articles_at({address.place for address in addresses if address}))


def _is_page(path: str, language: str) -> bool:
    """Tell whether readers get an answer at a path."""
    with translation.override(translation.get_language_from_path(path) or language):
        # A path without its last slash is redirected.
        return any(_is_for_readers(path + end) for end in ("", "/"))


def _is_for_readers(path: str) -> bool:
    try:
        return resolve(path).namespace != "admin"
    except Resolver404:
        return False
