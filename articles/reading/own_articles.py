"""The articles that a page shows by title and lead or links to, as they are live when the page is
made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import Case, F, JSONField, When

from articles.models import Edition
from articles.publishing.content import read
from articles.reading.holds import set_holds
from articles.text.headings import anchors_of
from immunoportal.publication import clock

# How many are remembered; past that it begins anew.
MOST_REMEMBERED = 2_000
_OF_PAGES = ("language", "slug", "site_page", "title", "lead", "article__key")


@dataclass(frozen=True)
class LiveArticle:
    """What a page shows of another article: of its live edition in the page's language.

    Attributes:
        anchors: of its headings, by their names; ``None`` where nobody has asked for them.
    """

    key: str
    url: str
    title: str
    lead: str
    anchors: Mapping[str, str] | None = field(default=None, compare=False, repr=False)


def live_articles(
    edition: Edition, keys: Collection[str], with_headings: Collection[str] = ()
) -> dict[str, LiveArticle]:
    """Look up what a page shows of other articles, in one query at most.

    What is reserved is found for reserved pages only.

    Args:
        edition: of the page.
        keys: of the articles.
        with_headings: those of them whose anchors are wanted.

    Returns:
        Those that are live in the language of the page, by key, in the order of ``keys``.
    """
    if not keys:
        return {}
    remembered: dict[str, LiveArticle | None] = clock.remember(
        ("own articles", edition.language, edition.is_public), dict
    )
    found = {key: remembered.get(key) for key in keys}
    unknown = [
        key
        for key, article in found.items()
        if key not in remembered or (article and article.anchors is None and key in with_headings)
    ]
    if unknown:
        looked_up = dict.fromkeys(unknown) | _look_up(edition, unknown, with_headings)
        found |= looked_up
        if len(remembered) > MOST_REMEMBERED:
            remembered.clear()
        remembered |= looked_up
    return {key: article for key, article in found.items() if article}


def _look_up(
    edition: Edition, keys: Collection[str], with_headings: Collection[str]
) -> dict[str, LiveArticle | None]:
    live = Edition.objects.live().in_language(edition.language)
    live = live.public() if edition.is_public else live
    # Contents are long: only those are read in which a heading is looked for.
    is_wanted = When(article__key__in=with_headings, then=F("content"))
    rows = live.filter(article__key__in=keys).select_related("article")
    if with_headings:
        rows = rows.annotate(wanted=Case(is_wanted, output_field=JSONField()))
    found: dict[str, LiveArticle | None] = {}
    read_rows = list(rows.only(*_OF_PAGES))
    set_holds(read_rows)
    for row in read_rows:
        key = str(row.article.key)
        anchors = None
        if key in with_headings:
            row.content = row.wanted  # type: ignore[attr-defined]  # annotated above
            anchors = anchors_of(
                (block["key"], block.get("html", "")) for block in read(row).blocks
            )
        lead = "" if row.held and row.held.is_withheld else row.lead
        found[key] = LiveArticle(key, row.get_absolute_url(), row.title, lead, anchors)
    return found
