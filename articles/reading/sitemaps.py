"""What the sitemap tells search engines of the articles and what lists them.

A further kind of page is a function here that gives its entries in a language, and a line in
``SITEMAPS``; a single further page is an entry in ``_pages``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import groupby, islice

from django.db.models import BigIntegerField, ExpressionWrapper, F, Max, Q
from django.urls import reverse
from django.utils import timezone

from articles.images.renditions import FIRST_FORMAT
from articles.models import Edition, Hold, LanguageVersion
from articles.models.editions import EditionImage
from articles.models.images import rendition_name
from articles.reading import pages
from articles.reading.corrections import all_corrections
from articles.reading.glossary import glossary_in, in_languages
from articles.reading.holds import hold_on, is_for_search, listed
from articles.reading.retractions import marked_at
from immunoportal import languages
from immunoportal.publication import clock
from immunoportal.sitemaps import MOST_ENTRIES, Entry, File, Files, in_one_file

# How many editions are read at a time.
CHUNK = 500


def _pages(language: str) -> Iterator[Entry]:
    """Yield the home page, the lists, the corrections and the glossary."""
    changes = clock.remember(("newest of topics", language), lambda: _changes(language))
    newest = max(changes.values(), default=None)
    home, topics = partial(reverse, "articles:home"), partial(reverse, "articles:topics")
    yield Entry(pages.alternates_of(home, "home"), newest, x_default=reverse("choose_language"))
    listing = pages.all_articles(language)
    yield Entry(pages.alternates_of(partial(reverse, "articles:list"), listing.name), newest)
    yield Entry(pages.alternates_of(topics, "topics"), newest)
    for topic in pages.topics_with_articles(language):
        listing = pages.articles_on(topic, language)
        spoken = pages.languages_of(topic)
        alternates = pages.alternates_of(topic.get_absolute_url, listing.name, spoken)
        yield Entry(alternates, changes.get(topic.pk))
    corrections = partial(reverse, "articles:corrections")
    last = all_corrections(language).aggregate(last=Max("at"))["last"]
    yield Entry(pages.alternates_of(corrections, "corrections"), last)
    yield Entry(pages.alternates_of(partial(reverse, "articles:glossary"), "glossary"))


def _changes(language: str) -> dict[int | None, datetime]:
    """Return when what is listed under each topic last changed, by the topic's number."""
    listed_now = pages.public_editions(language).order_by()
    newest: dict[int | None, datetime] = dict(
        listed_now.values_list("topic").annotate(Max("valid_from"))
    )
    standing = Hold.objects.standing().for_safety().filter(language=language)
    held = dict(standing.order_by("began_at").values_list("article", "began_at"))
    of_held = listed_now.filter(article__in=held).values_list("article", "topic") if held else ()
    for article, topic in of_held:
        newest[topic] = max(newest[topic], held[article])
    return newest


def _terms(language: str) -> list[File]:
    """Return the file of the terms, if there are any. When a term changed is not known."""
    if not glossary_in(language).entries:
        return []
    return [File(1, partial(_entries_of_terms, language))]


def _entries_of_terms(language: str) -> Iterator[Entry]:
    for term in glossary_in(language).entries:
        spoken = in_languages(term.number)
        yield Entry([languages.Alternate(code, each.url) for code, each in spoken.items()])


def _articles(language: str) -> list[File]:
    """Return the files of the articles: each article stays in one for ever."""
    return clock.remember("files of articles", _files).get(language, [])


def _files() -> dict[str, list[File]]:
    changed = _changes_of_files()
    found: dict[str, list[File]] = defaultdict(list)
    for number in sorted({number for _language, number in changed}):
        unseen = {language for language, of in changed if of == number}
        for versions in _versions_in(number):
            for language in unseen & versions.keys():
                entries = partial(_entries, language, number)
                found[language].append(File(number, entries, changed[language, number]))
            unseen -= versions.keys()
            if not unseen:
                break
    return found


