"""Answers the requests for addresses of the old site, which this one does not have."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control

from articles.models import OldAddress, Topic
from articles.reading import pages, uses
from articles.reading.views import in_language, refusal_of
from articles.reading.withdrawn import page_gone
from articles.text.redirects import keys_of
from immunoportal.publication.public_pages import with_query


def answer(request: HttpRequest) -> HttpResponse | None:
    """Lead from an address of the old site to the page that has taken its place.

    Whoever has the redirect asks again each time, so that it can be mended; no cache of ours keeps
    it, so that all uses are counted.

    Returns:
        ``None`` where no such address is known. To find that out costs one query.

    Raises:
        Http404: the page is not there now; it offers an article's other languages.
    """
    if request.method not in ("GET", "HEAD"):
        return None
    sent = request.META.get("QUERY_STRING", "")
    query = sent.encode("latin-1", "replace").decode("utf-8", "replace")
    row = row_of(keys_of(request.path_info, query))
    if row is None:
        return None
    response = HttpResponsePermanentRedirect(with_query(path_of(row), ""))
    uses.note(row.pk)
    patch_cache_control(response, public=True, no_cache=True)
    return response


def row_of(keys: Iterable[str]) -> OldAddress | None:
    """Return the row of the first key that has one."""
    keys = list(keys)
    rows = OldAddress.objects.filter(key__in=keys).select_related("topic") if keys else ()
    found = {row.key: row for row in rows}
    return next((found[key] for key in keys if key in found), None)


def path_of(row: OldAddress) -> str:
    """Return where an old address leads now.

    Raises:
        Http404: the page is not there now.
    """
    if row.article_id:
        return path_of_article(row.article_id, row.language)
    if row.topic:
        return path_of_topic(row.topic, row.language)
    return row.path


def path_of_article(article: int, language: str) -> str:
    """Return the live address of an article in a language.

    One that is reserved is not named to those who may not read it: what is for them stands in a
    list, which asks who they are.

    Raises:
        PageNotFound: there is none; it offers the other languages.
        PageGone: there was one, and it was wrong.
    """
    live = pages.live_editions_of(article)
    gone = page_gone(article, language)
    gone = gone if gone and gone.page.is_public else None
    present = in_language(language, live) or (gone.into if gone else None)
    if present is None:
        offers = [edition for edition in live if edition.is_public]
        raise refusal_of(gone, offers, language)
    if present.is_public:
        return present.get_absolute_url()
    with translation.override(language):
        return reverse("articles:professionals")


def path_of_topic(topic: Topic, language: str) -> str:
    """Return the address of a topic in a language.

    Raises:
        Http404: nothing in that language stands under it.
    """
    with translation.override(language):
        address = topic.get_absolute_url() if language in pages.languages_of(topic) else None
    if address is None:
        raise Http404
    return address
