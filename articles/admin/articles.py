"""The article's page in the admin: the writing desk."""

from content_editor.admin import ContentEditor, ContentEditorInline
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from js_asset import Media
from modeltranslation.admin import TranslationAdmin, TranslationStackedInline

from articles import workflow
from articles.admin.forms import ArticleForm, KeepingFormSet
from articles.admin.widgets import ImageChoiceWidget
from articles.freezing import freeze
from articles.models import (
    Article,
    Audience,
    Byline,
    Callout,
    Citation,
    Edition,
    Figure,
    Quote,
    RichText,
)
from articles.models.articles import State
from articles.views import detail_context
from immunoportal.admin.mixins import ChoiceMixin, GuardedAdmin, LanguageSwitchMixin, NonceMixin
from immunoportal.admin.state_badge import state_badge
from immunoportal.languages import LANGUAGE_PHRASES, codes
from immunoportal.text import clean_line, is_row_number

# What the buttons of the publication panel send, as name and value.
PREVIEW, PUBLISH = "_preview", "_publish"


class BlockInline(TranslationStackedInline, ContentEditorInline):
    """A kind of block among the others."""

    formset = KeepingFormSet
    regions = {"main"}


class RichTextInline(BlockInline):
    model = RichText
    icon = "notes"
    color = "var(--petrol)"


class FigureInline(BlockInline):
    model = Figure
    icon = "image"
    color = "var(--coral)"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "image":
            field.widget = ImageChoiceWidget(db_field.remote_field, self.admin_site)
        return field


class QuoteInline(BlockInline):
    model = Quote
    icon = "format_quote"
    color = "var(--soft-ink)"


class CalloutInline(BlockInline):
    model = Callout
    icon = "campaign"
    color = "var(--warning-ink)"


class SharedRowInline(ChoiceMixin, admin.StackedInline):
    """Rows that choose something which other articles use too."""

    formset = KeepingFormSet
    extra = 0


class BylineInline(SharedRowInline):
    model = Byline
    fields = [("contributor", "role", "ordering")]
    autocomplete_fields = ["contributor"]


class CitationInline(SharedRowInline):
    model = Citation
    fields = [("reference", "ordering")]
    autocomplete_fields = ["reference"]


class StateFilter(admin.SimpleListFilter):
    """Articles by their state in one language."""

    language: str

    def lookups(self, request, model_admin):
        # Nothing can be scheduled yet.
        return [choice for choice in State.choices if choice[0] != State.SCHEDULED]

    def queryset(self, request, queryset):
        if self.value() in State.values:
            return queryset.in_state(self.language, self.value())
        return queryset


class ItalianStateFilter(StateFilter):
    language = "it"
    parameter_name = "state_it"
    title = gettext_lazy("state of the Italian page")


class EnglishStateFilter(StateFilter):
    language = "en"
    parameter_name = "state_en"
    title = gettext_lazy("state of the English page")


def note_in(request: HttpRequest, name: str) -> str:
    """A note that was posted, as one line that fits its field."""
    return clean_line(request.POST.get(name, ""))[:300]


