"""The own links of the article's form: what the dialog finds, and what the desk says of them."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from articles.desk.kept_rows import KeepingFormSet
from articles.models import BLOCKS, Article, Audience, Block, Document, RichText
from articles.publishing.freezing import in_order
from articles.publishing.own_addresses import address_in, with_keys
from articles.publishing.own_links import Target, links_of, targets_of, without_page
from articles.publishing.redirects import articles_at
from articles.text.headings import headings_in
from articles.text.own_links import KINDS, OwnLink
from immunoportal.admin.mixins import LONGEST_SEARCH
from immunoportal.languages import codes, phrase, text_in
from immunoportal.text import clean_line

LINK_SCRIPTS = [
    # The others use what the first one knows.
    "articles/links.js",
    "articles/link-notes.js",
    "articles/link-dialog.js",
]
LINK_STYLES = "articles/links.css"

MOST_FOUND = 8
MOST_WORDS = 8
MOST_KEYS = 100
MOST_TEXTS = 100  # in which a heading is looked for, the last changed first

# The fields of the form that hold HTML, without their language.
_RICH_TEXT = re.compile(
    "|".join(
        rf"articles_{model._meta.model_name}_set-\d+-(?:{'|'.join(model.rich_texts)})"
        for model in BLOCKS
        if model.rich_texts
    ),
    re.ASCII,
)


def with_own_links(data: QueryDict) -> QueryDict:
    """Return posted data in which addresses of own articles have become own links."""
    changed = data.copy()
    for language in codes():
        ending = f"_{language}"
        texts = {
            name: str(data[name])
            for name in data
            if name.endswith(ending) and _RICH_TEXT.fullmatch(name.removesuffix(ending))
        }
        for name, text in with_keys(texts, language).items():
            changed[name] = text
    return changed


def in_form(article: Article | None, formsets: Iterable[KeepingFormSet]) -> dict[str, Any]:
    """Return what the form shows of own links, in one query for each kind that there is.

    Returns:
        ``without_page``: by language, a sentence and the id of the field for each link that is
        words alone there; ``targets`` and ``phrases``: what the script knows.
    """
    ids: dict[Block, str] = {
        row: f"id_{formset.prefix}-{index}"
        for formset in formsets
        for index, row in enumerate(formset.stored.values())
        if isinstance(row, Block)
    }
    blocks = in_order(ids)
    targets = targets_of(
        (placed.link for language in codes() for placed in links_of(blocks, language)), but=article
    )
    return {
        "without_page": {
            language: [
                (sentence, f"{ids[block]}-{field}")
                for sentence, field, block in without_page(article, blocks, language, targets)
            ]
            for language in codes()
            if article is not None
        },
        "article": article and str(article.key),
        "targets": json.dumps({key: _told(target) for key, target in targets.items()}),
        "phrases": json.dumps({language: str(phrase(language)) for language in codes()}),
        "public": Audience.PUBLIC.value,
    }


def _told(target: Target) -> dict[str, Any]:
    return {"title": target.title, "reserved": target.is_reserved, "live": target.live}


class LinkTargetsMixin(admin.ModelAdmin):
    """The page of the article's admin that finds what links can lead to."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.link_targets_view))
        return [
            path("link-targets/", view, name="articles_article_link_targets"),
            *super().get_urls(),
        ]

    def link_targets_view(self, request: HttpRequest) -> HttpResponse:
        """Find articles, files and headings by words (``q``), or articles and files by their keys
        (``article``, ``file``); or tell the headings of an article (``of``)."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        language = request.GET.get("language", "")
        if language not in codes():
            language = codes()[0]
        words = clean_line(request.GET.get("q", "")[:LONGEST_SEARCH])
        links = [
            link
            for kind in KINDS
            for key in request.GET.getlist(kind)[:MOST_KEYS]
            if (link := OwnLink(kind, key)).is_whole
        ]
        headings: list[dict[str, Any]] = []
        if OwnLink("article", of := request.GET.get("of", "")).is_whole:
            headings = _headings_of(of, language)
        elif words:
            links = self._articles_called(request, words, language)
            links += _files_called(request, words)
            headings = _headings_called(words.split()[:MOST_WORDS], language)
        named = [*links, *(OwnLink("article", each["article"]) for each in headings)]
        targets = targets_of(named)
        found = [
            {link.kind: link.key} | _told(targets[link.key])
            for link in links
            if link.key in targets
        ]
        headings = [each | _told(targets[each["article"]]) for each in headings]
        return JsonResponse({"found": found, "headings": headings})

    def _articles_called(self, request: HttpRequest, words: str, language: str) -> list[OwnLink]:
        address = address_in(words, language)
        if address:
            found: Iterable[Article] = articles_at({address.place}).values()
        else:
            every = Article.objects.only("key", "changed_at")
            found, _doubled = self.get_search_results(request, every, words)
            found = found[:MOST_FOUND]
        return [OwnLink("article", str(article.key)) for article in found]


def _files_called(request: HttpRequest, words: str) -> list[OwnLink]:
    if not request.user.has_perm("articles.view_document"):
        return []
    rows = Document.objects.filter(withdrawn_at__isnull=True)
    for word in words.split()[:MOST_WORDS]:
        rows = rows.filter(title__icontains=word)
    return [
        OwnLink("file", digest) for digest in rows.values_list("digest", flat=True)[:MOST_FOUND]
    ]


def _headings_called(words: Sequence[str], language: str) -> list[dict[str, Any]]:
    name = f"text_{language}"
    wanted = Q(**{f"{name}__contains": "<h"})
    for word in words:
        wanted &= Q(**{f"{name}__icontains": word})
    texts = RichText.objects.filter(wanted).order_by("-parent__changed_at", "ordering", "pk")
    folded = [word.casefold() for word in words]
    return [
        heading
        for heading in _headings_in(texts[:MOST_TEXTS], language)
        if all(word in heading["text"].casefold() for word in folded)
    ][:MOST_FOUND]


def _headings_of(article: str, language: str) -> list[dict[str, Any]]:
    texts = RichText.objects.filter(parent__key=article).order_by("ordering", "pk")
    return _headings_in(texts, language)


def _headings_in(texts: QuerySet[RichText], language: str) -> list[dict[str, Any]]:
    return [
        {
            "article": str(block.parent.key),
            "heading": f"{block.key}/{heading.name}",
            "text": heading.text,
        }
        for block in texts.select_related("parent")
        if block.is_in(language)
        for heading in headings_in(text_in(block, "text", language))
    ]
