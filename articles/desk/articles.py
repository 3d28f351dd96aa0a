"""The article's page in the admin: the form in which editors write."""

from typing import Any

from content_editor.admin import ContentEditor
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR, InlineModelAdmin
from django.contrib.admin.utils import flatten
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from js_asset import Media
from modeltranslation.admin import TranslationAdmin

from articles.desk import conflict, disparities, history, links, publication, settling
from articles.desk.article_form import ArticleForm, who_and_when, working_copy_of
from articles.desk.article_list import ArticleListMixin
from articles.desk.blocks import BLOCK_INLINES, BlockInline
from articles.desk.checks import ChecksMixin
from articles.desk.comparison import ComparisonMixin
from articles.desk.conflict import Rows, Settled
from articles.desk.documents import DocumentForm
from articles.desk.drafts import DraftsMixin, typed_in
from articles.desk.history import HistoryMixin
from articles.desk.holds import HoldMixin
from articles.desk.library_choices import LIBRARY_SCRIPTS, LIBRARY_STYLES, dialog_of
from articles.desk.links import LINK_SCRIPTS, LINK_STYLES, LinkTargetsMixin, with_own_links
from articles.desk.named_form import SLUG_SCRIPTS
from articles.desk.pasting import PASTE_SCRIPTS, PASTE_STYLES, for_paste
from articles.desk.people import BylineInline
from articles.desk.presence import PresenceMixin
from articles.desk.preview import PreviewMixin, answer_preview, is_preview
from articles.desk.raising import RaiseMixin
from articles.desk.recordings import RecordingUploadForm
from articles.desk.removals import removals, stored_blocks
from articles.desk.retractions import RetractionAnswersMixin, in_form
from articles.desk.sources import (
    SOURCE_SCRIPTS,
    SOURCE_STYLES,
    CitationInline,
    warn_of_lost_sources,
)
from articles.desk.upload import ImageForm
from articles.desk.withdrawal import WithdrawMixin
from articles.models import Article, SitePage
from articles.models.blocks import blocks_of
from articles.publishing import verbs
from articles.publishing.freezing import WorkingCopy
from articles.publishing.states import versions_of
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import ChoiceMixin, GuardedAdmin, LanguageSwitchMixin, NonceMixin
from immunoportal.languages import localized
from immunoportal.text import is_row_number


def with_line_feeds(data: QueryDict) -> QueryDict:
    """Return posted data with line feeds for the pairs that browsers send.

    A text that nobody has touched is then the one that is stored.
    """
    changed = data.copy()
    for name in data:
        changed.setlist(name, [value.replace("\r\n", "\n") for value in data.getlist(name)])
    return changed


