"""Who writes, reviews and translates: the list of contributors, and the bylines of an article."""

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from articles.desk.kept_rows import KeepingFormSet
from articles.desk.named_form import NamedForm
from articles.desk.shared_content import SharedContentMixin, SharedRowInline
from articles.models import Article, Byline, Contributor
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import GuardedAdmin, LanguageSwitchMixin
from immunoportal.languages import localized


class ContributorForm(NamedForm):
    name_missing = _("Who is it? Write a name, in at least one language.")


@admin.register(Contributor)
class ContributorAdmin(SharedContentMixin, GuardedAdmin, LanguageSwitchMixin, TranslationAdmin):
    area = Area.CONTENT
    rank = 30
    chapter = "write"
    when_empty = _("Nobody has been added yet. Add somebody here, or while you write an article.")
    list_display = ["__str__", *localized("qualification")]
    search_fields = localized("name")
    form = ContributorForm
    fields = ["name", "qualification", "interests", "no_interests"]

    def articles_showing(self, obj: Contributor) -> QuerySet[Article]:
        return Article.objects.filter(pk__in=obj.bylines.values("article"))


class BylineFormSet(KeepingFormSet):
    shared = ("contributor",)


class BylineInline(SharedRowInline):
    model = Byline
    formset = BylineFormSet
    fields = [("contributor", "role", "ordering")]
    autocomplete_fields = ["contributor"]
