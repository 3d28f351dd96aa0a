"""How to cite an edition: in words, and as records for reference managers (RIS, BibTeX)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from articles.models import Edition
from articles.publishing.content import read
from immunoportal.templatetags.dates import day
from immunoportal.text import clean_line

RIS = "application/x-research-info-systems; charset=utf-8"
BIBTEX = "application/x-bibtex; charset=utf-8"

_IN_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True)
class Cited:
    """What a citation of an edition says.

    Attributes:
        authors: their names, as the page prints them.
        at: the day from which it was valid.
        url: where the edition stays, for ever.
    """

    authors: tuple[str, ...]
    title: str
    number: int
    at: date
    url: str
    slug: str
    language: str

    @property
    def words(self) -> str:
        """The citation, without the address, in the active language."""
        edition = _("edition %(number)d") % {"number": self.number}
        parts = [
            ", ".join(self.authors),
            self.title,
            f"{settings.SITE_NAME}, {edition}, {day(self.at)}",
        ]
        return " ".join(_sentence(part) for part in parts if part)


def cited(edition: Edition, present: Edition) -> Cited:
    """Return what a citation of an edition says.

    Args:
        present: the one that is live.
    """
    return Cited(
        authors=tuple(clean_line(author["name"]) for author in read(edition).authors),
        title=clean_line(edition.title),
        number=edition.number,
        at=timezone.localdate(edition.valid_from),
        url=permanent_url(edition, present),
        slug=present.slug,
        language=edition.language,
    )


def permanent_url(edition: Edition, present: Edition) -> str:
    """Return the address that an edition has for ever, in full; empty for one that is not stored.

    While the edition is live it leads to the page of the article.

    Args:
        present: the one that is live.
    """
    if not edition.number:
        return ""
    with translation.override(edition.language):
        return settings.SITE_URL + present.url_of("edition", edition.number)


def ris(cited: Cited) -> str:
    """Return a record in the format of RIS, with a tag a line."""
    lines = [
        ("TY", "ELEC"),
        *(("AU", author) for author in cited.authors),
        ("TI", cited.title),
        ("T2", settings.SITE_NAME),
        ("PB", settings.SITE_NAME),
        ("ET", str(cited.number)),
        ("PY", f"{cited.at:%Y}"),
        ("DA", f"{cited.at:%Y/%m/%d}"),
        ("LA", cited.language),
        ("UR", cited.url),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines)


def bibtex(cited: Cited) -> str:
    """Return a record in the format of BibTeX. Names and titles keep their capitals."""
    fields = {
        "author": " and ".join(f"{{{_in_tex(author)}}}" for author in cited.authors),
        "title": f"{{{_in_tex(cited.title)}}}",
        "howpublished": _in_tex(settings.SITE_NAME),
        "edition": str(cited.number),
        "year": f"{cited.at:%Y}",
        "month": f"{cited.at:%m}",
        "date": f"{cited.at:%Y-%m-%d}",
        "language": cited.language,
        "url": cited.url,
    }
    key = re.sub(r"[^A-Za-z0-9-]", "", f"{cited.slug}-{cited.number}-{cited.language}")
    return f"@misc{{{key},\n{_lines(fields.items())}}}\n"


def _lines(fields: Iterable[tuple[str, str]]) -> str:
    return "".join(f"  {name} = {{{value}}},\n" for name, value in fields if value)


def _in_tex(text: str) -> str:
    return "".join(_IN_TEX.get(character, character) for character in text)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
