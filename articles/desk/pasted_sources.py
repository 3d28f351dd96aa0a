"""Sources from pasted records or from fields: what was read is shown first, and added then.

The page stands in the list of sources; the article's form opens the same in a dialog.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.forms import BaseFormSet, formset_factory
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.models import Source
from articles.publishing import sources
from articles.text import records
from articles.text.records import Fault, Unread
from articles.text.references import Reference, doi_in, name_of, pages_of, plain, pmid_in
from immunoportal.fields import LineField
from immunoportal.text import is_row_number

# What the article's form asks with, for the dialog.
DIALOG = "XMLHttpRequest"
MOST_FOUND = 20


class SourceForm(forms.ModelForm):
    """The form of a source. Knows a DOI and a PubMed number however they are written.

    Attributes:
        known: the stored sources that it may be, where they have been read already.
    """

    known: Sequence[Source] | None = None

    class Meta:
        model = Source
        fields = ["citation", "doi", "pmid", "url"]
        widgets = {"citation": forms.Textarea(attrs={"rows": 3})}

    def clean_doi(self) -> str:
        written: str = self.cleaned_data["doi"]
        # What is none is refused by the field of the model.
        return doi_in(written) or written

    def clean_pmid(self) -> str:
        written: str = self.cleaned_data["pmid"]
        return pmid_in(f"PMID {written}") or written

    def clean(self) -> dict[str, Any]:
        super().clean()
        self._refuse_known()
        return self.cleaned_data

    def _refuse_known(self) -> None:
        """Name the source that has a number already, at the field itself."""
        numbers = {name: self.cleaned_data.get(name) or "" for name in ("doi", "pmid")}
        wanted = [Source(**numbers)]
        known = sources.known(wanted) if self.known is None else self.known
        for other in sources.among(known, wanted):
            for name, number in numbers.items():
                is_other = other.pk != self.instance.pk
                if is_other and number and getattr(other, name).lower() == number.lower():
                    self.add_error(name, _already_there(other))


def _already_there(source: Source) -> ValidationError:
    return ValidationError(
        format_html(
            '{} <a href="{}" target="_blank">{}</a>',
            _("This source is already in the list of sources:"),
            reverse("admin:articles_source_change", args=[source.pk]),
            source,
        ),
        code="known",
    )


class PastedSourceForm(SourceForm):
    """One of the sources that were read. What is not ticked is not asked about."""

    take = forms.BooleanField(label=gettext_lazy("Add this one"), required=False, initial=True)

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self.is_taken:
            self.errors.clear()

    @property
    def is_taken(self) -> bool:
        return bool(self.cleaned_data.get("take"))


class PastedSourceFormSet(BaseFormSet):
    def full_clean(self) -> None:
        """Read what is there already once for all rows."""
        if self.is_bound:
            rows = self._as_sent()
            known = sources.known(rows)
            for form in self.forms:
                form.known = known
        super().full_clean()

    def _as_sent(self) -> list[Source]:
        names = ("doi", "pmid")
        sent = [
            [str(form.data.get(form.add_prefix(name), "")) for name in names] for form in self.forms
        ]
        return [
            Source(doi=doi_in(doi) or doi, pmid=pmid_in(f"PMID {pmid}") or pmid)
            for doi, pmid in sent
        ]

    def clean(self) -> None:
        """Refuse a source that another row is too, after what was changed in them."""
        seen: list[Source] = []
        for form in self.forms:
            if not form.is_taken or form.errors:
                continue
            if any(sources.same(form.instance, other) for other in seen):
                form.add_error(None, _("This source is here twice: take one of them out."))
            seen.append(form.instance)


PastedSources = formset_factory(
    PastedSourceForm,
    formset=PastedSourceFormSet,
    extra=0,
    max_num=records.MAX_RECORDS + 1,  # pasted, and one from the fields
    absolute_max=records.MAX_RECORDS + 1,
)


class PasteForm(forms.Form):
    """Records as databases give them, or the fields of one source."""

    pasted = forms.CharField(
        label=gettext_lazy("Records"),
        required=False,
        strip=False,
        max_length=records.MAX_LENGTH,
        error_messages={
            "max_length": gettext_lazy(
                "This is too long (%(show_value)d characters, and there is room for "
                "%(limit_value)d), so nothing was read. Paste a part of it, up to a hundred "
                "records."
            )
        },
        help_text=gettext_lazy(
            "RIS, BibTeX, or PubMed: from “Cite” or “Send to: Citation manager”, or its printed "
            "citations with their PMID. Several at once, up to a hundred."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )
    title = LineField(label=gettext_lazy("Title"), required=False, max_length=1000)
    authors = forms.CharField(
        label=gettext_lazy("Authors"),
        required=False,
        max_length=10_000,
        help_text=gettext_lazy("One a line, such as Hodi FS, or Hodi, Stephen."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    container = LineField(
        label=gettext_lazy("Journal, book or publisher"), required=False, max_length=300
    )
    year = LineField(label=gettext_lazy("Year"), required=False, max_length=20)
    volume = LineField(label=gettext_lazy("Volume"), required=False, max_length=20)
    pages = LineField(label=gettext_lazy("Pages"), required=False, max_length=40)
    doi = LineField(label=gettext_lazy("DOI"), required=False, max_length=300)
    pmid = LineField(label=gettext_lazy("PubMed number (PMID)"), required=False, max_length=300)
    url = LineField(label=gettext_lazy("Web address"), required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # A browser would cut what is pasted, and say nothing.
        del self.fields["pasted"].widget.attrs["maxlength"]

    @property
    def by_fields(self) -> list[forms.BoundField]:
        """The fields that describe one source."""
        return [field for field in self if field.name != "pasted"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        others = [name for name in self.fields if name not in ("pasted", "title")]
        if any(cleaned.get(name) for name in others) and not cleaned.get("title"):
            self.add_error("title", _("A source needs a title."))
        return cleaned

    def read(self) -> tuple[list[Reference], list[Unread]]:
        """Return the references that were pasted or typed, each once, and what is unreadable."""
        found, unread = records.read(self.cleaned_data["pasted"])
        if self.cleaned_data["title"]:
            found.append(self._typed())
        unlike: list[Reference] = []
        for reference in found:
            if not any(sources.same(reference, other) for other in unlike):
                unlike.append(reference)
        return unlike, unread

    def _typed(self) -> Reference:
        cleaned = self.cleaned_data
        return Reference(
            authors=tuple(name_of(line) for line in cleaned["authors"].splitlines() if plain(line)),
            title=cleaned["title"].rstrip("."),
            container=cleaned["container"],
            year=cleaned["year"],
            volume=cleaned["volume"],
            pages=pages_of(cleaned["pages"]),
            doi=doi_in(cleaned["doi"]) or cleaned["doi"],
            pmid=pmid_in(f"PMID {cleaned['pmid']}") or cleaned["pmid"],
            url=cleaned["url"],
        )


def told(item: Unread) -> str:
    """Say of something pasted where it stands, and why it is no source."""
    messages_of = {
        Fault.NO_TITLE: _("Line %(line)d: this record has no title (“%(words)s”)."),
        Fault.UNREADABLE: _("Line %(line)d: this record is damaged (“%(words)s”)."),
        Fault.UNKNOWN: _(
            "Line %(line)d: “%(words)s” is no record in RIS, BibTeX or PubMed’s format, and has "
            "neither a PMID nor a DOI."
        ),
        Fault.ONLY_NUMBERS: _(
            "Line %(line)d: “%(words)s” is a number alone. Nothing is looked up on the internet: "
            "paste the record, or fill in the fields."
        ),
        Fault.TOO_MANY: _(
            "From line %(line)d on nothing was read: a hundred records at once are enough. Add "
            "these, then paste the rest."
        ),
    }
    return messages_of[item.fault] % {"line": item.line, "words": item.words}


def described(rows: Iterable[Source]) -> list[dict[str, str | int]]:
    """Return sources as the script of the article's form takes them."""
    return [{"pk": row.pk, **words_of(row)} for row in rows]


