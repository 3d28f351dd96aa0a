"""The language switch: which page says the same in the other language."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import pgettext_lazy
from django.utils.translation.trans_real import (
    get_supported_language_variant,
    parse_accept_lang_header,
)

# Each label is written in its own language: the reader who needs it reads only that one.
VERSION_LABELS = {"it": "versione italiana", "en": "English version"}
HOME_LABELS = {"it": "pagina iniziale in italiano", "en": "home page in English"}

LANGUAGE_PHRASES = {
    "it": pgettext_lazy("available …", "in Italian"),
    "en": pgettext_lazy("available …", "in English"),
}


@dataclass(frozen=True)
class Alternate:
    """One language version of a page.

    Attributes:
        language: its code.
        url: its path on this site.
    """

    language: str
    url: str

    @property
    def label(self) -> str:
        return VERSION_LABELS[self.language]


def codes() -> list[str]:
    """The languages of the site, the default one first."""
    return [code for code, _name in settings.LANGUAGES]


def alternates(
    url_in: Callable[[], str | None], languages: Iterable[str] | None = None
) -> list[Alternate]:
    """The versions of a page, from a function that gives its address in the active language.

    A language for which the function gives ``None`` has no such page.
    """
    found = []
    for language in languages or codes():
        with translation.override(language):
            url = url_in()
        if url:
            found.append(Alternate(language, url))
    return found


def preferred(request: HttpRequest) -> str:
    """The language that the browser asks for first among ours; else the site's default.

    The header alone decides, no cookie and no session: see RFC 9110, section 12.5.4.
    """
    for code, weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if not weight:  # "not this one"
            continue
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
