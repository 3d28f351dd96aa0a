"""The sitemap (sitemaps.org): an index, and files by language and kind of page.

An app says in its offer what it has (``registry.Offer.sitemaps``). Pure but for the site's URL:
takes entries, returns XML.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings

from immunoportal.languages import Alternate

CONTENT_TYPE = "application/xml; charset=utf-8"

# A file may have 50,000 pages and 50 MB. An entry whose addresses are as long as they can be takes
# 2.2 kB.
MOST_ENTRIES = 20_000

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_INDEX = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
_URLSET = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">\n'
)
_PIECE = 64 * 1024  # characters


@dataclass(frozen=True)
class Entry:
    """A page of one language that search engines may show.

    Attributes:
        alternates: its versions in all languages that have it, its own among them.
        changed_at: when what it says last changed, where that is known.
        images: the addresses of its pictures.
        x_default: where readers of other languages are led; to the first version if it is empty.
    """

    alternates: Sequence[Alternate]
    changed_at: datetime | None = None
    images: Sequence[str] = ()
    x_default: str = ""


@dataclass(frozen=True)
class File:
    """A file of the sitemap.

    Attributes:
        number: its place among those of its language and kind, from 1.
        entries: gives what is in it, at least one page and at most ``MOST_ENTRIES``.
        changed_at: when it last changed, where that is known.
    """

    number: int
    entries: Callable[[], Iterable[Entry]]
    changed_at: datetime | None = None


# Gives the files of a kind of pages in a language.
Files = Callable[[str], Iterable[File]]


def in_one_file(entries_in: Callable[[str], Iterable[Entry]]) -> Files:
    """Return the files of a kind of which there are few pages.

    Args:
        entries_in: gives all of them in a language.
    """

    def files(language: str) -> list[File]:
        entries = list(entries_in(language))
        changed_at = max((each.changed_at for each in entries if each.changed_at), default=None)
        return [File(1, lambda: entries, changed_at)] if entries else []

    return files


def index(files: Iterable[tuple[str, File]]) -> str:
    """Return the index of files, each with its path."""
    lines = [
        f"<sitemap><loc>{_absolute(path)}</loc>{_last_change(file.changed_at)}</sitemap>\n"
        for path, file in files
    ]
    return f"{_HEAD}{_INDEX}{''.join(lines)}</sitemapindex>\n"


def pieces(entries: Iterable[Entry], language: str) -> Iterator[str]:
    """Yield a file piece by piece, each made when it is asked for."""
    piece = _HEAD + _URLSET
    for entry in entries:
        piece += _url(entry, language)
        if len(piece) > _PIECE:
            yield piece
            piece = ""
    yield f"{piece}</urlset>\n"


def _url(entry: Entry, language: str) -> str:
    [own] = [each.url for each in entry.alternates if each.language == language]
    versions = [(each.language, each.url) for each in entry.alternates]
    versions.append(("x-default", entry.x_default or versions[0][1]))
    if len(entry.alternates) == 1:
        # As the head of the page has it.
        del versions[0]
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{name}" href={quoteattr(settings.SITE_URL + url)}/>'
        for name, url in versions
    )
    images = "".join(
        f"<image:image><image:loc>{_absolute(url)}</image:loc></image:image>"
        for url in entry.images
    )
    changed = _last_change(entry.changed_at)
    return f"<url><loc>{_absolute(own)}</loc>{changed}{links}{images}</url>\n"


def _absolute(path: str) -> str:
    return escape(settings.SITE_URL + path)


def _last_change(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return f"<lastmod>{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>"