def words_of(source: Source) -> dict[str, str]:
    """Return how the text names a source, and by what people find it."""
    numbers = f"{source.doi} {source.pmid}".strip()
    return {"key": str(source.key), "citation": source.citation, "numbers": numbers}


class PastedSourcesMixin(admin.ModelAdmin):
    """The pages of the sources' admin that add several, and that answer the article's form."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("paste/", view(self.paste_view), name="articles_source_paste"),
            path("find/", view(self.find_view), name="articles_source_find"),
        ]
        return [*own, *super().get_urls()]

    def find_view(self, request: HttpRequest) -> HttpResponse:
        """Find sources by words or by their numbers, for the dialog of the article's form."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        numbers = [pk for pk in request.GET.getlist("pk") if is_row_number(pk)]
        rows: models.QuerySet[Source] = Source.objects.none()
        if numbers:
            rows = Source.objects.filter(pk__in=numbers[:MOST_FOUND])
        elif words := request.GET.get("q", "").strip():
            every = Source.objects.all()
            rows, _doubled = self.get_search_results(request, every, doi_in(words) or words)
        return JsonResponse({"sources": described(rows[:MOST_FOUND])})

    def paste_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for records; show what was read; add what is left ticked."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = PasteForm(request.POST or None)
        is_adding = "_add" in request.POST
        rows = PastedSources(request.POST, prefix="sources") if is_adding else None
        context: dict[str, Any] = {}
        if request.method == "POST" and form.is_valid():
            found, unread = form.read()
            there = sources.known(found)
            context = {"known": there, "unread": [told(item) for item in unread]}
            if rows is None:
                new = [each for each in found if not any(sources.same(each, row) for row in there)]
                rows = PastedSources(prefix="sources", initial=_initial(new))
                context["nothing"] = not (found or unread)
            elif rows.is_valid():
                return self._added(request, rows, there)
        return self._shown(request, context | {"form": form, "rows": rows})

    def _added(
        self, request: HttpRequest, rows: BaseFormSet, there: Sequence[Source]
    ) -> HttpResponse:
        taken = [row.instance for row in rows.forms if row.is_taken]
        added = sources.add(taken)
        if _is_for_dialog(request):
            # An article may cite what was in the list before, too.
            chosen = set(request.POST.getlist("known"))
            known = [row for row in there if str(row.pk) in chosen]
            return JsonResponse({"sources": described([*known, *added])})
        if added:
            sentence = ngettext(
                "%(count)d source is now in the list.",
                "%(count)d sources are now in the list.",
                len(added),
            )
            self.message_user(request, sentence % {"count": len(added)}, messages.SUCCESS)
        else:
            self.message_user(request, _("None was ticked, so none was added."), messages.INFO)
        return HttpResponseRedirect(reverse("admin:articles_source_changelist"))

    def _shown(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        context |= {"action": reverse("admin:articles_source_paste"), "most": records.MAX_LENGTH}
        if _is_for_dialog(request):
            context["in_dialog"] = True
            return TemplateResponse(request, "articles/desk/_paste_sources.html", context)
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Add sources"),
        }
        return TemplateResponse(request, "articles/desk/paste_sources.html", context)


def _initial(references: Iterable[Reference]) -> list[dict[str, str]]:
    names = ("citation", "doi", "pmid", "url")
    return [{name: getattr(reference, name) for name in names} for reference in references]


def _is_for_dialog(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == DIALOG