@admin.register(Article)
class ArticleAdmin(
    ArticleListMixin,
    HistoryMixin,
    ComparisonMixin,
    PreviewMixin,
    PresenceMixin,
    WithdrawMixin,
    HoldMixin,
    RaiseMixin,
    RetractionAnswersMixin,
    ChecksMixin,
    DraftsMixin,
    LinkTargetsMixin,
    GuardedAdmin,
    NonceMixin,
    LanguageSwitchMixin,
    ChoiceMixin,
    TranslationAdmin,
    ContentEditor,
):
    area = Area.CONTENT
    rank = 0
    chapter = "write"
    chapters = {
        "history": "editions",
        "compare": "editions",
        "restore": "editions",
        "put_back": "editions",
        "withdraw": "withdraw",
        "hold": "agree",
        "end_hold": "agree",
        "raise": "agree",
    }
    when_empty = gettext_lazy("No article has been written yet. Begin with the button above.")
    form = ArticleForm
    change_form_template = "articles/desk/article.html"
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (None, {"fields": ["title", "hero_line", "lead", "topic", "audience"]}),
        (
            gettext_lazy("Address and search engines"),
            {"fields": ["slug", "description"], "classes": ["collapse"]},
        ),
        (gettext_lazy("Funding"), {"fields": ["funding"], "classes": ["collapse"]}),
        (gettext_lazy("Page of the site"), {"fields": ["site_page"], "classes": ["collapse"]}),
    ]
    inlines = [*BLOCK_INLINES, BylineInline, CitationInline]

    class Media:
        js = [
            *SLUG_SCRIPTS,
            "articles/image-choice.js",
            # The first of these is what the others stand on.
            "articles/blocks.js",
            "articles/outline.js",
            "articles/removal.js",
            "articles/editors.js",
            "articles/keys.js",
            "articles/unsaved.js",
            "articles/presence.js",
            "articles/panel.js",
            "articles/changes.js",
            "articles/drafts.js",
            "articles/checks.js",
            "articles/log-in-again.js",
            *PASTE_SCRIPTS,
            *LIBRARY_SCRIPTS,
            "articles/pictures.js",
            "articles/files.js",
            "articles/recordings.js",
            *SOURCE_SCRIPTS,
            *LINK_SCRIPTS,
        ]
        css = {
            "all": [
                "articles/desk.css",
                "articles/desk-blocks.css",
                "articles/drafts.css",
                "articles/changes.css",
                "articles/checks.css",
                "articles/holds.css",
                PASTE_STYLES,
                LIBRARY_STYLES,
                SOURCE_STYLES,
                LINK_STYLES,
            ]
        }

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None) -> Any:
        """Return what the form asks, and of a page of the site neither topic nor audience nor
        funding."""
        fieldsets = super().get_fieldsets(request, obj)
        if not self.is_of_site(request, obj):
            return fieldsets
        needless = {"topic", "audience", *localized("funding")}
        asked = [
            (name, options | {"fields": [each for each in fields if each not in needless]})
            for name, options in fieldsets
            for fields in [flatten(options["fields"])]
        ]
        return [(name, options) for name, options in asked if options["fields"]]

    def is_of_site(self, request: HttpRequest, obj: Article | None) -> bool:
        """Tell whether the form is that of a page of the site, as far as anybody has said."""
        said = request.POST if request.method == "POST" else request.GET
        return said.get("site_page", obj.site_page if obj else "") in SitePage.values

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        # What was ever published stays on record: withdraw it instead.
        if obj is not None and any(version.last_number for version in versions_of(obj).values()):
            return False
        return super().has_delete_permission(request, obj)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[Any, int], set[Any], list[str]]:
        """Speak of the articles alone: that their blocks go with them goes without saying, and
        that somebody writes in one is no row to people."""
        _all, _counts, lacking, protected = super().get_deleted_objects(objs, request)
        names = [str(article) for article in objs]
        return names, {self.opts.verbose_name_plural: len(names)}, lacking, protected

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Article, inline: InlineModelAdmin, prefix: str
    ) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, BlockInline) and obj.pk is not None:
            if not hasattr(request, "stored_blocks"):
                # Asked once for all of the form.
                request.stored_blocks = blocks_of(obj)  # type: ignore[attr-defined]
            kwargs["read"] = request.stored_blocks[inline.model]  # type: ignore[attr-defined]
        return kwargs

    def _content_editor_context(self, request: HttpRequest, context: dict[str, Any]) -> Any:
        made = super()._content_editor_context(request, context)
        inlines = [(inline.opts, inline.formset) for inline in context["inline_admin_formsets"]]
        rare = {
            formset.prefix
            for inline, formset in inlines
            if isinstance(inline, BlockInline) and inline.is_rare
        }
        for plugin in made["plugins"]:
            plugin["isRare"] = plugin["prefix"] in rare
        return made

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name.startswith("lead"):
            field.widget.attrs["rows"] = 3
        return field

    def _content_editor_media(self, request: HttpRequest, context: dict[str, Any]) -> Media:
        # Its script takes for granted that blocks can be changed.
        article = context.get("original")
        allowed = (
            self.has_change_permission(request, article)
            if article
            else self.has_add_permission(request)
        )
        return super()._content_editor_media(request, context) if allowed else Media()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        # As Django does; the stubs know only what it starts with.
        request.POST = with_line_feeds(request.POST)  # type: ignore[assignment]
        with transaction.atomic():
            if is_row_number(object_id or "") and not self.settle(request, str(object_id)):
                # Somebody has deleted it meanwhile: what was typed becomes a new article.
                object_id = None
            request.POST = with_own_links(request.POST)  # type: ignore[assignment]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def settle(self, request: HttpRequest, object_id: str) -> bool:
        """Put what was posted together with what somebody else has saved meanwhile.

        Returns:
            Whether the article is still there.
        """
        # Two who save at once take turns, so that the second one is told.
        rows = Article.objects.filter(pk=object_id)
        if not is_preview(request):
            # Rows that only point at it, as drafts do, need not wait.
            rows = rows.select_for_update(no_key=True)
        article = rows.first()
        if article is None:
            return False
        if is_preview(request):
            # It shows what is typed, and nothing of it is stored.
            request.POST["version"] = str(article.version)  # type: ignore[misc]  # a copy
        elif conflict.needs_settling(request.POST, article):
            names = list(self.get_form(request, article, change=True).base_fields)
            kinds = [
                Rows(
                    formset.get_default_prefix(),
                    list(formset.form.base_fields),
                    list(formset.model.objects.filter(**{formset.fk.name: article})),
                )
                for formset, inline in self.get_formsets_with_inlines(request, article)
                if inline.has_view_or_change_permission(request, article)
            ]
            settled = conflict.settle(request.POST, article, names, kinds)
            request.POST = settled.data  # type: ignore[assignment]
            request.settled = settled  # type: ignore[attr-defined]
            if settled.was_outdated and not settled.collisions:
                messages.info(
                    request,
                    _(
                        "%(who)s saved this article (%(time)s) while you were working on it. What "
                        "both of you have changed stands together now."
                    )
                    % who_and_when(article),
                )
        return True

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        article = kwargs.get("obj")
        form = context["adminform"].form
        if article:
            context["title"] = str(article)
        elif self.is_of_site(request, article):
            page = SitePage(form["site_page"].value())
            context["title"] = _("New page of the site: %(page)s") % {"page": page.label}
        else:
            context["title"] = _("New article")
        context["subtitle"] = None
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        context["links"] = links.in_form(article, formsets)
        blocks = stored_blocks(formsets)
        changes = settling.changes(article, blocks, typed_in(request))
        context["changes"] = disparities.with_disparities(request, article, changes)
        context["publication"] = publication.panel(
            request,
            article,
            removals(article, blocks),
            context["links"]["without_page"],
            typed_in(request),
        )
        context["pictures"] = dialog_of(request, ImageForm)
        context["files"] = dialog_of(request, DocumentForm)
        context["paste"] = for_paste({formset.model: formset.prefix for formset in formsets})
        context["recordings"] = dialog_of(request, RecordingUploadForm)
        cites_marked = bool(getattr(article, "cites_marked", False))
        context["retracted"] = in_form(article, formsets, cites_marked=cites_marked)
        form = context["adminform"].form
        context["collisions"] = getattr(request, "settled", Settled(QueryDict())).collisions
        if article:
            kinds = [
                Rows(formset.prefix, list(formset.form.base_fields), list(formset.stored.values()))
                for formset in formsets
            ]
            context["base"] = form["base"].value() or conflict.base_of(
                article, list(form.fields), kinds
            )
        return super().render_change_form(request, context, *args, **kwargs)

    # A preview is read from the form and leaves nothing behind, so nothing is stored for it.

    def save_model(
        self, request: HttpRequest, obj: Article, form: forms.ModelForm, change: bool
    ) -> None:
        if is_preview(request):
            return
        obj.version += 1
        obj.changed_at = timezone.now()
        super().save_model(request, obj, form, change)

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: Any, change: bool
    ) -> None:
        if not is_preview(request):
            super().save_related(request, form, formsets, change)
        copy = working_copy_of(form.instance, formsets)
        # For the answer, to which Django does not hand the formsets.
        request.working_copy = copy  # type: ignore[attr-defined]
        if not is_preview(request):
            assert request.user.is_authenticated  # the admin lets nobody else in
            verbs.record_save(
                copy,
                by=request.user,
                is_new=not change,
                changed=history.changes(form, formsets),
            )

    # The buttons

    def response_add(
        self, request: HttpRequest, obj: Article, post_url_continue: str | None = None
    ) -> HttpResponse:
        number = getattr(request.resolver_match, "kwargs", {}).get("object_id")
        if number and not is_preview(request):
            messages.warning(
                request,
                _(
                    "Somebody has deleted this article while you were working on it. What you "
                    "typed is not lost: it is now an article of its own."
                ),
            )
        return self.response_to_button(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        return self.response_to_button(request, obj) or super().response_change(request, obj)

    def response_to_button(self, request: HttpRequest, article: Article) -> HttpResponse | None:
        """Answer a button of the publication panel.

        Returns:
            ``None`` for the buttons that Django knows.
        """
        copy: WorkingCopy = request.working_copy  # type: ignore[attr-defined]  # see save_related
        if is_preview(request):
            return answer_preview(request, copy)
        settling.answer(request, copy)
        disparities.answer(request, article)
        if publication.PUBLISH in request.POST:
            return publication.answer_publish(request, article, copy)
        warn_of_lost_sources(request, article, copy)
        if "_save" in request.POST and IS_POPUP_VAR not in request.POST:
            return publication.answer_save(request, article)
        return None
