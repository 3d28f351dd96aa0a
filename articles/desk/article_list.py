"""The list of articles: its columns and filters, among them the state in each language."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.desk.file_uses import MOST_NAMED, Use, list_of
from articles.desk.retractions import CitesMarkedFilter
from articles.desk.state_badges import badge_of, hold_badge, outdated_badge, stale_badge_of
from articles.models import Article, Audience, Hold, LanguageVersion, SitePage
from articles.publishing.blanks import live_with_blanks
from articles.publishing.retractions import ties
from articles.publishing.staleness import behind, behind_since, count_behind
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

HELD = "yes"
SITE_PAGES, BLANKS = "yes", "blanks"
# What an address says of how a list is shown, and not of what is in it.
_ONLY_SHOWN = {"p", "o", "all", "e"}


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
        version = versions_of(article)[language]
        badges = [badge_of(version), stale_badge_of(version)]
        holds: list[Hold] = article.standing_holds  # type: ignore[attr-defined]  # prefetched
        kinds = {hold.kind for hold in holds if hold.language == language}
        if kinds & dict(Hold.FOR_SAFETY).keys():
            badges.append(hold_badge())
        if Hold.Kind.OUTDATED in kinds:
            badges.append(outdated_badge())
        return format_html_join(" ", "{}", ((badge,) for badge in badges if badge))

    column.__name__ = f"state_{language}"
    return column


class StaleFilter(admin.SimpleListFilter):
    """Filters articles whose page in a language is behind another one, the oldest first."""

    title = _("behind the other language")
    parameter_name = "behind"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, StrPromise]]:
        return [(language, languages.phrase(language)) for language in codes()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        language = self.value()
        return behind(queryset, language) if language in codes() else queryset


class HoldFilter(admin.SimpleListFilter):
    """Filters articles of which a page is held."""

    title = _("held for safety")
    parameter_name = "held"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, StrPromise]]:
        return [(HELD, _("yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        if self.value() != HELD:
            return queryset
        return queryset.filter(pk__in=Hold.objects.standing().for_safety().values("article"))


class SiteFilter(admin.SimpleListFilter):
    """Filters the pages of the site. As long as nobody asks for anything, the list is of ordinary
    articles alone: whatever is searched for, or waits, may be a page of the site too."""

    title = _("page of the site")
    parameter_name = "site"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, StrPromise]]:
        return [(SITE_PAGES, _("yes")), (BLANKS, _("with blanks that readers see"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        if self.value() == SITE_PAGES:
            return queryset.filter(site_page__in=SitePage.values)
        if self.value() == BLANKS:
            return queryset.filter(pk__in={edition.article_id for edition in live_with_blanks()})
        return queryset if set(request.GET) - _ONLY_SHOWN else queryset.filter(site_page="")


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
    list_filter = [
        *map(state_filter, codes()), SiteFilter, TranslationFilter, StaleFilter, HoldFilter,
        CitesMarkedFilter, "audience", "topic",
    ]  # fmt: skip
    list_select_related = ["topic"]
    search_fields = localized("title", "slug")
    ordering = ["-changed_at", "-pk"]
    # Each row says much, and costs as much.
    list_per_page = 50
    actions = ["delete_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        queryset = super().get_queryset(request)
        match = request.resolver_match
        if match and match.view_name.endswith("_changelist"):
            held = Prefetch("holds", Hold.objects.standing(), to_attr="standing_holds")
            queryset = queryset.prefetch_related("language_versions", held)
        elif match and match.view_name.endswith("_change"):
            marked = ties(waiting=False).filter(edition__article=OuterRef("pk"))
            queryset = queryset.annotate(cites_marked=Exists(marked))
        return queryset

    def get_ordering(self, request: HttpRequest) -> Any:
        language = request.GET.get(StaleFilter.parameter_name)
        return [behind_since(language), "pk"] if language in codes() else self.ordering

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
            elif name == StaleFilter.parameter_name and value in codes():
                paginator.count_quickly = partial(count_behind, value)
        return paginator

    @admin.action(permissions=["delete"], description=_("Delete what is chosen"))
    def delete_selected(
        self, request: HttpRequest, queryset: QuerySet[Article]
    ) -> HttpResponse | None:
        """Ask about the articles that were never published, and say why the others stay."""
        published = Exists(
            LanguageVersion.objects.filter(article=OuterRef("pk"), last_number__isnull=False)
        )
        staying = list(queryset.filter(published))
        if staying:
            pages = [
                Use(str(article), reverse("admin:articles_article_change", args=[article.pk]))
                for article in staying[:MOST_NAMED]
            ]
            sentence = gettext(
                "An article that was published is never deleted. Withdraw it, and readers do not "
                "find it any more:"
            )
            rest = len(staying) - len(pages)
            messages.error(request, format_html("{}{}", sentence, list_of(pages, rest)))
        free = queryset.filter(~published)
        return delete_selected(self, request, free) if free.exists() else None

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Offer the pages of the site that nobody has begun yet, above the list of those."""
        context = dict(extra_context or {})
        if request.GET.get(SiteFilter.parameter_name) == SITE_PAGES:
            context["title"] = gettext("Pages of the site")
            context["has_site_pages_alone"] = True
            written = Article.objects.filter(site_page__in=SitePage.values)
            begun = set(written.values_list("site_page", flat=True))
            url = reverse("admin:articles_article_add")
            context["site_pages_to_write"] = [
                (label, f"{url}?site_page={value}")
                for value, label in SitePage.choices
                if value not in begun and self.has_add_permission(request)
            ]
        return super().changelist_view(request, context)

    @admin.display(description=_("title"), ordering=localized("title")[0])
    def title_shown(self, article: Article) -> str:
        if article.site_page:
            label = gettext("page of the site")
        elif article.audience == Audience.PUBLIC:
            return str(article)
        else:
            label = article.get_audience_display()
        return format_html("{} {}", article, state_badge("quiet", label))
