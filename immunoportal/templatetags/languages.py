from django import template
from django.urls import reverse
from django.utils import translation

from immunoportal import languages

register = template.Library()


@register.simple_tag(takes_context=True)
def other_version(context) -> dict[str, str]:
    """Where the language switch leads: to the same page in the other language.

    Where there is none, to the other language's home page, and the label says so.
    """
    current = translation.get_language()
    for alternate in context.get("alternates", []):
        if alternate.language != current:
            return {"url": alternate.url, "language": alternate.language, "label": alternate.label}
    language = next(code for code in languages.codes() if code != current)
    with translation.override(language):
        url = reverse("articles:home")
    return {"url": url, "language": language, "label": languages.HOME_LABELS[language]}


@register.filter
def in_language(language: str) -> str:
    """ "it" gives "in Italian", in the language of the page."""
    return languages.LANGUAGE_PHRASES[language]
