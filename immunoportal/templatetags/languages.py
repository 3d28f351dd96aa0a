from collections.abc import Iterable

from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils import translation

from immunoportal import languages
from immunoportal.languages import StrPromise

register = template.Library()


@register.simple_tag(takes_context=True)
def other_versions(context: Context) -> list[dict[str, str]]:
    """Return where the language switch leads: to the same page in every other language.

    Where there is no such page, to the home page in that language, and the label says so.
    """
    alternates = context.get("alternates")
    if alternates is None:
        alternates = _alternates_of(context.get("request"))
    found = {alternate.language: alternate for alternate in alternates}
    others = []
    for language in languages.others(translation.get_language()):
        if language in found:
            url, label = found[language].url, found[language].label
        else:
            label = languages.TABLE[language].home_label
            with translation.override(language):
                url = reverse("articles:home")
        others.append({"language": language, "url": url, "label": label})
    return others


def _alternates_of(request: HttpRequest | None) -> list[languages.Alternate]:
    """Return the versions of a page that names none: its own address in each language."""
    match = request and request.resolver_match
    if not (request and match and match.url_name):
        return []
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return languages.alternates(
        lambda: reverse(match.view_name, args=match.args, kwargs=match.kwargs) + query
    )


@register.filter
def equals(alternates: Iterable[languages.Alternate]) -> list[languages.Alternate]:
    """Return those versions of a page that search engines may offer."""
    return [alternate for alternate in alternates or () if alternate.is_equal]


@register.filter
def in_language(language: str) -> StrPromise:
    """Return the phrase for a language's code ("in Italian"), in the language of the page."""
    return languages.phrase(language)
