"""The languages of the site, and the switch between the versions of a page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import pgettext_lazy
from django.utils.translation.trans_real import (
    get_supported_language_variant,
    parse_accept_lang_header,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise
else:
    StrPromise = object


@dataclass(frozen=True)
class Language:
    """One language of the site.

    Attributes:
        own_name: what it is called in itself. In the language of the page it is ``name``.
        phrase: what it is called in the language of the page, as a phrase ("in Italian").
        version_label: of the switch that leads to a page in this language. Written in this
            language itself: the reader who needs it reads no other.
        home_label: of the switch where it leads to the home page instead.
        capital_months: whether the names of months begin with a capital letter.
        quotation_marks: two pairs, the second one for what is quoted within a quotation.
        readability: the formula that measures how hard a text is, by its name in
            ``articles.text.readability``; empty where there is none.
        empty_links: what links say that tell nothing of where they lead.
        stop_words: those that stand in every text, in small letters: no glossary explains them.
        locale: the language with the territory whose spelling it has, as Open Graph names it;
            empty where it is not told.
        stemmer: what takes the ends off the words that are searched for, by its name in
            ``snowballstemmer``; empty where there is none.
    """

    own_name: str
    phrase: StrPromise
    version_label: str
    home_label: str
    capital_months: bool
    quotation_marks: str
    readability: str = ""
    empty_links: tuple[str, ...] = ()
    stop_words: str = ""
    locale: str = ""
    stemmer: str = ""


# The one place that spells the languages out. Another one is an entry here, a line in the
# settings, a catalogue of translations, and ``manage.py makemigrations``.
TABLE = {
    "it": Language(
        own_name="Italiano",
        phrase=pgettext_lazy("available …", "in Italian"),
        version_label="versione italiana",
        home_label="pagina iniziale in italiano",
        capital_months=False,
        quotation_marks="«»“”",
        readability="gulpease",
        empty_links=("clicca", "clicca qui", "cliccare qui", "qui", "link", "leggi tutto", "vai"),
        stop_words=(
            "a ad ai al alla alle allo agli anche c che chi ci come con contro cui d da dagli "
            "dai dal dalla dalle dallo degli dei del della delle dello di dopo dove e è ed "
            "fra già gli ha hanno i il in io l la le lei lo loro lui ma mai mi molto ne né "
            "negli nei nel nella nelle nello noi non nostro o ogni per perché più poi prima "
            "può qual quale quando quanto quello questa queste questi questo qui se sempre "
            "senza si sia sono su sua sue sugli sui sul sulla sulle sullo suo suoi tra tu "
            "tutti tutto un una uno vi voi"
        ),
        locale="it_IT",
        stemmer="italian",
    ),
    "en": Language(
        own_name="English",
        phrase=pgettext_lazy("available …", "in English"),
        version_label="English version",
        home_label="home page in English",
        capital_months=True,
        quotation_marks="“”‘’",
        readability="flesch-kincaid",
        empty_links=("click", "click here", "here", "link", "read more", "more", "this page"),
        stop_words=(
            "a about after all also an and any are as at be because been before being but by "
            "can could did do does each for from had has have he her here his how i if in "
            "into is it its more most my no not of on one only or other our out over per she "
            "should so some such than that the their them then there these they this those "
            "through to under up us was we were what when where which while who why will with "
            "would you your"
        ),
        locale="en_GB",
        stemmer="english",
    ),
}

# The language in which the messages of the code are written: it needs no catalogue.
SOURCE = "en"


@dataclass(frozen=True)
class Alternate:
    """One language version of a page.

    Attributes:
        language: its code.
        url: its path on this site.
        is_equal: whether search engines may offer it instead of the others; the language switch
            leads there anyhow.
    """

    language: str
    url: str
    is_equal: bool = True

    @property
    def label(self) -> str:
        return TABLE[self.language].version_label


def codes() -> list[str]:
    """Return the codes of the site's languages, the default one first."""
    return [code for code, _name in settings.LANGUAGES]


def others(language: str) -> list[str]:
    """Return the codes of all languages but one."""
    return [code for code in codes() if code != language]


def localized(*fields: str) -> list[str]:
    """Return the names of the columns that hold translated fields.

    Args:
        fields: names of translated fields, each optionally behind a path ("topic__name").

    Returns:
        For "name" and the site's languages: "name_it", "name_en".
    """
    return [f"{field}_{code}" for field in fields for code in codes()]


def text_in(row: object, field: str, language: str) -> str:
    """Return a translated text in one language; empty where it is missing there."""
    return getattr(row, f"{field}_{language}") or ""


def text_in_any(row: object, field: str) -> str:
    """Return a translated text in the first language that has it, for lists in the admin."""
    return next((text for code in codes() if (text := text_in(row, field, code))), "")


def name(language: str) -> StrPromise:
    """Return "Italian" for "it", in the active language."""
    return dict(settings.LANGUAGES)[language]


def phrase(language: str) -> StrPromise:
    """Return "in Italian" for "it", in the active language."""
    return TABLE[language].phrase


def named_in(field: object, language: str) -> str:
    """Return the name of a translated field with its language: "title in Italian"."""
    return f"{field} {phrase(language)}"


def alternates(
    url_in: Callable[[], str | None], languages: Iterable[str] | None = None
) -> list[Alternate]:
    """Return the versions of a page.

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
    """Return the language of ours that the browser prefers; else the site's default.

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


def of_request(request: HttpRequest) -> str:
    """Return the language in which to answer a request when something has gone wrong.

    That of its address; in the admin the user's, if it was known by then; else the browser's.
    """
    return (
        translation.get_language_from_path(request.path)
        or getattr(request, "LANGUAGE_CODE", None)
        or preferred(request)
    )
