"""The form of the article itself: two editors may work at once, and nothing typed is lost."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.desk.conflict import UNSETTLED
from articles.desk.kept_rows import KeepingFormSet
from articles.desk.named_form import NamedForm
from articles.models import BLOCKS, Article, Audience, Byline, Citation
from articles.publishing.freezing import WorkingCopy, in_order, read_working_copy
from articles.publishing.redirects import owners_of, slug_belongs_to
from articles.publishing.states import versions_of
from immunoportal.languages import codes, localized
from immunoportal.publication import clock


class ArticleForm(NamedForm):
    """The article's own fields, and the number of the save that they were read after."""

    name_field = "title"
    name_missing = gettext_lazy("Give the article a title, in at least one language.")

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # What the form was filled with; see conflict.py.
    base = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Article
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        new = self._new_slugs(cleaned)
        if new and connection.in_atomic_block:
            # Two who choose the same slug take turns, so that the second one is told.
            clock.take_turn()
        self._refuse_taken_slugs(cleaned)
        self._refuse_slugs_of_others(new)
        self._refuse_what_is_unsettled(cleaned)
        if cleaned.get("site_page"):
            self.instance.topic, self.instance.audience = None, Audience.PUBLIC
        return cleaned

    def clean_site_page(self) -> str:
        """Keep what was published what it is, and have each page of the site once."""
        is_sent = self.add_prefix("site_page") in self.data
        before, chosen = self.instance.site_page, self.cleaned_data["site_page"] or ""
        if not is_sent or chosen == before:
            return before
        versions = versions_of(self.instance).values() if self.instance.pk else ()
        if any(version.last_number for version in versions):
            raise ValidationError(
                _(
                    "This was published, and its address says what it is: an article stays one, "
                    "and so does each page of the site. Everything else that you have typed is "
                    "still here. For another page, write a new article."
                )
            )
        other = chosen and Article.objects.filter(site_page=chosen).first()
        if other:
            raise ValidationError(
                _("“%(title)s” is that page of the site already, and there is one of each.")
                % {"title": other}
            )
        return chosen

    def _refuse_taken_slugs(self, cleaned: dict[str, Any]) -> None:
        """Name the article that has a slug already, at the field itself."""
        wanted = {name: cleaned[name] for name in localized("slug") if cleaned.get(name)}
        if not wanted:
            return
        taken = Q.create([Q(**{name: slug}) for name, slug in wanted.items()], connector=Q.OR)
        for other in Article.objects.filter(taken).exclude(pk=self.instance.pk):
            for name, slug in wanted.items():
                if getattr(other, name) == slug:
                    self.add_error(
                        name,
                        _("“%(title)s” already has the slug “%(slug)s”. Choose another.")
                        % {"title": other, "slug": slug},
                    )

    def _new_slugs(self, cleaned: dict[str, Any]) -> list[tuple[str, str]]:
        """Return the languages and slugs that the article has not had until now."""
        slugs = [(code, cleaned.get(f"slug_{code}")) for code in codes()]
        return [
            (code, slug)
            for code, slug in slugs
            if slug and slug != self.initial.get(f"slug_{code}")
        ]

    def _refuse_slugs_of_others(self, new: Collection[tuple[str, str]]) -> None:
        """Name the article to which a slug belongs, at the field itself."""
        for (code, slug), owner in owners_of(new).items():
            name = f"slug_{code}"
            if owner.article_id != self.instance.pk and name not in self.errors:
                self.add_error(name, slug_belongs_to(owner.article, slug))

    def _refuse_what_is_unsettled(self, cleaned: dict[str, Any]) -> None:
        """Refuse to write over what somebody else has saved since this form was opened.

        Raises:
            ValidationError: the form is shown again, with all that was typed.
        """
        if self.instance.pk is None:
            return
        if cleaned.get("version") == self.instance.version and not self.data.get(UNSETTLED):
            return
        raise ValidationError(
            _(
                "%(who)s saved this article (%(time)s) while you were working on it. Nothing is "
                "lost: what only one of you has changed stands together in the form below. Both "
                "of you have changed what is shown here: choose what stays, and save again."
            )
            % who_and_when(self.instance),
            code="conflict",
        )


def who_and_when(article: Article) -> dict[str, Any]:
    """Return who saved an article last, and when, as words for a sentence."""
    event = article.events.select_related("by").first()
    return {
        "who": (event and event.by) or _("Somebody else"),
        "time": date_format(timezone.localtime(article.changed_at), "SHORT_DATETIME_FORMAT"),
    }


def working_copy_of(
    article: Article,
    formsets: Iterable[KeepingFormSet],
    rows_of: Callable[[KeepingFormSet], list[models.Model]] = KeepingFormSet.rows_left,
) -> WorkingCopy:
    """Return the working copy as the form leaves it, whether its rows are stored or not.

    What the user may not see is no part of the form, and of the article nevertheless.
    """
    rows: dict[type, list] = defaultdict(list)
    unseen: set[type[models.Model]] = {*BLOCKS, Byline, Citation}
    for formset in formsets:
        rows[formset.model] += rows_of(formset)
        if formset.sees_all:
            unseen.discard(formset.model)
    if unseen and article.pk is not None:
        stored = read_working_copy(article)
        for row in (*stored.blocks, *stored.bylines, *stored.citations):
            if type(row) in unseen and row not in rows[type(row)]:
                rows[type(row)].append(row)
    return WorkingCopy(
        article,
        in_order(block for model in BLOCKS for block in rows[model]),
        _by_ordering(rows[Byline]),
        _by_ordering(rows[Citation]),
    )


def _by_ordering(rows: list) -> list:
    return sorted(rows, key=lambda row: (row.ordering, row.pk is None, row.pk or 0))
