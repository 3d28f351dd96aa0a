"""The preview of a page that is not published, and the look back at an edition that was."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from articles.models import Edition
from articles.publishing.advice import Stage, advice
from articles.publishing.freezing import WorkingCopy, freeze
from articles.reading.pages import article_page
from immunoportal.languages import codes

# What the buttons of the publication panel send: this name, and the code of a language.
PREVIEW = "_preview"


def is_preview(request: HttpRequest) -> bool:
    """Tell whether a form was sent for a preview: nothing of it is stored then."""
    return PREVIEW in request.POST


def answer_preview(request: HttpRequest, copy: WorkingCopy) -> HttpResponse:
    """Show the page as publishing a working copy would make it.

    Raises:
        BadRequest: the language is none of the site.
    """
    language = request.POST[PREVIEW]
    if language not in codes():
        raise BadRequest("No such language.")
    edition = freeze(copy, language)
    edition.valid_from = edition.first_published_at = timezone.now()
    looks = [item.message for item in advice(copy, language) if item.stage == Stage.PREVIEW]
    # In the language of the editor, which need not be that of the page.
    wrong = {"language": get_language(), "title": _("What looks wrong"), "sentences": looks}
    return show_in_admin(request, edition, wrong)


def show_in_admin(
    request: HttpRequest, edition: Edition, looks_wrong: dict[str, Any] | None = None
) -> HttpResponse:
    """Show an edition, stored or not, as readers see it, under a line that says what it is.

    Args:
        looks_wrong: what is said there of the page: a title and sentences, and their language.
    """
    with translation.override(edition.language):
        context = article_page(edition, {})
        context |= {"shown_in_admin": True, "looks_wrong": looks_wrong}
        return render(request, "articles/reading/detail.html", context)


class PreviewMixin(admin.ModelAdmin):
    """The pages of the article's admin that show what readers would see, or saw."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if is_preview(request) and context.get("errors"):
            # In the preview's own tab: the form with what was typed stays in the other one.
            return TemplateResponse(
                request,
                "articles/desk/preview_refused.html",
                {**self.admin_site.each_context(request), **context, "title": _("No preview yet")},
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.edition_view)
        own = path("edition/<int:pk>/", view, name="articles_article_edition")
        return [own, *super().get_urls()]

    def edition_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show an edition of the history."""
        edition = Edition.objects.select_related("topic", "article").filter(pk=pk).first()
        if edition is None:
            raise Http404
        if not self.has_view_permission(request, edition.article):
            raise PermissionDenied
        return show_in_admin(request, edition)
