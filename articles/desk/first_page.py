"""What the articles tell on the admin's first page: what waits, and what a user worked on."""

from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.desk.article_list import (
    BLANKS,
    HELD,
    HoldFilter,
    SiteFilter,
    StaleFilter,
    TranslationFilter,
)
from articles.desk.retractions import OPEN, CitesMarkedFilter
from articles.desk.state_badges import badge_of
from articles.models import Article, Draft, Event, Hold, Leaflet
from articles.publishing.blanks import live_with_blanks
from articles.publishing.retractions import count_waiting
from articles.publishing.staleness import count_behind
from articles.publishing.states import State, count_in_state, count_lacking, versions_of
from immunoportal import languages
from immunoportal.actors import User
from immunoportal.registry import Alert, Beginning, Deed, Waiting

# Whoever saves again and again has worked on one article: so many events are looked through.
LOOKED_THROUGH = 100


def beginnings(user: User) -> list[Beginning]:
    """Return the button that leads to an empty article, for who may write one."""
    if not user.has_perm("articles.add_article"):
        return []
    return [Beginning(_("Write an article"), reverse("admin:articles_article_add"))]


def alerts(user: User) -> list[Alert]:
    """Return alerts about pages that are held, blanks that readers see, and leaflets that could not
    be made, for whoever may end that."""
    if not user.has_perms(["articles.view_article", "articles.publish_article"]):
        return []
    return [*_held(), *_with_blanks(), *_leaflets_given_up()]


def _with_blanks() -> list[Alert]:
    pages = {edition.article_id for edition in live_with_blanks()}
    if not pages:
        return []
    text = ngettext(
        "%(count)d page of the site is live with a blank that only the publisher can fill in.",
        "%(count)d pages of the site are live with blanks that only the publisher can fill in.",
        len(pages),
    )
    url = f"{reverse('admin:articles_article_changelist')}?{SiteFilter.parameter_name}={BLANKS}"
    return [Alert(text % {"count": len(pages)}, url)]


def _held() -> list[Alert]:
    held = Hold.objects.standing().for_safety().count()
    if not held:
        return []
    text = ngettext(
        "%(count)d page is held for safety: readers see a notice in its place or on it.",
        "%(count)d pages are held for safety: readers see a notice in their place or on them.",
        held,
    )
    url = reverse("admin:articles_article_changelist")
    link = f"{url}?{HoldFilter.parameter_name}={HELD}"
    return [Alert(text % {"count": held}, link, is_urgent=True)]


def _leaflets_given_up() -> list[Alert]:
    failed = Leaflet.objects.given_up().count()
    if not failed:
        return []
    text = ngettext(
        "%(count)d leaflet could not be made. The page is not affected; the log of the worker says "
        "why.",
        "%(count)d leaflets could not be made. The pages are not affected; the log of the worker "
        "says why.",
        failed,
    )
    return [Alert(text % {"count": failed}, is_urgent=True)]


def waiting(user: User) -> list[Waiting]:
    """Return what is typed and not saved, and changed and not published, to who may do so, and
    which translations are missing, to who may write them."""
    url = reverse("admin:articles_article_changelist")
    numbers = []
    if user.has_perms(["articles.view_article", "articles.change_article"]):
        drafts = Draft.objects.filter(user=user).open().exclude(data="").count()
        text = ngettext(
            "draft of yours that is not saved", "drafts of yours that are not saved", drafts
        )
        numbers.append(Waiting(drafts, text, reverse("admin:articles_article_drafts")))
    if user.has_perms(["articles.view_article", "articles.publish_article"]):
        citing = count_waiting()
        text = ngettext(
            "article that cites a retracted or outdated source, and waits for a look",
            "articles that cite a retracted or outdated source, and wait for a look",
            citing,
        )
        link = f"{url}?{CitesMarkedFilter.parameter_name}={OPEN}"
        numbers.append(Waiting(citing, text, link, is_urgent=True))
        numbers += [
            Waiting(
                count_in_state(language, State.CHANGED),
                _("unpublished changes %(language)s") % {"language": languages.phrase(language)},
                f"{url}?state_{language}={State.CHANGED}",
            )
            for language in languages.codes()
        ]
        numbers += [
            Waiting(
                count_behind(language),
                _("pages behind the other language, %(language)s")
                % {"language": languages.phrase(language)},
                f"{url}?{StaleFilter.parameter_name}={language}",
            )
            for language in languages.codes()
        ]
    if user.has_perms(["articles.view_article", "articles.change_article"]):
        numbers += [
            Waiting(
                count_lacking(language),
                _("missing translations %(language)s") % {"language": languages.phrase(language)},
                f"{url}?{TranslationFilter.parameter_name}={language}",
            )
            for language in languages.codes()
        ]
    return numbers


def worked_on(user: User, most: int) -> list[Deed]:
    """Return the articles that a user worked on last, each with where it stands."""
    if not user.has_perm("articles.view_article"):
        return []
    moments: dict[int, datetime] = {}
    events = Event.objects.filter(by=user).values_list("article", "at")
    for number, at in events[:LOOKED_THROUGH]:
        moments.setdefault(number, at)
    articles = Article.objects.filter(pk__in=list(moments)[:most])
    return [
        Deed(
            moments[article.pk],
            str(article),
            _standing(article),
            reverse("admin:articles_article_change", args=[article.pk]),
        )
        for article in articles.prefetch_related("language_versions")
    ]


def _standing(article: Article) -> SafeString:
    """Return the state in each language."""
    versions = versions_of(article).items()
    return format_html_join(
        " ",
        "<span>{} {}</span>",
        ((languages.name(language), badge_of(version)) for language, version in versions),
    )
