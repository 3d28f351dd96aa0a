"""Addresses of own articles and files that somebody has typed or pasted: they become own links."""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from articles.models import Article, Document, Edition
from articles.publishing.content import read
from articles.publishing.redirects import OF_ARTICLES, articles_at, match_of
from articles.text.headings import headings_in
from articles.text.own_links import OwnLink

_TAG = re.compile(r"<a\s[^<>]*>", re.IGNORECASE)
_HREF = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


class Address(NamedTuple):
    """Where an address of an article's page leads."""

    language: str
    slug: str
    anchor: str = ""

    @property
    def place(self) -> tuple[str, str]:
        return self.language, self.slug


@cache
def _pages(language: str) -> tuple[str, str]:
    """Return the paths below which the pages of articles stand in a language, and those of the
    site."""
    any_slug = "any-slug/"
    with translation.override(language):
        of_site: str = reverse("articles:site:detail", args=[any_slug.strip("/")])
        return reverse("articles:list"), of_site.removesuffix(any_slug)


def path_of(target: str, language: str) -> str | None:
    """Return the path on this site of a link, seen from an article's page in a language.

    Returns:
        ``None`` for links that lead elsewhere.
    """
    try:
        parts = urlsplit(urljoin(f"{_pages(language)[0]}any-slug/", target.strip()))
        host = parts.hostname
    except ValueError:
        return None
    ours = {urlsplit(settings.SITE_URL).hostname, *settings.ALLOWED_HOSTS}
    if parts.scheme not in ("", "http", "https") or (host and host not in ours):
        return None
    return unquote(parts.path) or "/"


def address_in(target: str, language: str) -> Address | None:
    """Return the article's page to which a link leads by its address, if it leads to one."""
    path = None if target.startswith("#") else path_of(target, language)
    its_language = path and translation.get_language_from_path(path)
    # There may be thousands of links, and few of them are to articles.
    if not path or not its_language or not path.startswith(_pages(its_language)):
        return None
    match = match_of(path)
    if match is None or match.view_name not in OF_ARTICLES:
        return None
    return Address(its_language, match.kwargs["slug"], unquote(urlsplit(target).fragment))


def links_at(
    targets: Iterable[str], language: str, languages: Collection[str]
) -> dict[str, OwnLink]:
    """Return the own links that say the same as some addresses, for those that lead to an article
    or to a file.

    Where there is no such address, the database is not asked.

    Args:
        targets: of links on an article's page in a language.
        languages: in which the pages of articles count.
    """
    wanted = set(targets)
    found = {
        target: address
        for target in wanted
        if (address := address_in(target, language)) and address.language in languages
    }
    articles = articles_at({address.place for address in found.values()})
    names = _names_of(articles, [address for address in found.values() if address.anchor])
    return _files_at(wanted, language) | {
        target: OwnLink("article", str(articles[address.place].key), names.get(address, ""))
        for target, address in found.items()
        if address.place in articles
    }


def _files_at(targets: Iterable[str], language: str) -> dict[str, OwnLink]:
    folder = reverse("file", args=["-"]).removesuffix("-")
    paths = {
        target: path
        for target in targets
        if (path := path_of(target, language)) and path.startswith(folder)
    }
    if not paths:
        return {}
    # What is posted may name any number of files; the library has few.
    rows = Document.objects.only("digest", "file")
    links = {row.get_absolute_url(): OwnLink("file", row.digest) for row in rows}
    return {target: links[path] for target, path in paths.items() if path in links}


def with_keys(texts: Mapping[str, str], language: str) -> dict[str, str]:
    """Return texts in which the addresses of own articles and files have become own links.

    An address in another language is left as it is: an own link follows the language of its page.

    Args:
        texts: HTML of any kind, by any name.
        language: of all of them.

    Returns:
        Those that have changed.
    """
    targets = (_href(tag) for text in texts.values() for tag in _TAG.findall(text))
    links = links_at(filter(None, targets), language, [language])
    if not links:
        return {}

    def link(tag: re.Match[str]) -> str:
        own = links.get(_href(tag[0]))
        return own.tag if own else tag[0]

    changed = {name: _TAG.sub(link, text) for name, text in texts.items()}
    return {name: text for name, text in changed.items() if text != texts[name]}


def _href(tag: str) -> str:
    match = _HREF.search(tag)
    return unescape(match[1] or match[2] or "").strip() if match else ""


def _names_of(
    articles: Mapping[tuple[str, str], Article], addresses: Collection[Address]
) -> dict[Address, str]:
    """Return the names of the headings to which addresses lead, on the pages that are live."""
    wanted = {each: articles[each.place].pk for each in addresses if each.place in articles}
    if not wanted:
        return {}
    live = Edition.objects.live().filter(article__in=set(wanted.values()))
    names = {
        (row.article_id, row.language, heading.anchor): f"{block['key']}/{heading.name}"
        for row in live.only("article", "language", "content")
        for block in read(row).blocks
        for heading in headings_in(block.get("html", ""))
    }
    return {
        each: names.get((article, each.language, each.anchor), "")
        for each, article in wanted.items()
    }
