"""The list of articles: its columns and filters, among them the state in each language."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from articles.desk.state_badges import badge_of
from articles.models import Article, Audience
from articles.publishing.states import (
    State,
    count_in_state,
    count_lacking,
    in_state,
    lacking,
    versions_of,
)
from immunoportal import languages
from immunoportal.admin.long_lists import KeysFirstPaginator
from immunoportal.admin.state_badge import state_badge
from immunoportal.languages import StrPromise, codes, localized


class StateFilter(admin.SimpleListFilter):
    """Filters articles by their state in one language."""

    language: str

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, StrPromise | str]]:
        # Nothing can be scheduled yet.
        return [choice for choice in State.choices if choice[0] != State.SCHEDULED]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        state = self.value()
        return in_state(queryset, self.language, state) if state in State.values else queryset


def state_filter(language: str) -> type[StateFilter]:
    """Return the filter by the state in a language."""
    name = languages.name(language)
    return type(
        f"StateFilter_{language}",
        (StateFilter,),
        {
            "language": language,
            "parameter_name": f"state_{language}",
            "title": format_lazy(_("state of the page: {language}"), language=name),
        },
    )


class TranslationFilter(admin.SimpleListFilter):
    """Filters articles that have a live page but never had one in a language."""

    title = _("translation missing")
    parameter_name = "missing"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, StrPromise]]:
        return [(language, languages.phrase(language)) for language in codes()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        language = self.value()
        return lacking(queryset, language) if language in codes() else queryset


def state_column(language: str) -> Callable[[Article], SafeString]:
    """Return the column of the list that shows the state in a language."""

    @admin.display(description=languages.name(language))
    def column(article: Article) -> SafeString:
        return badge_of(versions_of(article)[language])

    column.__name__ = f"state_{language}"
    return column


class ArticlePaginator(KeysFirstPaginator):
    """Counts what is filtered by one state or one missing translation alone without the
    articles."""

    count_quickly: Callable[[], int] | None = None

    @cached_property
    def count(self) -> int:
        return self.count_quickly() if self.count_quickly else super().count


class ArticleListMixin(admin.ModelAdmin):
    """What the list of articles shows, and by what it is searched and filtered."""

    list_display = ["title_shown", *map(state_column, codes()), "topic", "changed_at"]
    list_display_links = ["title_shown"]
    list_filter = [*map(state_filter, codes()), TranslationFilter, "audience", "topic"]
    list_select_related = ["topic"]
    search_fields = localized("title", "slug")
    ordering = ["-changed_at", "-pk"]
    actions = ["delete_selected"]

    @admin.action(permissions=["delete"], description=_("Delete what is chosen"))
    def delete_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Ask about the articles that can be deleted, and say why the others cannot."""
        published = Q(language_versions__last_number__gt=0)
        staying = queryset.filter(published).distinct().count()
        if staying:
            text = ngettext(
                "%(count)s article has been published, and stays on record: withdraw its pages "
                "instead.",
                "%(count)s articles have been published, and stay on record: withdraw their pages "
                "instead.",
                staying,
            )
            messages.error(request, text % {"count": staying})
        free = queryset.exclude(published)
        return delete_selected(self, request, free) if free.exists() else None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        queryset = super().get_queryset(request)
        match = request.resolver_match
        if match and match.view_name.endswith("_changelist"):
            queryset = queryset.prefetch_related("language_versions")
        return queryset

    def get_paginator(
        self, request: HttpRequest, queryset: QuerySet[Article], *args: Any, **kwargs: Any
    ) -> ArticlePaginator:
        paginator = ArticlePaginator(queryset, *args, **kwargs)
        asked = {name: value for name, value in request.GET.items() if name not in ("p", "o")}
        if len(asked) == 1:
            name, value = asked.popitem()
            language = name.removeprefix("state_")
            if language in codes() and name != language and value in State.values:
                paginator.count_quickly = partial(count_in_state, language, value)
            elif name == TranslationFilter.parameter_name and value in codes():
                paginator.count_quickly = partial(count_lacking, value)
        return paginator

    @admin.display(description=_("title"), ordering=localized("title")[0])
    def title_shown(self, article: Article) -> str:
        if article.audience == Audience.PUBLIC:
            return str(article)
        label = article.get_audience_display()
        return format_html("{} {}", article, state_badge("quiet", label))
