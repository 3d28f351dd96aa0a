"""What readers have looked for in vain: what is missing, or is called something else."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from articles.models import SearchInVain
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import ReadOnlyAdmin


@admin.register(SearchInVain)
class SearchInVainAdmin(ReadOnlyAdmin):
    area = Area.CONTENT
    rank = 48
    when_empty = _("No reader has looked for the same words in vain on three different days.")
    list_display = ["words", "language", "days", "times", "last_on"]
    list_display_links = None
    list_filter = ["language"]
    search_fields = ["words"]
    fields = ["words", "language", "days", "times", "first_on", "last_on"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SearchInVain]:
        return SearchInVain.objects.shown()
