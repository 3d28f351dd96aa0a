"""Answers the requests for the reader's pages.

Public pages show what is public and ask nothing about the reader. What is reserved for health
professionals has its own list, and answers at its address to those who may read it: there the
reader is asked for (``reader_of``), and only there.
"""

from collections.abc import Callable, Collection, Iterable
from functools import partial

from django.contrib.auth.views import redirect_to_login
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language

from articles.models import Edition, Topic
from articles.models.editions import Reader, may_read_reserved
from articles.reading import feeds, pages, structured_data
from articles.reading.listing import Listing
from articles.reading.related import related_to
from articles.reading.withdrawn import Gone, gone_from
from immunoportal import languages
from immunoportal.publication.parting import reader_of
from immunoportal.publication.public_pages import (
    keep_private,
    page_number,
    public_page,
    safe_page,
    show,
)


class PageNotFound(Http404):
    """A 404 that has something to offer: ``context`` goes to the template.

    Attributes:
        status: of the answer, which has a template of its own.
        language: the one in which to answer, if the address asked for does not tell.
    """

    status = 404

    def __init__(self, language: str | None = None, **context: object):
        super().__init__()
        self.language = language
        self.context = context


class PageGone(PageNotFound):
    """A 410: the page was wrong; ``context`` says what its readers have to know."""

    status = 410


@public_page()
def home(request: HttpRequest) -> HttpResponse:
    """Show the home page: hero line, featured article, topics, latest."""
    return show(request, "articles/reading/home.html", pages.home_page(get_language()))


@public_page(page=page_number)
def article_list(request: HttpRequest) -> HttpResponse:
    """Show all articles in this language, the newest first."""
    listing = pages.all_articles(get_language())
    context = list_page(request, listing, lambda: reverse("articles:list"))
    context["structured_data"] = partial(structured_data.of_articles, context["page"])
    return show(request, "articles/reading/list.html", context)


@public_page()
def topic_list(request: HttpRequest) -> HttpResponse:
    """Show all topics that have articles in this language."""
    return show(request, "articles/reading/topics.html", pages.topics_page(get_language()))


@public_page(page=page_number)
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a topic and its articles, the newest first."""
    language = get_language()
    topic = topic_at(slug, language)
    if topic.slug != slug:
        return redirect("articles:topic", topic.slug, permanent=True)
    listing, spoken = pages.articles_on(topic, language), pages.languages_of(topic)
    context = list_page(request, listing, topic.get_absolute_url, spoken)
    context["structured_data"] = partial(structured_data.of_topic, context["page"], topic)
    return show(request, "articles/reading/topic.html", context | {"topic": topic})


@public_page()
def topic_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the feed of a topic's articles."""
    language = get_language()
    topic = topic_at(slug, language)
    if topic.slug != slug:
        return redirect("articles:topic_feed", topic.slug, permanent=True)
    return HttpResponse(feeds.on_topic(topic, language), content_type=feeds.CONTENT_TYPE)


def topic_at(slug: str, language: str) -> Topic:
    """Return the topic whose page has a slug in a language, or once had it there.

    Raises:
        Http404: there is none.
    """
    for topic in pages.topics_with_articles(language):
        if topic.slug == slug:
            return topic
    moved = pages.topic_that_had(slug, language)
    if not moved:
        raise Http404
    return moved


@public_page()
def feed(request: HttpRequest) -> HttpResponse:
    """Answer with the feed of the articles in this language."""
    return HttpResponse(feeds.articles(get_language()), content_type=feeds.CONTENT_TYPE)


def list_page(
    request: HttpRequest,
    listing: Listing[Edition],
    url_in: Callable[[], str | None],
    spoken: Iterable[str] | None = None,
) -> dict:
    """Return the page of a list that ``?page=`` asks for; see ``pages.list_page``.

    Raises:
        Http404: there is no such page.
    """
    try:
        return pages.list_page(listing, request.GET.get("page", 1), url_in, spoken)
    except InvalidPage:
        raise Http404 from None


@public_page(page=page_number)
def corrections(request: HttpRequest) -> HttpResponse:
    """Show what readers are told of corrections in this language, the newest first."""
    try:
        context = pages.corrections_page(get_language(), request.GET.get("page", 1))
    except InvalidPage:
        raise Http404 from None
    return show(request, "articles/reading/corrections.html", context)


