"""What readers need and a working copy may lack: the checks before a publication.

Each check takes the working copy and a language and yields what is missing. A new check is a
function here and a line in ``CHECKS``.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from articles.models import Audience, Block, Byline, Image, RichText
from articles.publishing.blocks import lacks
from articles.publishing.citations import markers_without_source
from articles.publishing.freezing import WorkingCopy
from articles.publishing.links import links_that_lead_nowhere
from articles.publishing.own_links import to_reserved
from articles.publishing.places import place_of
from articles.publishing.redirects import owners_of, slug_belongs_to
from immunoportal.languages import codes, phrase, text_in


@dataclass(frozen=True)
class Missing:
    """Something a reader needs and the working copy does not have.

    Attributes:
        message: a sentence for the editor.
        field: the form field where it can be mended, with its language suffix if it has one.
        block: the block it belongs to, or ``None`` for the article itself.
    """

    message: str
    field: str
    block: Block | None = None


def obstacles(copy: WorkingCopy, languages: Collection[str]) -> list[Missing]:
    """Return all that has to be mended before these languages can be published at one moment."""
    found = [item for language in languages for item in missing(copy, language)]
    found += [Missing(*problem) for problem in to_reserved(copy, languages)]
    found += _slugs_taken(copy, languages)
    found += _for_other_readers(copy, languages)
    # What several languages lack is said once. A block that is not stored yet tells itself only
    # from others.
    once = {(item.message, item.field, id(item.block)): item for item in found}
    return list(once.values())


def missing(copy: WorkingCopy, language: str) -> list[Missing]:
    """Return what one language of an article lacks, in the order of the page."""
    return [item for check in CHECKS for item in check(copy, language)]


def _head(copy: WorkingCopy, language: str) -> Iterator[Missing]:
    messages = {
        "title": _("The title is missing %(language)s."),
        "slug": _("The slug is missing %(language)s."),
        "lead": _("The lead is missing %(language)s."),
    }
    for field, message in messages.items():
        if not text_in(copy.article, field, language):
            yield Missing(message % {"language": phrase(language)}, f"{field}_{language}")


def _some_text(copy: WorkingCopy, language: str) -> Iterator[Missing]:
    texts = [block for block in copy.blocks_in(language) if isinstance(block, RichText)]
    if not any(text_in(block, "text", language) for block in texts):
        message = _("There is no text %(language)s.") % {"language": phrase(language)}
        yield Missing(message, f"text_{language}", next(iter(texts), None))


def _blocks(copy: WorkingCopy, language: str) -> Iterator[Missing]:
    """Yield what single blocks lack: of each the first thing."""
    said = next(_some_text(copy, language), None)
    for position, block in enumerate(copy.blocks, start=1):
        if not block.is_in(language):
            continue
        message, field = next(iter(lacks(block, language)), (None, ""))
        if message is None or (said is not None and block is said.block):
            continue
        place = place_of(block, position) | {"language": phrase(language)}
        yield Missing(message % place, field, block)


def _withdrawn_files(copy: WorkingCopy, language: str) -> Iterator[Missing]:
    picture = _(
        "%(block)s, block %(position)d: this picture has been withdrawn. Choose another, or "
        "remove the block."
    )
    other = _(
        "%(block)s, block %(position)d: this file has been withdrawn. Choose another, or remove "
        "the block."
    )
    for position, block in enumerate(copy.blocks, start=1):
        if not block.is_in(language):
            continue
        for field, file in block.files_in(language).items():
            if file.is_withdrawn:
                message = picture if isinstance(file, Image) else other
                yield Missing(message % place_of(block, position), field, block)


def _links(copy: WorkingCopy, language: str) -> Iterator[Missing]:
    for problem in links_that_lead_nowhere(copy, language):
        yield Missing(*problem)


def _cited_sources(copy: WorkingCopy, language: str) -> Iterator[Missing]:
    for problem in markers_without_source(copy, language):
        yield Missing(*problem)


def _author(copy: WorkingCopy, language: str) -> Iterator[Missing]:
    if copy.article.site_page:
        # It speaks for the publisher.
        return
    authors = [line.contributor for line in copy.bylines if line.role == Byline.Role.AUTHOR]
    if not any(author.name_in(language) for author in authors):
        yield Missing(_("No author is named."), "bylines")


def _interests_and_funding(copy: WorkingCopy, language: str) -> Iterator[Missing]:
    """Yield what is missing on a topic that asks for it."""
    if copy.article.topic is None or not copy.article.topic.asks_interests:
        return
    people = {
        line.contributor: None for line in copy.bylines if line.role != Byline.Role.TRANSLATOR
    }
    for person in people:
        if not person.has_declared_in(language):
            message = _(
                "%(name)s: the declared interests are missing %(language)s. Write them in the "
                "entry of the contributor, or tick there that there are none."
            )
            words = {"name": person.name_in(language), "language": phrase(language)}
            yield Missing(message % words, "bylines")
    if not text_in(copy.article, "funding", language):
        message = _("Say %(language)s who paid for this article, or that nobody did.")
        yield Missing(message % {"language": phrase(language)}, f"funding_{language}")


CHECKS: list[Callable[[WorkingCopy, str], Iterable[Missing]]] = [
    _head,
    _some_text,
    _blocks,
    _withdrawn_files,
    _links,
    _cited_sources,
    _author,
    _interests_and_funding,
]


def _slugs_taken(copy: WorkingCopy, languages: Collection[str]) -> Iterator[Missing]:
    """Yield the languages in which the slug belongs to another article."""
    slugs = {language: text_in(copy.article, "slug", language) for language in languages}
    owners = owners_of([(language, slug) for language, slug in slugs.items() if slug])
    for (language, slug), owner in owners.items():
        if owner.article != copy.article:
            yield Missing(slug_belongs_to(owner.article, slug), f"slug_{language}")


def _for_other_readers(copy: WorkingCopy, languages: Collection[str]) -> Iterator[Missing]:
    """Yield live pages that stay, and that would be for other readers than the new ones.

    What one language reserves, the other must not give away.
    """
    if set(languages) >= set(codes()):
        return  # none stays
    article = copy.article
    staying = article.editions.live().exclude(language__in=languages)
    messages = {
        Audience.PUBLIC: _(
            "The page %(language)s is still open to everyone: publish it together with this one, "
            "or withdraw it first."
        ),
        Audience.PROFESSIONAL: _(
            "The page %(language)s is still for health professionals only: publish it together "
            "with this one, or withdraw it first."
        ),
    }
    for edition in staying.exclude(audience=article.audience).defer("content", "plain_text"):
        words = {"language": phrase(edition.language)}
        yield Missing(messages[Audience(edition.audience)] % words, "audience")
