"""Retracted and outdated sources in the admin: marked by hand or from the list of Retraction Watch,
and the articles that cite them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.desk.asking import article_for, ask
from articles.desk.publication import back_to
from articles.models import Article, Edition, Retraction, RetractionAnswer, Source, SourceStatus
from articles.publishing import retraction_import, retractions
from articles.publishing.permission import PERMISSION, demand_permission
from articles.publishing.retraction_import import Step, carry_out, in_order, plan
from articles.text.references import doi_in
from articles.text.retraction_records import Nature, Record, Unreadable, lines_of
from immunoportal.actors import user_of
from immunoportal.admin.state_badge import state_badge
from immunoportal.fields import LineField
from immunoportal.languages import StrPromise, codes, phrase

LARGEST_LIST = 200 * 1024 * 1024  # bytes; it had 60 MB in 2026, and grows
# What has been read of a file is sent back to be confirmed.
SALT = "articles.retractions"
OPEN, ALL = "open", "all"


class MarkForm(forms.Form):
    """What has become of a source."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What has become of it"),
        choices=[
            (SourceStatus.RETRACTED, gettext_lazy("Its journal has retracted it")),
            (SourceStatus.OUTDATED, gettext_lazy("It is outdated")),
        ],
        widget=forms.RadioSelect,
    )
    since = forms.DateField(
        label=gettext_lazy("Since"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("The day of the journal’s notice. It may be left empty."),
    )
    notice_doi = LineField(
        label=gettext_lazy("DOI of the notice"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Of what the journal says about it. Readers get a link to it."),
    )
    reason = LineField(
        label=gettext_lazy("Why? (for editors)"),
        max_length=Retraction._meta.get_field("reason").max_length,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )

    def clean_since(self) -> Any:
        since = self.cleaned_data["since"]
        if since and not 1900 <= since.year <= timezone.localdate().year:
            raise ValidationError(_("This day cannot be right."))
        return since

    def clean_notice_doi(self) -> str:
        written: str = self.cleaned_data["notice_doi"]
        doi = doi_in(written)
        if written and not doi:
            raise ValidationError(_("A DOI looks like 10.1056/NEJMoa1003466."))
        return doi


class TakeBackForm(forms.Form):
    """Why a source may be relied on again."""

    reason = LineField(
        label=gettext_lazy("Why? (for the history)"),
        max_length=Retraction._meta.get_field("end_reason").max_length,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )


class AnswerForm(forms.Form):
    """Why each page is right all the same, for its readers."""

    def __init__(self, *args: Any, pages: Sequence[Edition], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.spoken = [page.language for page in pages]
        for language in self.spoken:
            self.fields[language] = LineField(
                label=_("Why the page %s stays right, for its readers") % phrase(language),
                max_length=RetractionAnswer._meta.get_field("sentence").max_length,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3, "lang": language}),
                help_text=_(
                    "One sentence. Where it stays empty, readers are told that the page is being "
                    "checked."
                ),
            )

    @property
    def sentences(self) -> dict[str, str]:
        """By language, of the pages that somebody has looked at."""
        cleaned = self.cleaned_data
        return {language: cleaned[language] for language in self.spoken if cleaned.get(language)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.sentences:
            raise ValidationError(_("Write a sentence for the readers of at least one page."))
        return cleaned


class ListForm(forms.Form):
    """Asks for the list of Retraction Watch."""

    file = forms.FileField(
        label=gettext_lazy("List of Retraction Watch (CSV)"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size and file.size > LARGEST_LIST:
            raise ValidationError(
                _("This file is too large for that list: at most %(limit)s can be read.")
                % {"limit": filesizeformat(LARGEST_LIST)}
            )
        self.rows = 0
        try:
            self.records = retraction_import.read(lines_of(file), self._seen)  # type: ignore[arg-type]  # a file to read from
        except Unreadable as error:
            raise ValidationError(retraction_import.told(error)) from None
        return file

    def _seen(self, rows: int) -> None:
        self.rows = rows


class MarksMixin(admin.ModelAdmin):
    """The pages of the sources' admin that mark a source, and take that back."""

    change_form_template = "articles/desk/source.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("retractions/", view(self.import_view), name="articles_source_retractions"),
            path("<int:pk>/mark/", view(self.mark_view), name="articles_source_mark"),
            path(
                "<int:pk>/marks/<int:number>/end/",
                view(self.take_back_view),
                name="articles_source_take_back",
            ),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_shown(self, source: Source) -> SafeString | str:
        if not source.status:
            return "–"
        colour = "grave" if source.status == SourceStatus.RETRACTED else "stale"
        return state_badge(colour, source.get_status_display())

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        source = kwargs.get("obj")
        if source is not None and source.pk:
            showing = self.articles_showing(source)  # type: ignore[attr-defined]  # of the sources' admin
            context |= {
                "marks": source.retractions.all(),
                "may_mark": request.user.has_perm(PERMISSION),
                "citing": showing.order_by("pk") if source.status else (),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def _source_for(self, request: HttpRequest, pk: int) -> Source:
        demand_permission(request.user)
        if not self.has_view_permission(request):
            raise PermissionDenied
        source = Source.objects.filter(pk=pk).first()
        if source is None:
            raise Http404
        return source

    def mark_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask what has become of a source; then have readers told of it."""
        source = self._source_for(request, pk)
        form = MarkForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                retractions.mark(source, by=user_of(request), **form.cleaned_data)
            except retractions.AlreadyMarked:
                messages.info(request, _("It is marked so already."))
            else:
                messages.success(
                    request, _("Marked. The pages that cite it tell their readers from now on.")
                )
            return _to(source)
        title = _("What has become of this source?")
        return self._ask(request, "mark_source", source, form, title)

    def take_back_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Ask why a source may be relied on again; then take its mark back."""
        source = self._source_for(request, pk)
        retraction = source.retractions.filter(pk=number).first()
        if retraction is None:
            raise Http404
        form = TakeBackForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                retractions.end(retraction, by=user_of(request), **form.cleaned_data)
            except retractions.AlreadyEnded:
                messages.info(request, _("It has been taken back already."))
            else:
                messages.success(
                    request, _("Taken back. The pages that cite it say nothing of it any more.")
                )
            return _to(source)
        title = _("Take the mark of this source back?")
        return self._ask(request, "take_back", source, form, title, retraction=retraction)

    def _ask(
        self,
        request: HttpRequest,
        template: str,
        source: Source,
        form: forms.Form,
        title: str,
        **more: object,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "source": source,
            "form": form,
            "title": title,
            **more,
        }
        return TemplateResponse(request, f"articles/desk/{template}.html", context)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Read the list of Retraction Watch, show what it says of our sources, and mark them once
        that is wanted."""
        demand_permission(request.user)
        if not self.has_view_permission(request):
            raise PermissionDenied
        context: dict[str, Any] = {"form": ListForm(), "largest": filesizeformat(LARGEST_LIST)}
        if "records" in request.POST:
            try:
                records = _unsigned(request.POST["records"])
            except (signing.BadSignature, ValueError):
                messages.error(request, _("Nothing was changed. Choose the file once more."))
            else:
                self._tell(request, carry_out(records, by=user_of(request)))
                return HttpResponseRedirect(reverse("admin:articles_source_changelist"))
        elif request.method == "POST":
            form = ListForm(request.POST, request.FILES)
            context["form"] = form
            if form.is_valid():
                context |= _preview_of(form)
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Look for retracted sources"),
        }
        return TemplateResponse(request, "articles/desk/retractions_import.html", context)

    def _tell(self, request: HttpRequest, lines: Sequence[retraction_import.Line]) -> None:
        done = [line for line in lines if line.step in (Step.MARK, Step.UNDO, Step.NOTE)]
        if not done:
            messages.info(request, _("Nothing had to be changed."))
            return
        sentence = ngettext(
            "%(count)d source is marked as the list says.",
            "%(count)d sources are marked as the list says.",
            len(done),
        )
        messages.success(request, sentence % {"count": len(done)})


def _to(source: Source) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:articles_source_change", args=[source.pk]))


def _preview_of(form: ListForm) -> dict[str, Any]:
    """Return what the page shows of a file that was read."""
    lines = plan(form.records)
    to_do = [
        (Step.MARK, _("Retracted: the pages that cite them will tell their readers")),
        (Step.UNDO, _("Reinstated: their mark is taken back")),
        (Step.NOTE, _("Noted for editors: readers see nothing of it")),
        (Step.DOUBT, _("In doubt: only one of DOI and PubMed number is the same. Look yourself")),
    ]  # fmt: skip
    found = [(step.value, title, in_order(lines, step)) for step, title in to_do]
    changes = any(line.step in (Step.MARK, Step.UNDO, Step.NOTE) for line in lines)
    return {
        "rows": form.rows,
        "found": [each for each in found if each[2]],
        "known": len(in_order(lines, Step.KNOWN)),
        "records": _signed(form.records) if changes else "",
        "is_read": True,
    }


def _signed(records: Sequence[Record]) -> str:
    told = [[*vars(record).values()] for record in records]
    plain = [[each.value if isinstance(each, Nature) else each for each in row] for row in told]
    return signing.dumps(plain, salt=SALT, compress=True)


def _unsigned(text: str) -> list[Record]:
    return [
        Record(number, Nature(nature), *rest)
        for number, nature, *rest in signing.loads(text, salt=SALT, max_age=24 * 3600)
    ]


# What the articles' admin shows


class RetractionAnswersMixin(admin.ModelAdmin):
    """The page of the articles' admin that says why a page is right all the same."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.answer_view)
        name = "articles_article_source"
        return [path("<int:pk>/sources/<int:number>/", view, name=name), *super().get_urls()]

    def answer_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Ask why the pages that cite a source are right all the same; then tell their readers."""
        article = article_for(request, pk)
        marked = Retraction.objects.standing().told().select_related("source")
        retraction = marked.filter(pk=number).first()
        pages = list(retractions.pages_citing(article, retraction)) if retraction else []
        pages = sorted((page for page in pages if page.language in codes()), key=_place)
        if retraction is None or not pages:
            messages.info(
                request,
                _("No page of this article cites it any more, or it is not marked any more."),
            )
            return back_to(article)
        told = retractions.answers_to(article, [retraction.pk])
        initial = {page.language: told[retraction.pk, page.language] for page in pages}
        form = AnswerForm(request.POST or None, pages=pages, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                retractions.answer(article, retraction, form.sentences, by=user_of(request))
            except (retractions.AlreadyEnded, retractions.NotCited):
                messages.info(
                    request,
                    _("Somebody else has changed the page or the source meanwhile: look again."),
                )
            else:
                messages.success(request, _("Readers see your sentence now."))
            return back_to(article)
        title = _("Does “%s” stay right?") % article
        return ask(request, self, "answer_retraction", article, form, title, retraction=retraction)


def _place(page: Edition) -> int:
    return codes().index(page.language)


class CitesMarkedFilter(admin.SimpleListFilter):
    """Filters articles with a live page that cites a retracted or outdated source."""

    title = gettext_lazy("cites a retracted source")
    parameter_name = "retracted"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, StrPromise]]:
        return [(OPEN, gettext_lazy("nobody has looked yet")), (ALL, gettext_lazy("all of them"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        if self.value() not in (OPEN, ALL):
            return queryset
        wanted = retractions.ties(waiting=self.value() == OPEN).values("edition__article")
        return queryset.filter(pk__in=wanted)


def in_form(
    article: Article | None, formsets: Sequence[Any], *, cites_marked: bool
) -> list[dict[str, Any]]:
    """Return what the article's form shows of sources that are not to be relied on: each with the
    id of its row in the form, whether a live page cites it, and what its readers are told.

    Costs nothing where there is none.

    Args:
        cites_marked: whether a live page cites any.
    """
    rows = {
        form.instance.source_id: f"{form.prefix}"
        for formset in formsets
        if formset.prefix == "citations"
        for form in formset.forms
        if form.instance.source_id and form.instance.source.status
    }
    if article is None or not (rows or cites_marked):
        return []
    live = retractions.ties(waiting=False).filter(edition__article=article.pk)
    cited: dict[int, list[str]] = {}
    for source, language in live.values_list("source", "edition__language"):
        cited.setdefault(source, []).append(language)
    told = retractions.told_of({*rows, *cited})
    answers = retractions.answers_to(article, [row.pk for row in told.values()])
    return [
        {
            "retraction": retraction,
            "row": rows.get(source, ""),
            "is_live": source in cited,
            "pages": [
                (language, answers[retraction.pk, language])
                for language in codes()
                if language in cited.get(source, ())
            ],
        }
        for source, retraction in told.items()
    ]
