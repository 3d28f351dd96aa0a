"""The page of the article's admin that compares two editions, or one with the working copy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.models import Article, Edition, Image, Snapshot
from articles.publishing.comparison import SAME, Difference, PartDifference, compare, names_of
from articles.publishing.content import UnknownSchema
from articles.publishing.freezing import freeze, read_working_copy
from articles.publishing.restore import Restored, rehearse, restore
from immunoportal import languages
from immunoportal.actors import user_of
from immunoportal.languages import codes

# Stands for the working copy where the number of an edition could stand.
NOW = "now"


@dataclass(frozen=True)
class Row:
    """A line of a comparison: a part that differs, or how many in a row do not.

    Attributes:
        fields: those of the part that differ, each with where its pictures can be seen.
    """

    part: PartDifference | None = None
    unchanged: int = 0
    fields: Sequence[tuple[Difference, Sequence[tuple[str, str]]]] = ()


def rows_of(old: Edition, new: Edition) -> list[Row]:
    """Return what differs between two editions; what does not is folded away.

    Raises:
        UnknownSchema: a newer version of the portal has written one of them.
    """
    parts = compare(old, new, names_of(old, new))
    thumbnails = _thumbnails(parts)
    return list(_folded(parts, thumbnails))


def _folded(parts: Sequence[PartDifference], thumbnails: Mapping[str, str]) -> Iterator[Row]:
    for is_same, run in groupby(parts, lambda part: part.how == SAME):
        if is_same:
            yield Row(unchanged=len(list(run)))
            continue
        for part in run:
            yield Row(part, fields=[(field, _seen(field, thumbnails)) for field in part.fields])


def _seen(field: Difference, thumbnails: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the pictures of a field: "del" or "ins", and the address of each."""
    values = {"del": field.before, "ins": field.after}
    return [
        (kind, thumbnails[value])
        for kind, value in values.items()
        if field.name == "image" and value in thumbnails
    ]


def _thumbnails(parts: Sequence[PartDifference]) -> dict[str, str]:
    """Return where the pictures that differ can be seen, by their digests."""
    fields = [field for part in parts for field in part.fields if field.name == "image"]
    digests = {value for field in fields for value in (field.before, field.after) if value}
    if not digests:
        return {}
    images = Image.objects.filter(digest__in=digests, withdrawn_at=None)
    return {
        digest: reverse("admin:articles_image_thumbnail", args=[pk])
        for digest, pk in images.values_list("digest", "pk")
    }


