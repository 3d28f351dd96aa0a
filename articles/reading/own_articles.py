"""The articles that a page shows by title and lead, as they are live when the page is made."""

from collections.abc import Collection
from dataclasses import dataclass

from articles.models import Edition
from immunoportal.publication import clock

# How many are remembered; past that it begins anew.
MOST_REMEMBERED = 2_000


@dataclass(frozen=True)
class ShownArticle:
    """What a page shows of another article: of its live edition in the page's language."""

    key: str
    url: str
    title: str
    lead: str


def articles_shown(edition: Edition, keys: Collection[str]) -> tuple[ShownArticle, ...]:
    """Look up what a page shows of other articles, in one query at most.

    What is reserved is found for reserved pages only.

    Args:
        edition: of the page.
        keys: of the articles.

    Returns:
        Those that are live in the language of the page.
    """
    if not keys:
        return ()
    remembered: dict[str, ShownArticle | None] = clock.remember(
        ("own articles", edition.language, edition.is_public), dict
    )
    found = {key: remembered.get(key) for key in keys}
    unknown = [key for key in found if key not in remembered]
    if unknown:
        looked_up: dict[str, ShownArticle | None] = dict.fromkeys(unknown)
        live = Edition.objects.live().in_language(edition.language)
        live = live.public() if edition.is_public else live
        rows = live.filter(article__key__in=unknown).select_related("article")
        for row in rows.only("language", "slug", "title", "lead", "article__key"):
            key = str(row.article.key)
            looked_up[key] = ShownArticle(key, row.get_absolute_url(), row.title, row.lead)
        found |= looked_up
        if len(remembered) > MOST_REMEMBERED:
            remembered.clear()
        remembered |= looked_up
    return tuple(article for article in found.values() if article)
