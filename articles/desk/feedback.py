"""What readers have said at the end of pages: their sentences, and the report of their answers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_safe

from articles.desk.feedback_chart import Answers, Chart, chart_of, months_until
from articles.models import Article, Edition, FeedbackCount, FeedbackSentence
from articles.models.feedback import FeedbackCountQuerySet
from articles.publishing import feedback
from immunoportal import audit
from immunoportal.actors import User
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import GuardedAdmin, two_lines
from immunoportal.admin.state_badge import state_badge
from immunoportal.languages import codes, name, phrase, text_in
from immunoportal.registry import Waiting
from immunoportal.spreadsheets import csv_response
from immunoportal.text import is_row_number

PER_PAGE = 50

# Of a sentence; other things are new or done in another gender.
NEW = pgettext_lazy("sentence from a reader", "new")
DONE = pgettext_lazy("sentence from a reader", "done")

LIST = "admin:articles_feedbacksentence_changelist"
REPORT = "admin:articles_feedbacksentence_report"
OF_ARTICLE = "admin:articles_feedbacksentence_article"


class DoneFilter(admin.SimpleListFilter):
    """Filters by what is done; without a choice, shows all."""

    title = gettext_lazy("state")
    parameter_name = "state"
    IS_NEW, IS_DONE = "new", "done"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(self.IS_NEW, NEW), (self.IS_DONE, DONE)]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[FeedbackSentence]
    ) -> QuerySet[FeedbackSentence]:
        if self.value() not in (self.IS_NEW, self.IS_DONE):
            return queryset
        return queryset.filter(is_done=self.value() == self.IS_DONE)


class LanguageFilter(admin.SimpleListFilter):
    """Filters by the language of the page."""

    title = gettext_lazy("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(code, name(code)) for code in codes()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[FeedbackSentence]
    ) -> QuerySet[FeedbackSentence]:
        return queryset.filter(edition__language=self.value()) if self.value() else queryset


class ArticleFilter(admin.SimpleListFilter):
    """Filters by the article from whose report somebody comes; there are too many to choose from
    in a list."""

    title = gettext_lazy("article")
    parameter_name = "article"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        number = request.GET.get(self.parameter_name, "")
        if not number:
            return []
        article = Article.objects.filter(pk=number).first() if is_row_number(number) else None
        return [(number, str(article or "–"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[FeedbackSentence]
    ) -> QuerySet[FeedbackSentence]:
        number = self.value()
        if number is None:
            return queryset
        if not is_row_number(number):
            return queryset.none()
        return queryset.filter(edition__article=int(number))


@dataclass(frozen=True)
class Line:
    """A line of the report: what the readers of a page, or of an edition, have answered.

    Attributes:
        new: how many of their sentences nobody has ticked off, which are listed at ``new_url``.
    """

    answers: Answers
    title: str = ""
    url: str = ""
    language: str = ""
    language_name: str = ""
    edition: Edition | None = None
    new: int = 0
    new_url: str = ""


@admin.register(FeedbackSentence)
class FeedbackSentenceAdmin(GuardedAdmin):
    area = Area.MESSAGES
    rank = 5
    chapter = "messages"
    change_list_template = "articles/desk/feedback_list.html"
    when_empty = gettext_lazy(
        "No reader has left a sentence yet. Below each public page there is a place for one."
    )
    list_display = ["text", "state_shown", "answer_shown", "page_shown", "day"]
    list_filter = [DoneFilter, "is_helpful", LanguageFilter, ArticleFilter]
    search_fields = ["text"]
    ordering = ["-day", "-pk"]
    fields = ["text_shown", "answer_shown", "page_shown", "day", "is_done"]
    readonly_fields = ["text_shown", "answer_shown", "page_shown", "day"]
    actions = ["mark_done", "mark_new", "export_as_csv"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FeedbackSentence]:
        heavy = [f"edition__{field}" for field in ("content", "plain_text", "parts")]
        return super().get_queryset(request).select_related("edition").defer(*heavy)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("sentence"))
    def text_shown(self, sentence: FeedbackSentence) -> SafeString:
        return format_html(
            '<p class="feedback-sentence" lang="{}" dir="auto">{}</p>',
            sentence.edition.language, sentence.text,
        )  # fmt: skip

    @admin.display(description=gettext_lazy("state"), ordering="is_done")
    def state_shown(self, sentence: FeedbackSentence) -> SafeString:
        if sentence.is_done:
            return state_badge("live", DONE)
        return state_badge("changed", NEW)

    @admin.display(description=gettext_lazy("helpful?"), ordering="is_helpful")
    def answer_shown(self, sentence: FeedbackSentence) -> str:
        return _("yes") if sentence.is_helpful else _("no")

    @admin.display(description=gettext_lazy("page"))
    def page_shown(self, sentence: FeedbackSentence) -> SafeString:
        edition = sentence.edition
        url = reverse(OF_ARTICLE, args=[edition.article_id])
        words = {"language": edition.get_language_display(), "number": edition.number}
        return two_lines(
            format_html('<a href="{}">{}</a>', url, edition.title),
            _("%(language)s, edition no. %(number)s") % words,
        )

    def delete_model(self, request: HttpRequest, obj: FeedbackSentence) -> None:
        feedback.erase([obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[FeedbackSentence]) -> None:
        feedback.erase(queryset)

    # Actions

    @admin.action(description=gettext_lazy("Mark as done"), permissions=["change"])
    def mark_done(self, request: HttpRequest, queryset: QuerySet[FeedbackSentence]) -> None:
        self._tick_off(request, queryset, is_done=True)

    @admin.action(description=gettext_lazy("Mark as new again"), permissions=["change"])
    def mark_new(self, request: HttpRequest, queryset: QuerySet[FeedbackSentence]) -> None:
        self._tick_off(request, queryset, is_done=False)

    def _tick_off(
        self, request: HttpRequest, queryset: QuerySet[FeedbackSentence], *, is_done: bool
    ) -> None:
        count = feedback.tick_off(queryset, is_done=is_done)
        if is_done:
            text = ngettext(
                "%(count)d sentence is done.", "%(count)d sentences are done.", count
            )  # fmt: skip
        else:
            text = ngettext(
                "%(count)d sentence is new again.", "%(count)d sentences are new again.", count
            )
        messages.success(request, text % {"count": count})

    @admin.action(description=gettext_lazy("Export as CSV"), permissions=["view"])
    def export_as_csv(
        self, request: HttpRequest, queryset: QuerySet[FeedbackSentence]
    ) -> HttpResponse:
        """Return the sentences as a table for a spreadsheet."""
        audit.record(audit.Act.EXPORTED, about=FeedbackSentence, rows=queryset.count())
        return csv_response(
            "sentences",
            ["day", "language", "article", "edition", "helpful", "sentence", "done"],
            (
                (
                    sentence.day.isoformat(),
                    sentence.edition.language,
                    sentence.edition.title,
                    str(sentence.edition.number),
                    "yes" if sentence.is_helpful else "no",
                    sentence.text,
                    "yes" if sentence.is_done else "no",
                )
                for sentence in queryset.iterator()
            ),
        )

    # The report

    def get_urls(self) -> list[URLPattern]:
        def view_of(view: Any) -> Any:
            return self.admin_site.admin_view(require_safe(view))

        return [
            path("report/", view_of(self.report_view), name="articles_feedbacksentence_report"),
            path("report/csv/", view_of(self.table_view), name="articles_feedbacksentence_table"),
            path(
                "report/<int:number>/",
                view_of(self.article_view),
                name="articles_feedbacksentence_article",
            ),
            *super().get_urls(),
        ]

    def report_view(self, request: HttpRequest) -> HttpResponse:
        """Show what readers have answered in the last twelve months, and on which pages."""
        self._demand(request)
        counts = counts_of_year()
        # Where most say that something is missing comes first.
        pages = (
            counts.values("edition__article", "edition__language")
            .annotate(yes=Sum("helpful"), no=Sum("unhelpful"))
            .order_by("-no", "-yes", "edition__article", "edition__language")
        )
        page = Paginator(pages, PER_PAGE).get_page(request.GET.get("p"))
        context = {
            "title": _("How helpful readers find the pages"),
            "chart": chart(counts),
            "page": page,
            "lines": lines_of(list(page.object_list)),
        }
        return self._answer(request, "articles/desk/feedback_report.html", context)

    def article_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Show what the readers of an article have answered, by month and by edition."""
        self._demand(request)
        article = Article.objects.filter(pk=number).first() if number < 2**63 else None
        if article is None:
            raise Http404
        sections = []
        for code in codes():
            of_page = FeedbackCount.objects.of_page(article.pk, code)
            editions = lines_of_editions(of_page)
            if editions:
                sections.append(
                    {
                        "language": code,
                        "heading": name(code),
                        "phrase": phrase(code),
                        "chart": chart(of_page.filter(day__gte=beginning())),
                        "editions": editions,
                        "url": sentences_url(article.pk, code),
                    }
                )
        context = {
            "title": _("How helpful readers find it"),
            "article": article,
            "sections": sections,
        }
        return self._answer(request, "articles/desk/feedback_article.html", context)

    def table_view(self, request: HttpRequest) -> HttpResponse:
        """Return the answers of the last twelve months as a table for a spreadsheet."""
        self._demand(request)
        header = ["month", "language", "article", "edition", "yes", "no"]
        return csv_response("helpful", header, rows_of_table())

    def _demand(self, request: HttpRequest) -> None:
        if not (
            self.has_view_permission(request) and request.user.has_perm("articles.view_article")
        ):
            raise PermissionDenied

    def _answer(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, template, shared | context)


