"""What the address of a page answers that was withdrawn, and not only for now."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from articles.models import Edition
from articles.models.editions import Withdrawal
from immunoportal.publication import clock

# What tells a page and its present address, and what its readers are told.
_READ = (
    "article", "language", "number", "slug", "site_page", "audience", "valid_from", "valid_until",
    "withdrawn_as", "withdrawal_sentence", "merged_into",
)  # fmt: skip


@dataclass(frozen=True)
class Gone:
    """A page that was withdrawn as wrong, or has become part of another.

    Attributes:
        page: its last edition.
        into: the live page of which it is a part now; ``None`` where that is not live, or if it was
            wrong.
    """

    page: Edition
    into: Edition | None

    @property
    def was_wrong(self) -> bool:
        return self.page.withdrawn_as == Withdrawal.WRONG


def gone_from(slug: str, language: str, *, of_site: bool) -> Gone | None:
    """Return the page that was withdrawn from an address, also if that is a former one of its.

    Args:
        of_site: whether the address is one of the pages of the site.
    """
    gone = _gone().get((language, slug))
    return gone if gone and bool(gone.page.site_page) == of_site else None


def page_gone(article: int, language: str) -> Gone | None:
    """Return the page of an article, by the number of its row, that was withdrawn in a language."""
    return _gone().get((language, article))


def _gone() -> Mapping[tuple[str, str | int], Gone]:
    """Return all such pages by language and slug, and by language and article: they are few."""
    return clock.remember("gone", _read)


def _read() -> dict[tuple[str, str | int], Gone]:
    """Read them with the articles of which they have become part, in one query."""
    marked = Edition.objects.filter(withdrawn_as__isnull=False).order_by()
    articles = marked.values("article").union(marked.values("merged_into"))
    editions = Edition.objects.begun().filter(article__in=articles).only(*_READ)
    of_page = {
        page: list(of_page)
        for page, of_page in groupby(
            editions.order_by("article_id", "language", "number"),
            lambda edition: (edition.article_id, edition.language),
        )
    }
    newest = {page: of_page[page][-1] for page in of_page}
    found: dict[tuple[str, str | int], Gone] = {}
    for (article, language), page in newest.items():
        # What has been published again is live, or was withdrawn for now.
        if page.withdrawn_as is not None and not page.is_live:
            gone = Gone(page, _end_of(page, newest))
            found[language, article] = gone
            found |= {(language, edition.slug): gone for edition in of_page[article, language]}
    return found


def _end_of(page: Edition, newest: Mapping[tuple[int, str], Edition]) -> Edition | None:
    """Follow a page through all that it has become part of to one that is live, if there is one."""
    followed = set()
    while not page.is_live:
        into = newest.get((page.merged_into_id or 0, page.language))
        if into is None or page.pk in followed:
            return None
        followed.add(page.pk)
        page = into
    return page