class ComparisonMixin(admin.ModelAdmin):
    """The pages of the article's admin that compare, and that restore what was compared."""

    def get_urls(self) -> list[URLPattern]:
        def page(view: Any) -> Any:
            return self.admin_site.admin_view(view)

        name = "articles_article"
        return [
            path("<int:pk>/compare/", page(require_safe(self.compare_view)),
                 name=f"{name}_compare"),
            path("edition/<int:pk>/restore/", page(self.restore_view), name=f"{name}_restore"),
            path("snapshot/<int:pk>/restore/", page(self.put_back_view), name=f"{name}_put_back"),
            *super().get_urls(),
        ]  # fmt: skip

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what differs between two editions of a language."""
        article = Article.objects.select_related("topic").filter(pk=pk).first()
        if article is None:
            raise Http404
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        language = _language_in(request, article)
        choices = _choices(article, language)
        editions = [choice for choice in choices if isinstance(choice.row, Edition)]
        old = request.GET.get("old", editions[0].value if editions else "")
        new = request.GET.get("new", NOW)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": article,
            "title": _("Compare editions"),
            "language": language,
            "phrase": languages.phrase(language),
            "languages": [(code, languages.name(code)) for code in codes()],
            "choices": choices,
            "old": old,
            "new": new,
        }
        pair = [choice for value in (old, new) for choice in choices if choice.value == value]
        if len(pair) == 2:
            try:
                context["rows"] = rows_of(*(choice.edition(article, language) for choice in pair))
                context["pair"] = pair
            except UnknownSchema:
                messages.warning(request, _unknown())
            if self.has_change_permission(request, article):
                context["restored"] = [choice for choice in pair if choice.restore_url]
        elif editions:
            messages.info(request, _("There is no edition with that number: choose another."))
        return TemplateResponse(request, "articles/desk/comparison.html", context)

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what restoring an edition will change, and restore it."""
        edition = Edition.objects.select_related("topic", "article__topic").filter(pk=pk).first()
        return self._restore(request, edition)

    def put_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what putting back will change that was there before a restoring, and put it back."""
        snapshot = Snapshot.objects.select_related("article__topic").filter(pk=pk).first()
        return self._restore(request, snapshot.as_edition() if snapshot else None)

    def _restore(self, request: HttpRequest, edition: Edition | None) -> HttpResponse:
        if edition is None:
            raise Http404
        article = edition.article
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        change_url = reverse("admin:articles_article_change", args=[article.pk])
        if request.method == "POST":
            if request.POST.get("version") == str(article.version):
                self._tell(request, edition, restore(edition, by=user_of(request)))
                return HttpResponseRedirect(change_url)
            messages.info(
                request,
                _(
                    "Somebody has saved this article meanwhile. Look once more at what would "
                    "change: nothing has been restored yet."
                ),
            )
        language = edition.language
        words = {"number": edition.number, "phrase": languages.phrase(language)}
        title = _("Restore edition %(number)s %(phrase)s?") if edition.pk else _(
            "Put back what was here %(phrase)s before?"
        )  # fmt: skip
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": article,
            "title": title % words,
            "language": language,
            "change_url": change_url,
        }
        would_be, restored = rehearse(edition, by=user_of(request))
        context["notes"] = restored.notes
        if restored.event:
            context["rows"] = rows_of(freeze(read_working_copy(article), language), would_be)
        return TemplateResponse(request, "articles/desk/restore.html", context)

    def _tell(self, request: HttpRequest, edition: Edition, restored: Restored) -> None:
        if restored.event is None:
            messages.info(request, _("Nothing to restore: the working copy says the same already."))
        else:
            undo = reverse("admin:articles_article_put_back", args=[restored.event.snapshot.pk])
            messages.success(
                request,
                format_html(
                    '{} <a href="{}">{}</a>',
                    _(
                        "Restored %(phrase)s. Readers see it once you publish it. What was here "
                        "before is kept in the history."
                    )
                    % {"phrase": languages.phrase(edition.language)},
                    undo,
                    _("Put back what was here before"),
                ),
            )
        for note in restored.notes:
            messages.warning(request, note)


@dataclass(frozen=True)
class Choice:
    """What can be compared: an edition, the working copy before an edition was restored into it,
    or the working copy now.

    Attributes:
        value: stands for it in addresses.
    """

    value: str
    label: str
    row: Edition | Snapshot | None = None

    @property
    def restore_url(self) -> str:
        """Where it can be restored; empty of what is there."""
        if self.row is None:
            return ""
        view = "restore" if isinstance(self.row, Edition) else "put_back"
        return reverse(f"admin:articles_article_{view}", args=[self.row.pk])

    def edition(self, article: Article, language: str) -> Edition:
        """Return it as an edition, stored or not; its content is read now."""
        if self.row is None:
            return freeze(read_working_copy(article), language)
        return self.row if isinstance(self.row, Edition) else self.row.as_edition()


def _choices(article: Article, language: str) -> list[Choice]:
    """Return what can be compared in a language, the newest editions first."""
    editions = article.editions.in_language(language).select_related("topic")
    snapshots = article.snapshots.filter(language=language).select_related("event", "article")
    numbered = _("Edition %(number)s (%(moment)s)")
    before = _("Before the restoring of %(moment)s")
    return [
        Choice(NOW, _("The working copy, as it is saved now")),
        *(
            Choice(
                str(edition.number),
                numbered % {"number": edition.number, "moment": _moment(edition.valid_from)},
                edition,
            )
            for edition in editions.defer("content", "plain_text").order_by("-number")
        ),
        *(
            Choice(
                f"before-{snapshot.pk}", before % {"moment": _moment(snapshot.event.at)}, snapshot
            )
            for snapshot in snapshots.defer("content").order_by("-pk")
        ),
    ]


def _moment(moment: datetime) -> str:
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")


def _language_in(request: HttpRequest, article: Article) -> str:
    language = request.GET.get("language", "")
    if language in codes():
        return language
    newest = article.editions.order_by("-valid_from", "-pk").only("language").first()
    return newest.language if newest else codes()[0]


def _unknown() -> str:
    return _(
        "A newer version of the portal has written one of the two. It is kept, and cannot be "
        "compared here."
    )
