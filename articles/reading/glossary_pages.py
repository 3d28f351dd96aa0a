"""Answers the requests for the pages of the glossary: all terms by letter, and one for each."""

from collections import defaultdict
from collections.abc import Mapping
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from articles.models import FormerTermSlug, Term
from articles.models.editions import EditionQuerySet
from articles.reading import pages, structured_data
from articles.reading.glossary import glossary_in, in_languages
from articles.reading.holds import withheld_in
from immunoportal import languages
from immunoportal.publication import clock
from immunoportal.publication.public_pages import public_page, show

# Of the articles in which a term stands, so many are named, and so many counted.
MOST_NAMED, MOST_COUNTED = 10, 500
# A longer glossary is a list of words, without what they mean.
MOST_EXPLAINED = 500


def editions_with(number: int, language: str) -> EditionQuerySet:
    """Return the articles that lists show to everyone in a language in which a term stands, the
    newest first, but for those whose text is withheld.

    The first of them are read from an index, however many there are.
    """
    editions = pages.public_editions(language).filter(
        mentions__term=number,
        mentions__language=language,
        # What is to come would stand before all others.
        mentions__first_published_at__lte=timezone.now(),
    )
    withheld = withheld_in(language)
    editions = editions.exclude(article__in=withheld) if withheld else editions
    return editions.order_by("-mentions__first_published_at", "-mentions__edition_id")


@public_page()
def term_list(request: HttpRequest) -> HttpResponse:
    """Show all terms of the glossary in this language, by letter."""
    glossary = glossary_in(get_language())
    is_explained = len(glossary.entries) <= MOST_EXPLAINED
    named = glossary.entries if is_explained else []
    context = {
        "glossary": glossary,
        "is_explained": is_explained,
        "alternates": pages.alternates_of(lambda: reverse("articles:glossary"), "glossary"),
        "structured_data": partial(structured_data.of_glossary, named),
    }
    return show(request, "articles/reading/glossary.html", context)


@public_page()
def term(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a term means, how it is said elsewhere, and where it stands."""
    language = get_language()
    glossary = glossary_in(language)
    entry = glossary.by_slug.get(slug)
    if entry is None:
        moved = glossary.by_number.get(_former_slugs(language).get(slug, 0))
        if moved is None:
            raise Http404
        return redirect(moved.url, permanent=True)
    spoken = in_languages(entry.number)
    editions = editions_with(entry.number, language)
    named = list(editions.for_lists()[:MOST_NAMED])
    count = len(named)
    if count == MOST_NAMED:
        count = editions.order_by()[:MOST_COUNTED].count()
    related = _related_numbers().get(entry.number, ())
    context = {
        "entry": entry,
        "elsewhere": [each for each in spoken.values() if each is not entry],
        "related": [each for each in glossary.entries if each.number in related],
        "editions": named,
        "more": count - len(named),
        "is_counted": count < MOST_COUNTED,
        "alternates": [languages.Alternate(code, each.url) for code, each in spoken.items()],
        "structured_data": partial(structured_data.of_term, entry, spoken),
    }
    return show(request, "articles/reading/term.html", context)


def _former_slugs(language: str) -> Mapping[str, int]:
    return clock.remember(
        ("former slugs of terms", language),
        lambda: dict(FormerTermSlug.objects.filter(language=language).values_list("slug", "term")),
    )


def _related_numbers() -> Mapping[int, set[int]]:
    def read() -> dict[int, set[int]]:
        pairs: dict[int, set[int]] = defaultdict(set)
        for own, other in Term.related.through.objects.values_list("from_term", "to_term"):
            pairs[own].add(other)
        return pairs

    return clock.remember("related terms", read)
