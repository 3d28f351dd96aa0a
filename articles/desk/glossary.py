"""The glossary: what the words of the field mean, and how they are said in each language."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin

from articles.desk.named_form import NamedForm
from articles.models import Term
from articles.text.lines import lines_of
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import GuardedAdmin, LanguageSwitchMixin
from immunoportal.languages import codes, localized


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
        return cleaned

    def _lines(self, name: str) -> list[str]:
        return lines_of(self.cleaned_data.get(name) or "")


@admin.register(Term)
class TermAdmin(GuardedAdmin, LanguageSwitchMixin, TranslationAdmin):
    area = Area.CONTENT
    rank = 45
    chapter = "words"
    when_empty = gettext_lazy("The glossary is empty. Add the first term.")
    list_display = ["__str__", *localized("term")[1:]]
    search_fields = localized("term", "aliases")
    ordering = tuple(localized("term"))
    form = TermForm
    fields = ["term", "definition", "aliases", "forbidden"]
