from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils import translation

from immunoportal import languages
from immunoportal.languages import StrPromise

register = template.Library()


@register.simple_tag(takes_context=True)
def other_version(context: Context) -> dict[str, str]:
    """Where the language switch leads: to the same page in the other language.

    Where there is none, to the other language's home page, and the label says so.
    """
    current = translation.get_language()
    alternates = context.get("alternates")
    if alternates is None:
        alternates = _alternates_of(context.get("request"))
    for alternate in alternates:
        if alternate.language != current:
            return {"url": alternate.url, "language": alternate.language, "label": alternate.label}
    language = next(code for code in languages.codes() if code != current)
    with translation.override(language):
        url = reverse("articles:home")
    return {"url": url, "language": language, "label": languages.TABLE[language].home_label}


def _alternates_of(request: HttpRequest | None) -> list[languages.Alternate]:
    """The versions of a page that says nothing of them: its own address in each language."""
    match = request and request.resolver_match
    if not (request and match and match.url_name):
        return []
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return languages.alternates(
        lambda: reverse(match.view_name, args=match.args, kwargs=match.kwargs) + query
    )


@register.filter
def in_language(language: str) -> StrPromise:
    """Return the phrase for a language's code ("in Italian"), in the language of the page."""
    return languages.phrase(language)
