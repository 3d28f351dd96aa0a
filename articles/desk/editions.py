"""The published editions of all articles, to look at and never to change."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Edition
from immunoportal.admin.areas import Area
from immunoportal.admin.long_lists import period_filter
from immunoportal.admin.mixins import ReadOnlyAdmin


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    area = Area.CONTENT
    rank = 60
    chapter = "editions"
    when_empty = gettext_lazy("Nothing has been published yet.")
    list_display = [
        "title", "language", "number", "audience", "valid_from", "valid_until",
        "published_by_shown", "change_note", "page",
    ]  # fmt: skip
    list_filter = ["language", "audience", "valid_from", period_filter("valid_from")]
    list_select_related = ["published_by"]
    search_fields = ["title", "change_note"]
    ordering = ["-valid_from", "-pk"]
    fields = [
        "title", "language", "number", "audience", "valid_from", "valid_until",
        "first_published_at", "published_by_shown", "change_note", "withdrawn_by_shown",
        "withdrawal_note", "withdrawn_as", "withdrawal_sentence", "merged_into", "page",
    ]  # fmt: skip
    readonly_fields = ["published_by_shown", "withdrawn_by_shown", "page"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        return super().get_queryset(request).defer("content", "plain_text")

    def view_on_site(self, edition: Edition) -> str | None:
        """Return the address at which readers see an edition, while they do."""
        return edition.get_absolute_url() if edition.is_live else None

    @admin.display(description=gettext_lazy("page"))
    def page(self, edition: Edition) -> SafeString:
        url = reverse("admin:articles_article_edition", args=[edition.pk])
        return format_html('<a href="{}" target="_blank">{}</a>', url, _("See it"))
