"""The addresses of the old site in the admin: their list, their form, and their import."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.models import OldAddress
from articles.publishing.redirects import (
    NoOldAddress,
    NoTarget,
    Step,
    Target,
    address_of_old_site,
    carry_out,
    plan_import,
    targets_of,
)
from articles.publishing.states import live_edition, versions_of
from articles.reading.pages import languages_of
from articles.text.redirects import key_of
from immunoportal.actors import user_of
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import ChoiceMixin, GuardedAdmin, two_lines
from immunoportal.languages import localized, phrase
from immunoportal.publication import clock
from immunoportal.spreadsheets import NoTable, rows_of, text_of

LARGEST_TABLE = 1024 * 1024  # bytes
MOST_LINES = 10_000


class OldAddressForm(forms.ModelForm):
    """Asks for one place to which an old address leads."""

    class Meta:
        model = OldAddress
        fields = ["address", "article", "topic", "language", "path"]

    def clean_address(self) -> str:
        try:
            address = address_of_old_site(self.cleaned_data["address"])
        except NoOldAddress as refusal:
            raise ValidationError(str(refusal)) from None
        # Two who add the same address take turns, so that the second one is told.
        clock.take_turn()
        same = OldAddress.objects.exclude(pk=self.instance.pk).filter(key=key_of(address)).first()
        if same is not None:
            raise ValidationError(
                format_html(
                    '{} <a href="{}">{}</a>',
                    _("This address is in the list already:"),
                    reverse("admin:articles_oldaddress_change", args=[same.pk]),
                    same,
                )
            )
        return address

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if not self.errors.keys() & {"article", "topic", "language", "path"}:
            self._choose(cleaned)
        return cleaned

    def _choose(self, cleaned: dict[str, Any]) -> None:
        chosen = [name for name in ("article", "topic", "path") if cleaned.get(name)]
        if len(chosen) != 1:
            message = _("Choose one place to which it leads: an article, a topic or another page.")
            self.add_error(chosen[1] if chosen else "article", message)
        elif chosen != ["path"]:
            if not cleaned.get("language"):
                self.add_error("language", _("Say in which language it leads there."))
        else:
            target = targets_of([cleaned["path"]])[cleaned["path"]]
            if isinstance(target, NoTarget):
                self.add_error("path", str(target))
            else:
                # The address of an article stands for the article, whatever it is called later.
                cleaned |= {
                    "article": target.article,
                    "topic": target.topic,
                    "language": target.language,
                    "path": target.path,
                }


class TableForm(forms.Form):
    """Asks for a table, as a spreadsheet saves it."""

    file = forms.FileField(
        label=gettext_lazy("Table (CSV)"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size and file.size > LARGEST_TABLE:
            raise ValidationError(
                _("This file is too large for a list of addresses: at most %(limit)s can be read.")
                % {"limit": filesizeformat(LARGEST_TABLE)}
            )
        try:
            self.text = text_of(file.read())
            refuse_too_many(self.text)
        except NoTable:
            raise ValidationError(
                _(
                    "This file is no table that can be read. In your spreadsheet, choose “Save as” "
                    "and the format CSV."
                )
            ) from None
        return file


class TextForm(forms.Form):
    """The text of a table whose preview has been seen."""

    text = forms.CharField(widget=forms.HiddenInput, strip=False, max_length=LARGEST_TABLE)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            refuse_too_many(text)
        except NoTable:
            raise ValidationError(_("Choose the file once more.")) from None
        return text


def refuse_too_many(text: str) -> None:
    """Refuse a table with more lines than are read at once.

    Raises:
        ValidationError: it has more.
        NoTable: it is none.
    """
    if len(rows_of(text)) > MOST_LINES:
        raise ValidationError(
            _("This table has more than %(most)d lines: part it into several files.")
            % {"most": MOST_LINES}
        )


@admin.register(OldAddress)
class OldAddressAdmin(ChoiceMixin, GuardedAdmin):
    area = Area.CONTENT
    rank = 60
    chapter = "old-addresses"
    when_empty = gettext_lazy(
        "No old address is known yet. Links to the old site that are entered here lead to the "
        "page that has taken its place."
    )
    form = OldAddressForm
    change_list_template = "articles/desk/old_addresses.html"
    list_display = ["address", "leads_to", "uses_shown", "last_used_at"]
    list_select_related = ["article", "topic"]
    list_per_page = 50
    search_fields = [
        "address", "path", *localized("article__title", "article__slug", "topic__name"),
    ]  # fmt: skip
    ordering = ["key"]
    autocomplete_fields = ["article", "topic"]
    fieldsets = [
        (None, {"fields": ["address"]}),
        (
            gettext_lazy("Where it leads"),
            {
                "fields": ["article", "topic", "language", "path"],
                "description": gettext_lazy(
                    "Choose an article or a topic, and its language: the old address then follows "
                    "it, whatever it is called later. Or give the address of another page."
                ),
            },
        ),
    ]

    class Media:
        css = {"all": ["articles/old-addresses.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[OldAddress]:
        return super().get_queryset(request).prefetch_related("article__language_versions")

    @admin.display(description=gettext_lazy("leads to"))
    def leads_to(self, row: OldAddress) -> str | SafeString:
        """Say where it leads, and whether anything is there."""
        target = row.article or row.topic
        if target is None:
            return format_html('<a href="{}" target="_blank">{}</a>', row.path, row.path)
        url = reverse(f"admin:articles_{target._meta.model_name}_change", args=[target.pk])
        return two_lines(format_html('<a href="{}">{}</a>', url, target), self._place_of(row))

    def _place_of(self, row: OldAddress) -> str:
        """Say in which language it leads to its article or topic, or that nothing is there."""
        if is_there(row):
            return str(phrase(row.language))
        return _("%(language)s: not published there, readers get “not found”") % {
            "language": phrase(row.language)
        }

    @admin.display(description=gettext_lazy("uses"), ordering="uses")
    def uses_shown(self, row: OldAddress) -> int:
        return row.uses

    def save_model(
        self, request: HttpRequest, obj: OldAddress, form: forms.ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if not is_there(obj):
            messages.warning(
                request,
                _(
                    "“%(target)s” is not published %(language)s: until it is, the old address "
                    "answers “not found”."
                )
                % {"target": obj.article or obj.topic, "language": phrase(obj.language)},
            )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="articles_oldaddress_import"), *super().get_urls()]

    def may_import(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"may_import": self.may_import(request)}
        return super().changelist_view(request, context | (extra_context or {}))

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Read a table, show what would be done with each line, and do it once that is wanted."""
        if not self.may_import(request):
            raise PermissionDenied
        context: dict[str, Any] = {"form": TableForm()}
        if "text" in request.POST:
            wanted = TextForm(request.POST)
            if wanted.is_valid():
                self._import(request, wanted.cleaned_data["text"])
                return redirect("admin:articles_oldaddress_changelist")
            context["refusals"] = wanted.errors["text"]
        elif request.method == "POST":
            upload = TableForm(request.POST, request.FILES)
            context = {"form": upload}
            if upload.is_valid():
                context |= preview_of(upload.text)
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Import old addresses from a table"),
            "example": example(),
        }
        return TemplateResponse(request, "articles/desk/old_addresses_import.html", context)

    def _import(self, request: HttpRequest, text: str) -> None:
        """Import a table, and tell the editor how it went."""
        lines = carry_out(rows_of(text), by=user_of(request))
        steps = Counter(line.step for line in lines)
        done = steps[Step.ADD] + steps[Step.CHANGE]
        if done:
            message = ngettext(
                "%(count)d old address now leads where the table says.",
                "%(count)d old addresses now lead where the table says.",
                done,
            )
            messages.success(request, message % {"count": done})
        else:
            messages.info(request, _("Nothing had to be changed."))
        if steps[Step.REFUSE]:
            message = ngettext(
                "%(count)d line was left out.", "%(count)d lines were left out.",
                steps[Step.REFUSE],
            )  # fmt: skip
            messages.warning(request, message % {"count": steps[Step.REFUSE]})


def is_there(row: OldAddress | Target) -> bool:
    """Tell whether there is a page where an old address leads."""
    if row.article is not None:
        version = versions_of(row.article).get(row.language)
        return version is not None and live_edition(version) is not None
    if row.topic is not None:
        return row.language in languages_of(row.topic)
    return True


def preview_of(text: str) -> dict[str, Any]:
    """Return what the preview of an import shows: what would be done with each line."""
    lines = plan_import(rows_of(text))
    of = {step: [line for line in lines if line.step is step] for step in Step}
    targets = {line.target for line in (*of[Step.ADD], *of[Step.CHANGE]) if line.target}
    articles = [target.article for target in targets if target.article]
    prefetch_related_objects(articles, "language_versions")
    return {
        "bad": of[Step.REFUSE],
        "new": of[Step.ADD],
        "changed": of[Step.CHANGE],
        "left": of[Step.LEAVE],
        "absent": {target for target in targets if not is_there(target)},
        "is_empty": not lines,
        "confirm": TextForm(initial={"text": text}) if of[Step.ADD] or of[Step.CHANGE] else None,
    }


def example() -> str:
    """Return a line of a table, with an address of this site."""
    return f"/pages/about/index.php;{reverse('articles:topics')}"
