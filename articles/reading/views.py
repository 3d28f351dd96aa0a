"""The reader's pages. All of them start from the editions that are live.

Public pages show what is public and ask nothing about the reader. What is reserved for health
professionals has its own list, and answers at its address to those who may read it.
"""

from django.contrib.auth.views import redirect_to_login
from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language

from articles.images.markup import pictures_of
from articles.models import Edition, Home, Topic
from articles.models.editions import may_read_reserved
from articles.publishing.content import read
from immunoportal import languages
from immunoportal.publication.public_pages import keep_private, public_page, safe_page

PER_PAGE = 12
LATEST = 6


class PageNotFound(Http404):
    """A 404 that has something to offer: ``context`` goes to the template."""

    def __init__(self, **context):
        super().__init__()
        self.context = context


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The home page: hero line, featured article, topics, latest."""
    language = get_language()
    page = Home.get()
    live = Edition.objects.live().public().in_language(language)
    editions = live.for_lists().newest_first()
    featured = editions.filter(article_id=page.featured_id).first() if page.featured_id else None
    latest = list(editions[: LATEST + 1])
    featured = featured or next(iter(latest), None)
    latest = [edition for edition in latest if edition != featured][:LATEST]
    shown = [featured, *latest] if featured else latest
    context = {
        "page": page,
        "featured": featured,
        "latest": latest,
        "topics": topics_with_articles(language),
        "pictures": pictures_of(edition.image.digest for edition in shown if edition.image),
        "alternates": languages.alternates(lambda: reverse("articles:home")),
        "x_default": reverse("choose_language"),
    }
    return render(request, "articles/reading/home.html", context)


def topics_with_articles(language: str):
    """The topics that have a page in a language and something on it, in their order."""
    live = Edition.objects.live().public().in_language(language)
    return (
        Topic.objects.filter(pk__in=live.order_by().values("topic"))
        # Neither missing (NULL) nor empty.
        .filter(**{f"name_{language}__gt": "", f"slug_{language}__gt": ""})
    )


@public_page
def article_list(request: HttpRequest) -> HttpResponse:
    """All articles in this language, the newest first."""
    live = Edition.objects.live().public().in_language(get_language())
    page = page_of(request, live.for_lists().newest_first())
    context = {
        "page": page,
        "pictures": pictures_of(edition.image.digest for edition in page if edition.image),
        "alternates": languages.alternates(lambda: reverse("articles:list"))
        if page.number == 1
        else [],
    }
    return render(request, "articles/reading/list.html", context)


@public_page
def topic_list(request: HttpRequest) -> HttpResponse:
    """All topics that have articles in this language."""
    context = {
        "topics": topics_with_articles(get_language()),
        "alternates": languages.alternates(lambda: reverse("articles:topics")),
    }
    return render(request, "articles/reading/topics.html", context)


@public_page
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """A topic and its articles, the newest first."""
    language = get_language()
    named = Topic.objects.filter(**{f"slug_{language}": slug, f"name_{language}__gt": ""})
    topic = named.first()
    if topic is None:
        raise Http404
    live = topic.editions.live().public()
    page = page_of(request, live.in_language(language).for_lists().newest_first())
    spoken = set(live.order_by().values_list("language", flat=True).distinct())
    if language not in spoken:
        raise Http404
    context = {
        "topic": topic,
        "page": page,
        "pictures": pictures_of(edition.image.digest for edition in page if edition.image),
        "alternates": (
            languages.alternates(
                topic.get_absolute_url, [code for code in languages.codes() if code in spoken]
            )
            if page.number == 1
            else []
        ),
    }
    return render(request, "articles/reading/topic.html", context)


def page_of(request: HttpRequest, editions):
    """The page of a list that ``?page=`` asks for.

    Raises:
        Http404: there is no such page.
    """
    try:
        return Paginator(editions, PER_PAGE).page(request.GET.get("page", 1))
    except InvalidPage:
        raise Http404 from None


@public_page
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """An article in one language; a reserved one for those who may read it."""
    language = get_language()
    # All languages in one query: the page, and where its language switch leads.
    live = Edition.objects.live()
    holder = live.in_language(language).filter(slug=slug).values("article")
    editions = {
        edition.language: edition
        for edition in live.filter(article__in=holder).select_related("topic")
    }
    edition = editions.get(language)
    if edition is None:
        return elsewhere(request, slug, language)
    if not edition.may_be_read_by(request.user):
        return refusal(request)
    response = render(request, "articles/reading/detail.html", detail_context(edition, editions))
    return response if edition.is_public else keep_private(response)


def detail_context(edition: Edition, editions: dict[str, Edition]) -> dict:
    """What the article page shows; the preview uses it for an edition that is not stored.

    Args:
        edition: the one to show.
        editions: by language, all live editions of the article.
    """
    content = read(edition)
    return {
        "edition": edition,
        "content": content,
        "pictures": pictures_of(figure["image"] for figure in content.figures),
        "first_figure": next(iter(content.figures), None),
        "noindex": not edition.is_public,
        "alternates": [
            languages.Alternate(code, editions[code].get_absolute_url())
            for code in languages.codes()
            # What one language reserves, the other one does not point at.
            if code in editions and editions[code].audience == edition.audience
        ],
    }


@safe_page
def professionals(request: HttpRequest) -> HttpResponse:
    """The articles for health professionals in this language, for whom they are."""
    if not may_read_reserved(request.user):
        return refusal(request)
    live = Edition.objects.live().for_reader(request.user).for_professionals()
    page = page_of(request, live.in_language(get_language()).for_lists().newest_first())
    context = {
        "page": page,
        "pictures": pictures_of(edition.image.digest for edition in page if edition.image),
        "noindex": True,
        "alternates": languages.alternates(lambda: reverse("articles:professionals"))
        if page.number == 1
        else [],
    }
    return keep_private(render(request, "articles/reading/professionals.html", context))


def refusal(request: HttpRequest) -> HttpResponse:
    """What is reserved, for whoever may not read it: log-in, or why it stays closed (403)."""
    if not request.user.is_authenticated:
        return keep_private(redirect_to_login(request.get_full_path()))
    context = {
        "is_error": True,
        "alternates": languages.alternates(lambda: reverse("articles:professionals")),
    }
    return keep_private(render(request, "articles/reading/reserved.html", context, status=403))


def elsewhere(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Where the article has gone whose page used to be, or in another language is, here.

    An address of the past leads to the present one. A page that exists in another language
    only is a 404 that offers that language: no page pretends to be a translation. Neither
    tells anything of what the reader may not read.

    Raises:
        PageNotFound: with ``offers``, the editions in other languages.
    """
    live = Edition.objects.live().for_reader(request.user)
    known = Edition.objects.exclude(pk__in=Edition.objects.scheduled().values("pk"))
    articles = known.filter(slug=slug).values("article")
    spoken = languages.codes()
    found = live.filter(article__in=articles, language__in=spoken).defer("content", "plain_text")
    candidates = sorted(found, key=lambda edition: spoken.index(edition.language))
    for edition in candidates:
        if edition.language == language:
            return redirect(edition, permanent=False)
    raise PageNotFound(offers=candidates)
