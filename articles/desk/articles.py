"""The article's page in the admin: the writing desk."""

from collections import defaultdict

from content_editor.admin import ContentEditor
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from js_asset import Media
from modeltranslation.admin import TranslationAdmin

from articles.desk import history
from articles.desk.blocks import INLINES
from articles.desk.forms import ArticleForm
from articles.models import (
    BLOCKS,
    Article,
    Audience,
    Byline,
    Citation,
    Edition,
    Event,
    LanguageVersion,
)
from articles.publishing import verbs
from articles.publishing.completeness import Missing
from articles.publishing.freezing import WorkingCopy, freeze, in_order
from articles.publishing.states import (
    State,
    in_state,
    prefetch_versions,
    state_of,
    versions_of,
)
from articles.reading.views import detail_context
from immunoportal import languages
from immunoportal.admin.mixins import ChoiceMixin, GuardedAdmin, LanguageSwitchMixin, NonceMixin
from immunoportal.admin.state_badge import state_badge
from immunoportal.languages import codes, localized
from immunoportal.text import clean_line, is_row_number

# What the buttons of the publication panel send, as name and value.
PREVIEW, PUBLISH = "_preview", "_publish"


class StateFilter(admin.SimpleListFilter):
    """Articles by their state in one language."""

    language: str

    def lookups(self, request, model_admin):
        # Nothing can be scheduled yet.
        return [choice for choice in State.choices if choice[0] != State.SCHEDULED]

    def queryset(self, request, queryset):
        if self.value() in State.values:
            return in_state(queryset, self.language, self.value())
        return queryset


def state_filter(language: str) -> type[StateFilter]:
    """Return the filter by the state in a language."""
    name = languages.name(language)
    return type(
        f"StateFilter_{language}",
        (StateFilter,),
        {
            "language": language,
            "parameter_name": f"state_{language}",
            "title": format_lazy(gettext_lazy("state of the page: {language}"), language=name),
        },
    )


def state_column(language: str):
    """Return the column of the list that shows the state in a language."""

    @admin.display(description=languages.name(language))
    def column(article: Article) -> SafeString:
        return badge_of(versions_of(article)[language])

    column.__name__ = f"state_{language}"
    return column


def badge_of(version: LanguageVersion) -> SafeString:
    """Return where a language version stands, in words on a colour."""
    state = state_of(version)
    label = {
        State.LIVE: _("live, no. %(number)s"),
        State.CHANGED: _("live, no. %(number)s, with unpublished changes"),
    }.get(state, str(state.label))
    return state_badge(state.value, label % {"number": version.live_number})


def note_in(request: HttpRequest, name: str) -> str:
    """A note that was posted, as one line that fits its field."""
    return clean_line(request.POST.get(name, ""))[:300]


