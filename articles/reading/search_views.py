"""Answers the requests for the search: its page, what it suggests, and how browsers ask it."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from articles.reading import pages
from articles.reading.search import search, suggestions
from immunoportal.publication.public_pages import public_page, show

# What a search can be narrowed down to, beside a topic; see ``search_index.KINDS``.
KINDS = [
    ("questions", _("with questions and answers")),
    ("recordings", _("with a video or a recording")),
    ("files", _("with a file to keep")),
]


def never_stored(value: str) -> str | None:
    """Return ``None`` for a query that says nothing: its page is the one without it.

    Raises:
        ValueError: it says something. The answer is for whoever asks, and is stored for nobody:
            else strangers could fill the page cache with their words.
    """
    if value.strip():
        raise ValueError(value)
    return None


def without_words(_value: str) -> None:
    """Leave out what only narrows a search down, where no search is."""


@public_page(q=never_stored, topic=without_words, kind=without_words, page=without_words)
def search_page(request: HttpRequest) -> HttpResponse:
    """Show what was found in this language, or the form alone."""
    language = get_language()
    asked = {name: request.GET.get(name, "") for name in ("topic", "kind", "page")}
    results = search(request.GET.get("q", ""), language, **asked)
    alternates = pages.alternates_of(lambda: reverse("articles:search"), "search")
    if results.asked:
        query = urlencode({"q": results.asked})
        alternates = [replace(each, url=f"{each.url}?{query}") for each in alternates]
    context = {
        "results": results,
        "topics": pages.topics_with_articles(language),
        "kinds": KINDS,
        "alternates": alternates,
        "noindex": bool(results.asked),
    }
    return show(request, "articles/reading/search.html", context)


@public_page(q=never_stored)
def suggestion_list(request: HttpRequest) -> JsonResponse:
    """Answer with what somebody may be about to type."""
    found = suggestions(request.GET.get("q", ""), get_language())
    return JsonResponse({"suggestions": [{"text": each.text, "url": each.url} for each in found]})


@public_page()
def description(request: HttpRequest) -> HttpResponse:
    """Tell browsers how they can ask the search of this language (OpenSearch 1.1)."""
    response = show(
        request, "articles/reading/search_description.xml", {"language": get_language()}
    )
    response.headers["Content-Type"] = "application/opensearchdescription+xml; charset=utf-8"
    return response
