"""The checks in the publication panel: what is missing, and what could be better, as one types."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from articles.desk.article_form import working_copy_of
from articles.desk.kept_rows import KeepingFormSet
from articles.desk.publication import field_id
from articles.models import Article
from articles.models.site_pages import address
from articles.publishing.advice import LONGEST_DESCRIPTION, Advice, Stage, advice
from articles.publishing.clearance import PERMISSION, Watched, uncleared
from articles.publishing.completeness import Missing, missing, obstacles
from articles.publishing.freezing import WorkingCopy
from immunoportal import languages
from immunoportal.languages import codes, text_in


@dataclass(frozen=True)
class Found:
    """What a check has found: a sentence, the id of the field that it is about, and what to mark
    in its text."""

    message: str
    field: str
    passages: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchResult:
    """A page as a search engine would show it."""

    language: str
    title: str
    address: str
    description: str


class Typed:
    """The form of an article as it is being typed: nothing of it need be valid, and nothing is
    stored.

    Attributes:
        copy: the working copy that it would leave.
        begun: the languages in which something has been written.
    """

    def __init__(self, form: forms.ModelForm, formsets: list[KeepingFormSet]):
        self.form, self.formsets = form, formsets
        form.full_clean()
        for formset in formsets:
            formset.full_clean()
        self.copy = working_copy_of(form.instance, formsets, KeepingFormSet.rows_typed)
        self.begun = [language for language in codes() if _is_begun(self.copy, language)]
        self._prefixes = {id(row.instance): row.prefix for each in formsets for row in each.forms}

    def missing(self) -> list[Found]:
        """Return what keeps the page from being saved or published, each thing once; of what has
        not been begun, nothing."""
        if not self.begun:
            return []
        lacking = (
            obstacles(self.copy, self.begun)
            if self.copy.article.pk
            else [item for language in self.begun for item in missing(self.copy, language)]
        )
        found = [*self._refused(), *map(self._found, lacking)]
        return list({item.message: item for item in found}.values())

    def advice(self) -> dict[Stage, list[Found]]:
        """Return what could be better, by the stage at which it matters."""
        found: dict[Stage, list[Found]] = {stage: [] for stage in Stage}
        for language in self.begun:
            for item in advice(self.copy, language):
                found[item.stage].append(self._found(item))
        return found

    def watched(self) -> dict[str, list[Found]]:
        """Return the words that a page for everyone says for no reason yet, by language."""
        watched = uncleared(self.copy, self.begun)
        return {language: [*map(self._found, found)] for language, found in watched.items()}

    def search_results(self) -> list[SearchResult]:
        return [_search_result(self.copy.article, language) for language in self.begun]

    def _refused(self) -> Iterator[Found]:
        """Yield the fields with which the form would not be saved."""
        rows = [self.form, *(row for formset in self.formsets for row in formset.forms)]
        for row in rows:
            for name, errors in row.errors.items():
                if name in row.fields:
                    place = capfirst(str(row.instance._meta.verbose_name))
                    label = row.fields[name].label or name
                    yield Found(f"{place}, {label}: {errors[0]}", f"id_{row.add_prefix(name)}")

    def _found(self, item: Missing | Advice | Watched) -> Found:
        passages = () if isinstance(item, Missing) else item.passages
        if item.block is None:
            return Found(item.message, field_id(self.copy.article, item), passages)
        prefix = self._prefixes.get(id(item.block))
        # What somebody may not see has no field.
        field = f"id_{prefix}-{item.field}" if prefix else "add-block"
        return Found(item.message, field, passages)


def _is_begun(copy: WorkingCopy, language: str) -> bool:
    names = ("title", "lead", "hero_line")
    rows: Iterable[tuple[Any, Iterable[str]]] = [
        (copy.article, names),
        *((block, set(block.texts) - set(block.files)) for block in copy.blocks_in(language)),
    ]
    return any(text_in(row, name, language) for row, fields in rows for name in fields)


def _search_result(article: Article, language: str) -> SearchResult:
    slug = text_in(article, "slug", language)
    with translation.override(language):
        url = address(article.site_page, "detail", slug) if slug else reverse("articles:home")
    description = text_in(article, "description", language) or text_in(article, "lead", language)
    if len(description) > LONGEST_DESCRIPTION:
        description = f"{description[:LONGEST_DESCRIPTION].rsplit(' ', 1)[0]} …"
    return SearchResult(language, text_in(article, "title", language), url, description)


class ChecksMixin(admin.ModelAdmin):
    """The address of the article's admin that checks what its form holds."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.checks_view))
        name = "articles_article_checks"
        return [
            path("checks/", view, name=name),
            path("<int:pk>/checks/", view, name=name),
            *super().get_urls(),
        ]

    def checks_view(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Answer with what the checks find in a form that is being typed; nothing is stored."""
        articles = Article.objects.select_related("topic")
        article = get_object_or_404(articles, pk=pk) if pk is not None else None
        if not (
            self.has_change_permission(request, article)
            if article
            else self.has_add_permission(request)
        ):
            raise PermissionDenied
        is_stored = article is not None
        fields = flatten_fieldsets(self.get_fieldsets(request, article))
        form_class = self.get_form(request, article, change=is_stored, fields=fields)
        form = form_class(request.POST, instance=article)
        formsets: list[KeepingFormSet]
        formsets, _inlines = self._create_formsets(  # type: ignore[attr-defined]  # Django's own
            request, form.instance, change=is_stored
        )
        typed = Typed(form, formsets)
        lacking, watched, better = typed.missing(), typed.watched(), typed.advice()
        context = {
            "is_begun": bool(typed.begun),
            "missing": lacking,
            "watched": [item for found in watched.values() for item in found],
            # Where a reason is asked for.
            "reasons": [*watched] if request.user.has_perm(PERMISSION) else [],
            "lacking": len(lacking) + sum(map(len, watched.values())),
            "looks": better[Stage.PREVIEW],
            "readers": better[Stage.PUBLICATION],
            "hints": sum(map(len, better.values())),
            "search_results": [
                (languages.name(result.language), result) for result in typed.search_results()
            ],
        }
        return TemplateResponse(request, "articles/desk/checks_found.html", context)