@admin.register(Article)
class ArticleAdmin(
    GuardedAdmin, NonceMixin, LanguageSwitchMixin, ChoiceMixin, TranslationAdmin, ContentEditor
):
    form = ArticleForm
    change_form_template = "articles/desk/article.html"
    object_history_template = "articles/desk/history.html"
    list_display = ["title_shown", *map(state_column, codes()), "topic", "changed_at"]
    list_display_links = ["title_shown"]
    list_filter = [*map(state_filter, codes()), "audience", "topic"]
    list_select_related = ["topic"]
    search_fields = localized("title", "slug")
    ordering = ["-changed_at", "-pk"]
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (None, {"fields": ["title", "hero_line", "lead", "topic", "audience"]}),
        (
            gettext_lazy("Address and search engines"),
            {"fields": ["slug", "description"], "classes": ["collapse"]},
        ),
    ]
    inlines = INLINES

    class Media:
        # Behind Django's script, whose rules for slugs ours replaces.
        js = [
            "admin/js/urlify.js",
            "articles/slugs.js",
            "articles/image-choice.js",
            "articles/desk.js",
        ]
        css = {"all": ["articles/desk.css"]}

    # The list

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        if request.resolver_match.view_name.endswith("_changelist"):
            queryset = queryset.prefetch_related(prefetch_versions())
        return queryset

    @admin.display(description=gettext_lazy("title"), ordering=localized("title")[0])
    def title_shown(self, article):
        if article.audience == Audience.PUBLIC:
            return str(article)
        label = article.get_audience_display()
        return format_html("{} {}", article, state_badge("quiet", label))

    # The form

    def get_object(self, request, object_id, from_field=None):
        will_write = request.method == "POST" and connection.in_atomic_block
        if will_write and PREVIEW not in request.POST and is_row_number(object_id):
            # Two who save at once take turns, so that the second one is told.
            list(Article.objects.select_for_update().filter(pk=object_id).values_list("pk"))
        return super().get_object(request, object_id, from_field)

    def has_delete_permission(self, request, obj=None):
        # What was ever published stays on record: withdraw it instead.
        if obj is not None and any(version.last_number for version in versions_of(obj).values()):
            return False
        return super().has_delete_permission(request, obj)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name.startswith("lead"):
            field.widget.attrs["rows"] = 3
        return field

    def _content_editor_media(self, request, context):
        # Its script takes for granted that blocks can be changed.
        article = context.get("original")
        allowed = (
            self.has_change_permission(request, article)
            if article
            else self.has_add_permission(request)
        )
        return super()._content_editor_media(request, context) if allowed else Media()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        posted = request.method == "POST" and object_id and is_row_number(object_id)
        if posted and not Article.objects.filter(pk=object_id).exists():
            # Somebody has deleted it meanwhile: what was typed becomes a new article.
            messages.warning(
                request,
                _(
                    "Somebody has deleted this article while you were working on it. What you "
                    "typed is not lost: it is now an article of its own."
                ),
            )
            object_id = None
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, **kwargs):
        if PREVIEW in request.POST and context.get("errors"):
            # In the preview's own tab: the form with what was typed stays in the other one.
            return TemplateResponse(
                request,
                "articles/desk/preview_refused.html",
                {**self.admin_site.each_context(request), **context, "title": _("No preview yet")},
            )
        article = kwargs.get("obj")
        context["title"] = str(article) if article else _("New article")
        context["subtitle"] = None
        context["publication"] = self.publication(request, article)
        context["conflict"] = getattr(context["adminform"].form, "conflict", False)
        return super().render_change_form(request, context, **kwargs)

    def publication(self, request, article) -> dict:
        """Return what the publication panel shows: state, page and verbs of each language."""
        versions = versions_of(article) if article else {}
        shown = []
        for language in codes():
            version = versions.get(language)
            shown.append(
                {
                    "code": language,
                    "name": languages.name(language),
                    "note": request.POST.get(f"_note_{language}")
                    or request.GET.get(f"_note_{language}", ""),
                    "page": page_of(version) if version and version.live_slug else "",
                    "badge": badge_of(version) if version else "",
                    "scheduled": version and version.scheduled_for,
                }
            )
        return {"languages": shown, "may_publish": request.user.has_perm(verbs.PERMISSION)}

    # A preview is read from the form and leaves nothing behind, so nothing is stored for it.

    def save_model(self, request, obj, form, change):
        if PREVIEW in request.POST:
            return
        obj.version += 1
        obj.changed_at = timezone.now()
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        if PREVIEW not in request.POST:
            super().save_related(request, form, formsets, change)
        request.working_copy = copy_of(form.instance, formsets)
        if PREVIEW not in request.POST:
            verbs.record_save(
                request.working_copy,
                by=request.user,
                is_new=not change,
                changed=history.changes(form, formsets),
            )

    # The history reads the events that the verbs write.

    def construct_change_message(self, request, form, formsets, add=False):
        return []

    def log_addition(self, request, obj, message):
        pass

    def log_change(self, request, obj, message):
        pass

    # The verbs

    def response_add(self, request, obj, post_url_continue=None):
        return self.response_to_button(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request, obj):
        return self.response_to_button(request, obj) or super().response_change(request, obj)

    def response_to_button(self, request, article) -> HttpResponse | None:
        """Answer the panel's buttons; ``None`` for those that Django knows."""
        if request.POST.get(PREVIEW) in codes():
            return self.preview(request, request.POST[PREVIEW])
        if PUBLISH in request.POST:
            chosen = request.POST[PUBLISH]
            published = self.publish(request, article, codes() if chosen == "all" else [chosen])
            return self.back_to(article, None if published else request.POST)
        if "_save" in request.POST and "_popup" not in request.POST:
            messages.success(request, _("Saved. Readers see it once you publish it."))
            return self.back_to(article, request.POST)
        return None

    def back_to(self, article, typed=None) -> HttpResponse:
        """Redirect to the article's page, with the notes that have been typed and not used."""
        url = reverse("admin:articles_article_change", args=[article.pk])
        names = [f"_note_{language}" for language in codes()]
        notes = {name: typed[name] for name in names if typed and typed.get(name)}
        return HttpResponseRedirect(f"{url}?{urlencode(notes)}" if notes else url)

    def preview(self, request: HttpRequest, language: str) -> HttpResponse:
        """Show the page as publishing would make it."""
        with translation.override(language):
            edition = freeze(request.working_copy, language)
            now = timezone.now()
            edition.valid_from = edition.first_published_at = now
            context = detail_context(edition, {}) | {"shown_in_admin": True}
            return render(request, "articles/reading/detail.html", context)

    def publish(self, request: HttpRequest, article: Article, chosen: list[str]) -> bool:
        """Publish what has just been saved, and tell how it went.

        Returns:
            Whether there is a new edition.
        """
        chosen = [language for language in chosen if language in codes()]
        notes = {language: note_in(request, f"_note_{language}") for language in chosen}
        try:
            editions = verbs.publish(
                article, chosen, by=request.user, notes=notes, copy=request.working_copy
            )
        except PermissionDenied as refusal:
            messages.error(request, _("Saved, but not published. %s") % refusal)
        except verbs.Incomplete as refusal:
            messages.error(request, self.refusal(article, refusal.missing))
        else:
            for edition in editions:
                messages.success(request, self.announcement(edition))
            if not editions:
                messages.info(
                    request, _("Nothing to publish: the live page already says the same.")
                )
            return bool(editions)
        return False

    def announcement(self, edition: Edition):
        return format_html(
            _("Published {language}: edition no. {number} is live. {link}"),
            language=languages.phrase(edition.language),
            number=edition.number,
            link=format_html(
                '<a href="{}" target="_blank">{}</a>', edition.get_absolute_url(), _("See the page")
            ),
        )

    def refusal(self, article: Article, missing: list[Missing]):
        """Why it was not published, each reason a link to the field where it can be mended."""
        return format_html(
            "{}<ul>{}</ul>",
            _("Saved, but not published: something that readers need is missing."),
            format_html_join(
                "",
                '<li><a href="#{}">{}</a></li>',
                ((self.field_id(article, item), item.message) for item in missing),
            ),
        )

    def field_id(self, article: Article, item: Missing) -> str:
        """The id of a form field on the article's page."""
        if item.field == "bylines":
            return "bylines-group"
        if item.block is None:
            # A text that no block holds yet: the place where blocks are added.
            return "add-block" if item.field.startswith("text_") else f"id_{item.field}"
        model = type(item.block)
        siblings = list(model.objects.filter(parent=article).values_list("pk", flat=True))
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_set"
        return f"id_{prefix}-{siblings.index(item.block.pk)}-{item.field}"

    # Further pages

    def get_urls(self):
        return [
            path(
                "<int:pk>/withdraw/<str:language>/",
                self.admin_site.admin_view(self.withdraw_view),
                name="articles_article_withdraw",
            ),
            path(
                "edition/<int:pk>/",
                self.admin_site.admin_view(self.edition_view),
                name="articles_article_edition",
            ),
            *super().get_urls(),
        ]

    def withdraw_view(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """Ask whether the page shall go, and why; then withdraw it."""
        article = Article.objects.filter(pk=pk).first()
        if article is None or language not in codes():
            raise Http404
        verbs.demand_permission(request.user)
        edition = article.editions.live().in_language(language).first()
        if edition is None:
            messages.info(request, _("That language is not live, so there is nothing to withdraw."))
            return self.back_to(article)
        if request.method == "POST":
            note = note_in(request, "note")
            phrase = languages.phrase(language)
            try:
                verbs.withdraw(article, language, by=request.user, note=note)
            except verbs.NotLive:
                messages.info(request, _("Somebody else has withdrawn it meanwhile."))
            else:
                messages.success(
                    request,
                    _("Withdrawn %s. Publish again whenever you want.") % phrase,
                )
            return self.back_to(article)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "article": article,
            "edition": edition,
            "phrase": languages.phrase(language),
            "title": _("Withdraw the page %s?") % languages.phrase(language),
        }
        return TemplateResponse(request, "articles/desk/withdraw.html", context)

    def edition_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An edition of the history, as its readers saw it."""
        edition = Edition.objects.select_related("topic", "article").filter(pk=pk).first()
        if edition is None:
            raise Http404
        if not self.has_view_permission(request, edition.article):
            raise PermissionDenied
        with translation.override(edition.language):
            context = detail_context(edition, {}) | {"shown_in_admin": True}
            return render(request, "articles/reading/detail.html", context)

    def history_view(self, request, object_id, extra_context=None):
        pk = [object_id] if is_row_number(object_id) else []
        editions = (
            Edition.objects.filter(article__pk__in=pk)
            .select_related("published_by", "withdrawn_by")
            .defer("content", "plain_text")
            .order_by("-valid_from", "language")
        )
        events = Event.objects.filter(article__pk__in=pk).select_related("by", "edition")
        page = Paginator(events.defer("edition__content", "edition__plain_text"), 50).get_page(
            request.GET.get("p")
        )
        context = {
            "editions": editions,
            "events": page,
            "lines": [(event, history.told(event)) for event in page],
            **(extra_context or {}),
        }
        return super().history_view(request, object_id, context)


def copy_of(article: Article, formsets) -> WorkingCopy:
    """Return the working copy as the form's rows have it, stored or not."""
    rows: dict[type, list] = defaultdict(list)
    for formset in formsets:
        rows[formset.model] += formset.rows_left()
    return WorkingCopy(
        article,
        in_order(block for model in BLOCKS for block in rows[model]),
        by_ordering(rows[Byline]),
        by_ordering(rows[Citation]),
    )


def by_ordering(rows: list) -> list:
    return sorted(rows, key=lambda row: (row.ordering, row.pk is None, row.pk or 0))


def page_of(version: LanguageVersion) -> str:
    """Return the path of the page that is live in a language."""
    with translation.override(version.language):
        return reverse("articles:detail", args=[version.live_slug])
