"""Answers the requests for the reader's pages.

Public pages show what is public and ask nothing about the reader. What is reserved for health
professionals has its own list, and answers at its address to those who may read it.
"""

from collections.abc import Callable, Iterable

from django.contrib.auth.views import redirect_to_login
from django.core.paginator import InvalidPage
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language

from articles.models import Edition
from articles.models.editions import may_read_reserved
from articles.reading import pages
from immunoportal import languages
from immunoportal.publication.public_pages import (
    keep_private,
    page_number,
    public_page,
    safe_page,
)


class PageNotFound(Http404):
    """A 404 that has something to offer: ``context`` goes to the template."""

    def __init__(self, **context: object):
        super().__init__()
        self.context = context


@public_page()
def home(request: HttpRequest) -> HttpResponse:
    """Show the home page: hero line, featured article, topics, latest."""
    return render(request, "articles/reading/home.html", pages.home_page(get_language()))


@public_page(page=page_number)
def article_list(request: HttpRequest) -> HttpResponse:
    """Show all articles in this language, the newest first."""
    editions = pages.public_editions(get_language())
    context = list_page(request, editions, lambda: reverse("articles:list"))
    return render(request, "articles/reading/list.html", context)


@public_page()
def topic_list(request: HttpRequest) -> HttpResponse:
    """Show all topics that have articles in this language."""
    context = {
        "topics": pages.topics_with_articles(get_language()),
        "alternates": languages.alternates(lambda: reverse("articles:topics")),
    }
    return render(request, "articles/reading/topics.html", context)


@public_page(page=page_number)
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a topic and its articles, the newest first."""
    language = get_language()
    topic = pages.topics_with_page(language).filter(**{f"slug_{language}": slug}).first()
    if topic is None:
        raise Http404
    spoken = pages.languages_of(topic)
    if language not in spoken:
        raise Http404
    editions = pages.public_editions(language).filter(topic=topic)
    context = list_page(request, editions, topic.get_absolute_url, spoken) | {"topic": topic}
    return render(request, "articles/reading/topic.html", context)


def list_page(
    request: HttpRequest,
    editions: QuerySet[Edition],
    url_in: Callable[[], str | None],
    spoken: Iterable[str] | None = None,
) -> dict:
    """Return the page of a list that ``?page=`` asks for; see ``pages.list_page``.

    Raises:
        Http404: there is no such page.
    """
    try:
        return pages.list_page(editions, request.GET.get("page", 1), url_in, spoken)
    except InvalidPage:
        raise Http404 from None


@public_page()
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an article in one language; a reserved one to those who may read it."""
    language = get_language()
    editions = pages.live_editions(slug, language)
    edition = editions.get(language)
    if edition is None:
        return elsewhere(request, slug, language)
    if not edition.may_be_read_by(request.user):
        return refusal(request)
    context = pages.article_page(edition, editions)
    response = render(request, "articles/reading/detail.html", context)
    return response if edition.is_public else keep_private(response)


@safe_page
def professionals(request: HttpRequest) -> HttpResponse:
    """Show the articles for health professionals in this language to those they are for."""
    if not may_read_reserved(request.user):
        return refusal(request)
    editions = pages.reserved_editions(get_language(), request.user)
    context = list_page(request, editions, lambda: reverse("articles:professionals"))
    context["noindex"] = True
    return keep_private(render(request, "articles/reading/professionals.html", context))


def refusal(request: HttpRequest) -> HttpResponse:
    """Refuse a reserved page: ask for log-in, or say why the page stays closed (403)."""
    if not request.user.is_authenticated:
        return keep_private(redirect_to_login(request.get_full_path()))
    context = {
        "is_error": True,
        "alternates": languages.alternates(lambda: reverse("articles:professionals")),
    }
    return keep_private(render(request, "articles/reading/reserved.html", context, status=403))


def elsewhere(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Redirect from an address that an article used to have to its present one.

    An article that is live in other languages only is a 404 that offers those: no page pretends to
    be a translation. Neither tells anything of what the reader may not read.

    Raises:
        PageNotFound: with ``offers``, the editions in other languages.
    """
    candidates = pages.editions_that_had(slug, request.user)
    for edition in candidates:
        if edition.language == language:
            return redirect(edition, permanent=False)
    raise PageNotFound(offers=candidates)