@admin.register(Article)
class ArticleAdmin(
    GuardedAdmin, NonceMixin, LanguageSwitchMixin, ChoiceMixin, TranslationAdmin, ContentEditor
):
    form = ArticleForm
    list_display = ["title_shown", "state_it", "state_en", "topic", "changed_at"]
    list_display_links = ["title_shown"]
    list_filter = [ItalianStateFilter, EnglishStateFilter, "audience", "topic"]
    list_select_related = ["topic"]
    search_fields = ["title_it", "title_en", "slug_it", "slug_en"]
    ordering = ["-changed_at", "-pk"]
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (None, {"fields": ["title", "hero_line", "lead", "topic", "audience"]}),
        (
            gettext_lazy("Address and search engines"),
            {"fields": ["slug", "description"], "classes": ["collapse"]},
        ),
    ]
    inlines = [
        RichTextInline,
        FigureInline,
        QuoteInline,
        CalloutInline,
        BylineInline,
        CitationInline,
    ]

    class Media:
        js = ["articles/image-choice.js", "articles/desk.js"]
        css = {"all": ["articles/desk.css"]}

    # The list

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        for language in codes():
            queryset = queryset.with_publication(language)
        return queryset

    @admin.display(description=gettext_lazy("title"), ordering="title_it")
    def title_shown(self, article):
        if article.audience == Audience.PUBLIC:
            return str(article)
        label = article.get_audience_display()
        return format_html("{} {}", article, state_badge("quiet", label))

    @admin.display(description=gettext_lazy("Italian"))
    def state_it(self, article):
        return self.state_badge(article, "it")

    @admin.display(description=gettext_lazy("English"))
    def state_en(self, article):
        return self.state_badge(article, "en")

    def state_badge(self, article, language):
        state = article.state_in(language)
        number = getattr(article, f"live_number_{language}")
        label = {
            State.LIVE: _("live, no. %(number)s"),
            State.CHANGED: _("live, no. %(number)s, with unpublished changes"),
        }.get(state, str(state.label))
        return state_badge(state.value, label % {"number": number})

    # The form

    def get_object(self, request, object_id, from_field=None):
        article = super().get_object(request, object_id, from_field)
        if article is not None and request.method == "POST" and connection.in_atomic_block:
            # Two who save at once take turns, so that the second one is told.
            Article.objects.select_for_update().filter(pk=article.pk).first()
            article = super().get_object(request, object_id, from_field)
        return article

    def has_delete_permission(self, request, obj=None):
        # What was ever published stays on record: withdraw it instead.
        published = obj is not None and obj.editions.exists()
        return not published and super().has_delete_permission(request, obj)

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
                "admin/articles/article/preview_refused.html",
                {**self.admin_site.each_context(request), **context, "title": _("No preview yet")},
            )
        article = kwargs.get("obj")
        context["title"] = str(article) if article else _("New article")
        context["subtitle"] = None
        context["publication"] = self.publication(request, article)
        context["conflict"] = getattr(context["adminform"].form, "conflict", False)
        return super().render_change_form(request, context, **kwargs)

    def publication(self, request, article) -> dict:
        """What the publication panel shows: state, live page and verbs of each language."""
        languages = []
        for language in codes():
            live = article and article.editions.live().in_language(language).first()
            languages.append(
                {
                    "code": language,
                    "note": request.POST.get(f"_note_{language}")
                    or request.GET.get(f"_note_{language}", ""),
                    "phrase": LANGUAGE_PHRASES[language],
                    "live": live,
                    "badge": self.state_badge(article, language) if article else "",
                    "scheduled": article and getattr(article, f"scheduled_for_{language}"),
                }
            )
        return {"languages": languages, "may_publish": request.user.has_perm(workflow.PERMISSION)}

    def save_model(self, request, obj, form, change):
        obj.version += 1
        obj.changed_at = timezone.now()
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        workflow.remember_digests(form.instance)

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
            return self.preview(request, article, request.POST[PREVIEW])
        if PUBLISH in request.POST:
            chosen = request.POST[PUBLISH]
            published = self.publish(request, article, codes() if chosen == "both" else [chosen])
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

    def preview(self, request: HttpRequest, article: Article, language: str) -> HttpResponse:
        """The page as publishing would make it. What was posted is read, shown and forgotten."""
        with translation.override(language):
            edition = freeze(article, language)
            now = timezone.now()
            edition.valid_from = edition.first_published_at = now
            context = detail_context(edition, {}) | {"shown_in_admin": True}
            response = render(request, "articles/detail.html", context)
        # The form was saved into this transaction only to be read: nothing of it stays.
        transaction.set_rollback(True)
        return response

    def publish(self, request: HttpRequest, article: Article, languages: list[str]) -> bool:
        """Publish what has just been saved, and tell how it went.

        Returns:
            Whether there is a new edition.
        """
        languages = [language for language in languages if language in codes()]
        notes = {language: note_in(request, f"_note_{language}") for language in languages}
        try:
            editions = workflow.publish(article, languages, by=request.user, notes=notes)
        except PermissionDenied as refusal:
            messages.error(request, _("Saved, but not published. %s") % refusal)
        except workflow.Incomplete as refusal:
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
            language=LANGUAGE_PHRASES[edition.language],
            number=edition.number,
            link=format_html(
                '<a href="{}" target="_blank">{}</a>', edition.get_absolute_url(), _("See the page")
            ),
        )

    def refusal(self, article: Article, missing: list[workflow.Missing]):
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

    def field_id(self, article: Article, item: workflow.Missing) -> str:
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
        workflow.demand_permission(request.user)
        edition = article.editions.live().in_language(language).first()
        if edition is None:
            messages.info(request, _("That language is not live, so there is nothing to withdraw."))
            return self.back_to(article)
        if request.method == "POST":
            note = note_in(request, "note")
            phrase = LANGUAGE_PHRASES[language]
            try:
                workflow.withdraw(article, language, by=request.user, note=note)
            except workflow.NotLive:
                messages.info(request, _("Somebody else has withdrawn it meanwhile."))
            else:
                self.log_change(request, article, _("Withdrawn %s.") % phrase)
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
            "phrase": LANGUAGE_PHRASES[language],
            "title": _("Withdraw the page %s?") % LANGUAGE_PHRASES[language],
        }
        return TemplateResponse(request, "admin/articles/article/withdraw.html", context)

    def edition_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An edition of the history, as its readers saw it."""
        edition = Edition.objects.select_related("topic", "article").filter(pk=pk).first()
        if edition is None:
            raise Http404
        if not self.has_view_permission(request, edition.article):
            raise PermissionDenied
        with translation.override(edition.language):
            context = detail_context(edition, {}) | {"shown_in_admin": True}
            return render(request, "articles/detail.html", context)

    def history_view(self, request, object_id, extra_context=None):
        editions = (
            Edition.objects.filter(article__pk__in=[object_id] if is_row_number(object_id) else [])
            .select_related("published_by", "withdrawn_by")
            .defer("content", "plain_text")
            .order_by("-valid_from", "language")
        )
        context = {"editions": editions, **(extra_context or {})}
        return super().history_view(request, object_id, context)