def _changes_of_files() -> dict[tuple[str, int], datetime | None]:
    """Return when an edition last began or ended, or its readers were told something besides, by
    language and the number of the file."""
    now = timezone.now()
    moments = ("current_valid_from", "current_valid_until", "next_valid_from", "next_valid_until")
    number = ExpressionWrapper(F("article_id") / MOST_ENTRIES + 1, BigIntegerField())
    versions = LanguageVersion.objects.filter(last_number__isnull=False).order_by()
    rows = versions.annotate(file=number).values_list("language", "file")
    found = {
        (language, file): max(filter(None, changes), default=None)
        for language, file, *changes in rows.annotate(
            **{f"last_{name}": Max(name, filter=Q(**{f"{name}__lte": now})) for name in moments}
        )
    }
    for language, article, at in _notices():
        place = language, article // MOST_ENTRIES + 1
        if place in found:
            found[place] = max(at, found[place] or at)
    return found


def _notices() -> Iterator[tuple[str, int, datetime]]:
    """Yield when the readers of pages were told something besides: the language and the number of
    each page's article, and the moment."""
    standing = Hold.objects.standing()
    yield from standing.values_list("language", "article", "began_at")
    for edition, at in marked_at(Edition.objects.live().public()):
        yield edition.language, edition.article_id, at


def _entries(language: str, number: int) -> Iterator[Entry]:
    """Yield the articles of a file that are live in a language."""
    articles = _versions_in(number)
    while chunk := list(islice(articles, CHUNK)):
        of_language = [versions for versions in chunk if language in versions]
        told = _last_told(versions[language].pk for versions in of_language)
        images = _images_of([versions[language].pk for versions in of_language])
        for versions in of_language:
            edition = versions[language]
            held = hold_on(edition)
            moments = [edition.valid_from, held.since if held else None, told.get(edition.pk)]
            yield Entry(
                [
                    languages.Alternate(code, versions[code].get_absolute_url())
                    for code in languages.codes()
                    if code in versions
                ],
                max(filter(None, moments)),
                images.get(edition.pk, ()),
            )


def _last_told(editions: Iterable[int]) -> dict[int, datetime]:
    """Return when the readers of editions were last told of a source that is not to be relied
    on."""
    found: dict[int, datetime] = {}
    for edition, at in marked_at(Edition.objects.filter(pk__in=list(editions))):
        found[edition.pk] = max(at, found.get(edition.pk, at))
    return found


def _images_of(editions: Collection[int]) -> dict[int, list[str]]:
    """Return the addresses of the pictures of editions, each as large as there is one."""
    ready = EditionImage.objects.filter(
        edition__in=editions,
        image__withdrawn_at=None,
        image__renditions__format=FIRST_FORMAT,
        image__renditions__made_at__isnull=False,
    )
    widest = ready.values_list("edition", "image__digest").annotate(Max("image__renditions__width"))
    found: dict[int, list[str]] = defaultdict(list)
    for edition, digest, width in widest.order_by("edition_id", "image_id"):
        name = rendition_name(digest, width, FIRST_FORMAT)
        found[edition].append(reverse("rendition", args=[name]))
    return found


def _versions_in(number: int) -> Iterator[dict[str, Edition]]:
    """Yield what search engines may show of each article of a file, by language."""
    last, end = (number - 1) * MOST_ENTRIES - 1, number * MOST_ENTRIES
    live = listed(Edition.objects.live().public()).order_by("article_id", "language")
    read = live.only("article", "language", "slug", "valid_from", "audience", "site_page")
    while True:
        rows = list(read.filter(article__gt=last, article__lt=end)[:CHUNK])
        is_last = len(rows) < CHUNK
        # The last article may go on.
        whole = rows if is_last else [row for row in rows if row.article_id < rows[-1].article_id]
        for article, of_article in groupby(whole, lambda row: row.article_id):
            last = article
            shown = {row.language: row for row in of_article if is_for_search(row)}
            if shown:
                yield shown
        if is_last:
            return


# By the kinds of pages, as the addresses of the files name them.
SITEMAPS: dict[str, Files] = {
    "pages": in_one_file(_pages),
    "articles": _articles,
    "terms": _terms,
}
