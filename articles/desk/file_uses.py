"""Where a picture or a file is shown, in words and with links: why it cannot be deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import Article, Edition
from articles.models.blocks import articles_linking_to, articles_with
from articles.models.editions import relation_to
from articles.models.withdrawable import WithdrawableModel
from immunoportal.languages import phrase

# So many are named; of the others, how many they are.
MOST_NAMED = 12


@dataclass(frozen=True)
class Use:
    """A place where a picture or a file is shown.

    Attributes:
        text: for the editor.
        url: of its page in the admin.
    """

    text: str
    url: str


def uses_of(row: WithdrawableModel) -> tuple[list[Use], int]:
    """Return the places where an entry of a library is shown or linked to: what is live, what is
    to come, the working copies, what was live once.

    Returns:
        The first of them, and how many more there are.
    """
    shown = {relation_to(type(row)).name: row}
    editions = Edition.objects.filter(**shown).defer("content", "plain_text")
    standing = editions.live() | editions.scheduled()
    past = editions.exclude(pk__in=standing.values("pk"))
    articles = articles_with(row) | articles_linking_to(row)
    total = editions.count() + articles.count()
    if not total:
        return [], 0
    every = chain(
        map(_standing, standing.order_by("valid_from", "-pk")[:MOST_NAMED]),
        map(_working_copy, articles[:MOST_NAMED]),
        map(_past, past[:MOST_NAMED]),
    )
    named = list(islice(every, MOST_NAMED))
    return named, total - len(named)


def _standing(edition: Edition) -> Use:
    if edition.is_live:
        return _edition(_("“%(title)s”, live %(language)s (edition no. %(number)d)"), edition)
    return _edition(_("“%(title)s”, to come %(language)s (edition no. %(number)d)"), edition)


def _past(edition: Edition) -> Use:
    return _edition(_("“%(title)s”, formerly live %(language)s (edition no. %(number)d)"), edition)


def _edition(text: str, edition: Edition) -> Use:
    words = {
        "title": edition.title,
        "language": phrase(edition.language),
        "number": edition.number,
    }
    return Use(text % words, reverse("admin:articles_article_edition", args=[edition.pk]))


def _working_copy(article: Article) -> Use:
    url = reverse("admin:articles_article_change", args=[article.pk])
    return Use(_("“%(title)s”, in its working copy") % {"title": article}, url)


def list_of(uses: list[Use], more: int) -> SafeString:
    """Return the places as a list with links."""
    links = format_html_join(
        "", '<li><a href="{}">{}</a></li>', ((use.url, use.text) for use in uses)
    )
    rest = ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more}
    return format_html("<ul>{}{}</ul>", links, format_html("<li>{}</li>", rest) if more else "")


def why_it_stays(row: WithdrawableModel) -> SafeString | str:
    """Return the sentence on why an entry cannot be deleted; empty where it can."""
    if row.is_withdrawn:
        return _(
            "“%(title)s” has been withdrawn for good. Its entry stays, so that nobody uploads the "
            "same file again."
        ) % {"title": row.title}
    uses, more = uses_of(row)
    if not uses:
        return ""
    return format_html(
        "{}{}",
        _(
            "“%(title)s” cannot be deleted, because it is in use. Take it out of the articles "
            "first; what an edition has shown stays on record for ever."
        )
        % {"title": row.title},
        list_of(uses, more),
    )


def why_they_stay(rows: Sequence[WithdrawableModel]) -> SafeString:
    """Return the sentence on entries that cannot be deleted, with links to the page of each."""
    pages = [
        Use(row.title, reverse(f"admin:articles_{row._meta.model_name}_change", args=[row.pk]))
        for row in rows[:MOST_NAMED]
    ]
    return format_html(
        "{}{}",
        _(
            "These cannot be deleted: they are in use, or have been withdrawn for good. The page "
            "of each tells where it is shown."
        ),
        list_of(pages, len(rows) - len(pages)),
    )