@public_page()
def corrections_feed(request: HttpRequest) -> HttpResponse:
    """Answer with the feed of the same."""
    return HttpResponse(feeds.corrections(get_language()), content_type=feeds.CONTENT_TYPE)


@public_page()
def detail(request: HttpRequest, slug: str, of_site: bool = False) -> HttpResponse:
    """Show an article in one language; a reserved one to those who may read it.

    Args:
        of_site: whether the address is one of the pages of the site. These alone are found there,
            and nowhere else.
    """
    language = get_language()
    known = pages.editions_known_as(slug, language, of_site=of_site)
    edition = pages.holder_of(slug, language, known)
    if edition is None:
        return elsewhere(request, known, gone_from(slug, language, of_site=of_site), language)
    if not edition.is_public:
        reader = reader_of(request)
        if not edition.may_be_read_by(reader):
            return refusal(request, reader)
    context = pages.article_page(edition, pages.versions_of(edition, known))
    held = context["held"]
    is_withheld = bool(held and held.is_withheld)
    template = f"articles/reading/{'withheld' if is_withheld else 'detail'}.html"
    if edition.is_public:
        leads_on = not is_withheld and not edition.site_page
        related = related_to(edition) if leads_on else None
        return show(request, template, context | {"related": related})
    return keep_private(render(request, template, context))


@safe_page
def professionals(request: HttpRequest) -> HttpResponse:
    """Show the articles for health professionals in this language to those they are for."""
    reader = reader_of(request)
    if not may_read_reserved(reader):
        return refusal(request, reader)
    listing = pages.reserved_articles(get_language())
    context = list_page(request, listing, lambda: reverse("articles:professionals"))
    context["noindex"] = True
    return keep_private(render(request, "articles/reading/professionals.html", context))


def refusal(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Refuse a reserved page: ask for log-in, or say why the page stays closed (403)."""
    if reader is None or not reader.is_authenticated:
        return keep_private(redirect_to_login(request.get_full_path()))
    context = {
        "is_error": True,
        "alternates": languages.alternates(lambda: reverse("articles:professionals")),
    }
    return keep_private(render(request, "articles/reading/reserved.html", context, status=403))


def elsewhere(
    request: HttpRequest, known: Collection[Edition], gone: Gone | None, language: str
) -> HttpResponse:
    """Redirect from an address that an article used to have to its present one, for ever.

    It is kept as the page is: whoever has it asks again, so that an address may come back. An
    article that is live in other languages only is a 404 that offers those: no page pretends to
    be a translation. None of the answers tells anything of what the reader may not read.

    Args:
        known: what is live of the articles that have or once had the address's slug.
        gone: the page that was withdrawn from the address, and not only for now.

    Raises:
        PageNotFound: with ``offers``, the editions in other languages.
        PageGone: the page was wrong; with the sentence for its readers besides.
    """
    present = in_language(language, known)
    if present is None and gone is not None and gone.page.is_public:
        present = gone.into
    if present and present.is_public:
        return redirect(present, permanent=True)
    reader: Reader = None
    concerned = [*known, *([gone.page] if gone else []), *([present] if present else [])]
    if not all(edition.is_public for edition in concerned):
        reader = reader_of(request)
    known = [edition for edition in known if edition.may_be_read_by(reader)]
    gone = gone if gone and gone.page.may_be_read_by(reader) else None
    present = in_language(language, known) or (gone.into if gone else None)
    if present and present.may_be_read_by(reader):
        return keep_private(redirect(present, permanent=True))
    raise refusal_of(gone, known)


def refusal_of(
    gone: Gone | None, offers: Collection[Edition], language: str | None = None
) -> PageNotFound:
    """Return the error that says what has become of a page, if that is known.

    Args:
        offers: the editions in other languages.
        language: see ``PageNotFound``.
    """
    if gone is not None and gone.was_wrong:
        return PageGone(language, offers=offers, sentence=gone.page.withdrawal_sentence)
    return PageNotFound(language, offers=offers, is_merged=gone is not None)


def in_language(language: str, editions: Iterable[Edition]) -> Edition | None:
    """Return the first of some editions that is in a language."""
    return next((edition for edition in editions if edition.language == language), None)
