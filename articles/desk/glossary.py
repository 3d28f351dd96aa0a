"""The glossary: what the words of the field mean, how they are said in each language, and what
readers see of them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.db.models import ManyToManyField
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin

from articles.desk.named_form import SLUG_SCRIPTS, NamedForm
from articles.models import FormerTermSlug, Term
from articles.publishing.redirects import slug_belongs_to
from articles.reading.glossary_pages import MOST_NAMED, editions_with
from articles.text.glossary import is_linkable
from articles.text.lines import lines_of
from immunoportal import languages
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import GuardedAdmin, LanguageSwitchMixin
from immunoportal.languages import codes, localized
from immunoportal.publication import clock
from immunoportal.text import is_row_number


class TermForm(NamedForm):
    name_field = "term"
    name_missing = gettext_lazy("Write the term, in at least one language.")

    class Meta:
        widgets = {
            name: forms.Textarea(attrs={"rows": 4})
            for name in localized("definition", "aliases", "forbidden")
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for code in codes():
            names = {
                name.casefold()
                for name in (cleaned.get(f"term_{code}") or "", *self._lines(f"aliases_{code}"))
            }
            for line in self._lines(f"forbidden_{code}"):
                word = line.partition(":")[0].strip()
                if word.casefold() in names:
                    message = _(
                        "“%(word)s” is one of the term’s names as well. Take it out of one of the "
                        "two lists."
                    )
                    self.add_error(f"forbidden_{code}", message % {"word": word})
                    break
        if self.instance.pk and self.instance in (cleaned.get("related") or ()):
            self.add_error("related", _("A term is not related to itself. Take it out."))
        self._demand_free_slugs()
        return cleaned

    def _demand_free_slugs(self) -> None:
        # Two who choose the same slug take turns, so that the second one is told.
        clock.take_turn()
        former = FormerTermSlug.objects.exclude(term=self.instance.pk).select_related("term")
        for code in codes():
            slug = self.cleaned_data.get(f"slug_{code}")
            row = former.filter(language=code, slug=slug).first() if slug else None
            if row is not None:
                self.add_error(f"slug_{code}", slug_belongs_to(row.term, row.slug))

    def _lines(self, name: str) -> list[str]:
        return lines_of(self.cleaned_data.get(name) or "")


class RelatedTerms(AutocompleteSelectMultiple):
    """Chooses nothing by what can be no row's number."""

    def optgroups(
        self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None
    ) -> list[tuple[str | None, list[dict[str, Any]], int | None]]:
        return super().optgroups(name, list(filter(is_row_number, value)), attrs)


@admin.register(Term)
class TermAdmin(GuardedAdmin, LanguageSwitchMixin, TranslationAdmin):
    area = Area.CONTENT
    rank = 45
    chapter = "words"
    when_empty = gettext_lazy("The glossary is empty. Add the first term.")
    list_display = ["__str__", *localized("term")[1:]]
    search_fields = localized("term", "aliases")
    ordering = tuple(localized("term"))
    prepopulated_fields = {"slug": ["term"]}
    autocomplete_fields = ["related"]
    form = TermForm
    fields = ["term", "slug", "definition", "aliases", "forbidden", "related"]

    class Media:
        js = SLUG_SCRIPTS

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs["widget"] = RelatedTerms(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Term | None = None) -> Any:
        return [*super().get_fields(request, obj), *(["for_readers", "stands_in"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Term | None = None) -> Any:
        return [*super().get_readonly_fields(request, obj), "for_readers", "stands_in"]

    def view_on_site(self, obj: Term) -> str | None:
        """Return the page in the editor's language; without one there, no button leads to it."""
        return obj.get_absolute_url()

    @admin.display(description=gettext_lazy("what readers see"))
    def for_readers(self, obj: Term) -> SafeString:
        """Show how the term reads in each language, or say what it lacks there."""
        told = (line for code in codes() for line in _seen_in(obj, code))
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((x,) for x in told)))

    @admin.display(description=gettext_lazy("where it stands"))
    def stands_in(self, obj: Term) -> SafeString | str:
        """Name the newest articles in which readers find it."""
        found = [
            (
                reverse("admin:articles_article_change", args=[edition.article_id]),
                edition.language,
                edition.title,
                languages.phrase(edition.language),
            )
            for code in codes()
            for edition in editions_with(obj.pk, code).for_lists()[:MOST_NAMED]
        ]
        if not found:
            return _(
                "In no article that readers see. After a change of its names, articles are looked "
                "through anew, which can take some minutes."
            )
        lines = format_html_join("", '<li><a href="{}" lang="{}">{}</a> ({})</li>', found)
        return format_html("<ul>{}</ul>", lines)


def _seen_in(term: Term, language: str) -> Iterator[SafeString | str]:
    """Yield what an editor is told of a term in a language."""
    phrase = {"language": languages.phrase(language)}
    if not languages.text_in(term, "term", language):
        yield _("Not shown %(language)s: the term is missing.") % phrase
        return
    if not term.is_public_in(language):
        yield _("Not shown %(language)s: the definition is missing.") % phrase
        return
    with translation.override(language):
        url = term.get_absolute_url()
    yield format_html(
        '<a href="{}" lang="{}"><b>{}</b></a>: <span lang="{}">{}</span>',
        url,
        language,
        languages.text_in(term, "term", language),
        language,
        languages.text_in(term, "definition", language),
    )
    stop_words = languages.TABLE[language].stop_words.split()
    for name in term.names_in(language):
        if not is_linkable(name, stop_words):
            yield _(
                "“%(name)s” is never a link %(language)s: it is too short, too long, or stands in "
                "every text."
            ) % {**phrase, "name": name}
