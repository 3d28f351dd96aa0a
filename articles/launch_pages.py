"""The pages of the site that the portal starts with. What they say is true of this software; what
only the publisher knows is a blank in them."""

import json
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from articles.models import Article, RichText, SitePage
from articles.publishing.freezing import read_working_copy
from articles.publishing.redirects import articles_at
from articles.publishing.verbs import publish, remember_digests
from immunoportal.actors import User
from immunoportal.languages import codes

DIRECTORY = Path(__file__).resolve().parent / "launch" / "site_pages"
# The key of a page follows from which one it is.
KEYS = uuid.UUID("0c1de5a2-5f0e-4a52-9a0b-2f9d9f3c7c11")
# "[words](privacy)" leads to a page of the site, "[words](contact:contact)" to an address by its
# name, "[words](https://…)" elsewhere.
_LINK = re.compile(r"\[([^][]+)\]\(([^()\s]+)\)")

# A paragraph, or the points of a list.
Passage = str | list[str]


@transaction.atomic
def load(by: User, *, publishes: bool) -> list[Article]:
    """Write the pages of the site that nobody has begun yet, unless this was done before: then what
    has become of them is the editors' affair.

    Args:
        by: the user in whose name they are published.
        publishes: whether they are published too; else readers see nothing of them until somebody
            has read and published them.

    Returns:
        What was written.
    """
    if Article.objects.filter(key__in=map(_key_of, SitePage)).exists():
        return []
    begun = Article.objects.filter(site_page__in=SitePage.values)
    taken = set(begun.values_list("site_page", flat=True))
    written = [_write(page) for page in SitePage if page not in taken]
    for article in written:
        remember_digests(read_working_copy(article))
    # Once all are there, since they lead to one another.
    for article in written if publishes else ():
        publish(article, list(texts_of(SitePage(article.site_page))), by=by)
    return written


def texts_of(page: SitePage) -> dict[str, dict[str, Any]]:
    """Return what a page says in each language in which it is written."""
    texts = json.loads((DIRECTORY / f"{page}.json").read_text("utf-8"))
    return {language: texts[language] for language in codes() if language in texts}


def _key_of(page: SitePage) -> uuid.UUID:
    return uuid.uuid5(KEYS, page.value)


def _write(page: SitePage) -> Article:
    texts = texts_of(page)
    slugs = {(language, text["slug"]) for language, text in texts.items()}
    # An editor chooses another where there is an article with that slug.
    free = slugs - articles_at(slugs).keys()
    article = Article.objects.create(
        key=_key_of(page),
        site_page=page,
        **{
            f"{name}_{language}": text[name]
            for language, text in texts.items()
            for name in ("title", "lead", "slug")
            if name != "slug" or (language, text["slug"]) in free
        },
    )
    sections = zip_longest(*(text["sections"] for text in texts.values()))
    for number, of_languages in enumerate(sections, start=1):
        html = {
            f"text_{language}": html_of(section, language)
            for language, section in zip(texts, of_languages, strict=True)
            if section
        }
        RichText.objects.create(parent=article, region="main", ordering=10 * number, **html)
    return article


def html_of(section: dict[str, Any], language: str) -> str:
    """Return a section of a page as the text of a block."""
    heading = [f"<h2>{escape(section['heading'])}</h2>"] if section["heading"] else []
    return "".join([*heading, *_passages(section["text"], language)])


def _passages(passages: Iterable[Passage], language: str) -> Iterator[str]:
    for passage in passages:
        if isinstance(passage, str):
            yield f"<p>{_with_links(passage, language)}</p>"
        else:
            yield f"<ul>{''.join(_points(passage, language))}</ul>"


def _points(points: Sequence[str], language: str) -> Iterator[str]:
    return (f"<li><p>{_with_links(point, language)}</p></li>" for point in points)


def _with_links(text: str, language: str) -> str:
    def link(found: re.Match[str]) -> str:
        words, target = found.groups()
        if target in SitePage.values:
            return f'<a data-article="{_key_of(SitePage(target))}">{words}</a>'
        if not target.startswith("https:"):
            with translation.override(language):
                target = reverse(target)
        return f'<a href="{target}">{words}</a>'

    return _LINK.sub(link, escape(text))
