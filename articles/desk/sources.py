"""What articles cite: the list of sources, and the citations of an article."""

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from articles.desk.kept_rows import KeepingFormSet
from articles.desk.shared_content import SharedContentMixin, SharedRowInline
from articles.models import Article, Citation, Source
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import GuardedAdmin


@admin.register(Source)
class SourceAdmin(SharedContentMixin, GuardedAdmin):
    area = Area.CONTENT
    rank = 40
    when_empty = _("No source has been added yet. Add one here, or while you write an article.")
    list_display = ["__str__", "doi", "pmid"]
    search_fields = ["citation", "doi", "pmid"]

    def articles_showing(self, obj: Source) -> QuerySet[Article]:
        return Article.objects.filter(pk__in=obj.citations.values("article"))


class CitationFormSet(KeepingFormSet):
    shared = ("source",)


class CitationInline(SharedRowInline):
    model = Citation
    formset = CitationFormSet
    fields = [("source", "ordering")]
    autocomplete_fields = ["source"]
