"""What articles cite: the list of sources, and the citations of an article."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.desk.kept_rows import KeepingFormSet
from articles.desk.pasted_sources import PastedSourcesMixin, SourceForm, words_of
from articles.desk.publication import field_id
from articles.desk.retractions import MarksMixin
from articles.desk.shared_choices import SharedAutocomplete
from articles.desk.shared_content import SharedContentMixin, SharedRowInline
from articles.models import Article, Citation, Source
from articles.models.sources import shortened
from articles.publishing.citations import markers_without_source
from articles.publishing.completeness import Missing
from articles.publishing.freezing import WorkingCopy
from articles.text.references import year_of_citation
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import GuardedAdmin
from immunoportal.languages import codes
from immunoportal.publication import clock

# What the article's form needs for its dialog and for the markers in its texts.
SOURCE_SCRIPTS = ["articles/paste-sources.js", "articles/citations.js"]
SOURCE_STYLES = "articles/citations.css"


class WholeSourceForm(SourceForm):
    """The form of a source, with its year where the citation does not say it right."""

    class Meta(SourceForm.Meta):
        fields = [*SourceForm.Meta.fields, "year"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if "year" in self.fields and (year := year_of_citation(self.instance.citation)):
            self.fields["year"].widget.attrs["placeholder"] = year


@admin.register(Source)
class SourceAdmin(MarksMixin, PastedSourcesMixin, SharedContentMixin, GuardedAdmin):
    form = WholeSourceForm
    # The year is shown at once, and is no part of an edition.
    shown_fields = frozenset({"citation", "doi", "pmid", "url"})
    area = Area.CONTENT
    rank = 40
    chapter = "sources"
    when_empty = gettext_lazy(
        "No source has been added yet. Add one here, or while you write an article."
    )
    list_display = ["citation_shown", "status_shown", "year_shown", "doi", "pmid"]
    list_filter = ["status"]
    search_fields = ["citation", "doi", "pmid"]
    change_list_template = "articles/desk/source_list.html"

    class Media:
        css = {"all": ["articles/holds.css"]}

    @admin.display(description=gettext_lazy("citation"), ordering="citation")
    def citation_shown(self, source: Source) -> str:
        return shortened(source.citation)

    @admin.display(description=gettext_lazy("year"))
    def year_shown(self, source: Source) -> int | str:
        return source.year_shown or "–"

    def save_model(
        self, request: HttpRequest, obj: Source, form: forms.ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if change and "year" in form.changed_data:
            clock.advance()

    def articles_showing(self, obj: Source) -> QuerySet[Article]:
        return Article.objects.filter(pk__in=obj.citations.values("article"))


class CitationFormSet(KeepingFormSet):
    shared = ("source",)


class SourceChoice(SharedAutocomplete):
    """Tells the page's script, besides the number of a chosen source, its key and its words."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        source = self.known.get(str(value))
        if isinstance(source, Source):
            told = words_of(source)
            option["attrs"] |= {f"data-{name}": words for name, words in told.items()}
        return option


class CitationInline(SharedRowInline):
    model = Citation
    formset = CitationFormSet
    choice_widget = SourceChoice
    fields = [("source", "ordering")]
    autocomplete_fields = ["source"]


def warn_of_lost_sources(request: HttpRequest, article: Article, copy: WorkingCopy) -> None:
    """Name the places that cite a source which has just been taken out of an article's list."""
    lost = [Missing(*problem) for code in codes() for problem in markers_without_source(copy, code)]
    if lost:
        places = format_html_join(
            "",
            '<li><a href="#{}">{}</a></li>',
            ((field_id(article, item), item.message) for item in lost),
        )
        told = _("The text cites sources that are not in the list of this article:")
        messages.warning(request, format_html("{}<ul>{}</ul>", told, places))