def beginning() -> date:
    """Return the first day of the months that the report shows."""
    return months_until(timezone.localdate())[0]


def counts_of_year() -> FeedbackCountQuerySet:
    """Return what was counted in the months that the report shows."""
    counts: FeedbackCountQuerySet = FeedbackCount.objects.filter(
        day__gte=beginning(), edition__language__in=codes()
    )
    return counts


def chart(counts: FeedbackCountQuerySet) -> Chart | None:
    """Return the chart of what was counted by month; ``None`` if that is nothing."""
    months = (
        counts.order_by()
        .values_list(TruncMonth("day"))
        .annotate(yes=Sum("helpful"), no=Sum("unhelpful"))
    )
    found = chart_of(months, timezone.localdate())
    return found if found.total.total else None


def lines_of(pages: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Return the lines of the report for some pages, each an article and a language."""
    numbers = {page["edition__article"] for page in pages}
    articles = Article.objects.in_bulk(numbers)
    of_these = FeedbackSentence.objects.new().filter(edition__article__in=numbers)
    new = of_these.by_page()
    lines = []
    for page in pages:
        number, code = page["edition__article"], page["edition__language"]
        article = articles[number]
        lines.append(
            Line(
                Answers(page["yes"], page["no"]),
                title=text_in(article, "title", code) or str(article),
                url=reverse(OF_ARTICLE, args=[number]),
                language=code,
                language_name=str(name(code)),
                new=new.get((number, code), 0),
                new_url=f"{sentences_url(number, code)}&state={DoneFilter.IS_NEW}",
            )
        )
    return lines


def lines_of_editions(counts: FeedbackCountQuerySet) -> list[Line]:
    """Return the lines of the report for the editions of a page, the newest first."""
    totals = counts.order_by().values_list("edition")
    found = {
        edition: Answers(yes, no)
        for edition, yes, no in totals.annotate(yes=Sum("helpful"), no=Sum("unhelpful"))
    }
    editions = Edition.objects.filter(pk__in=found).order_by("-number")
    return [
        Line(found[edition.pk], edition=edition)
        for edition in editions.only("number", "valid_from", "change_note")
    ]


def sentences_url(article: int, language: str) -> str:
    """Return where the sentences on a page are listed."""
    return f"{reverse(LIST)}?article={article}&language={language}"


def rows_of_table() -> Iterator[tuple[str, ...]]:
    """Return the rows of the table for a spreadsheet: one for each edition and month."""
    months = (
        counts_of_year()
        .values_list(TruncMonth("day"), "edition__language", "edition__title", "edition__number")
        .annotate(yes=Sum("helpful"), no=Sum("unhelpful"))
        .order_by(TruncMonth("day"), "edition__language", "edition__title", "edition__number")
    )
    for first, language, title, number, yes, no in months.iterator():
        yield f"{first:%Y-%m}", language, title, str(number), str(yes), str(no)


def waiting(user: User) -> list[Waiting]:
    """Return how many sentences nobody has ticked off, to users who may do so."""
    if not user.has_perms(["articles.view_feedbacksentence", "articles.change_feedbacksentence"]):
        return []
    count = FeedbackSentence.objects.new().count()
    text = ngettext("new sentence from readers", "new sentences from readers", count)
    return [Waiting(count, text, f"{reverse(LIST)}?state={DoneFilter.IS_NEW}")]
