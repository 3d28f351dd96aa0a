"""Forms of the article's page: two editors at once, and nothing that is typed gets lost."""

import re

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.core.exceptions import ValidationError
from django.forms.formsets import DEFAULT_MAX_NUM, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.forms.models import BaseInlineFormSet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from articles.models import Article
from articles.text.slugs import slug_from
from immunoportal.languages import codes


class ArticleForm(forms.ModelForm):
    """The article itself; knows at which save it was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # The version that may be written over, from the tick box that a conflict shows.
    overwrite = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Article
        fields = "__all__"  # noqa: DJ007  the admin chooses among them

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        self.conflict = False

    def clean(self):
        cleaned = super().clean()
        if not any(cleaned.get(f"title_{language}") for language in codes()):
            self.add_error(
                f"title_{codes()[0]}", _("Give the article a title, in either language.")
            )
        for language in codes():
            title = cleaned.get(f"title_{language}")
            if (
                title
                and not cleaned.get(f"slug_{language}")
                and f"slug_{language}" not in self.errors
            ):
                cleaned[f"slug_{language}"] = slug_from(title, 150) or None
            self._refuse_taken_address(cleaned, language)
        self._refuse_to_overwrite_unseen(cleaned)
        return cleaned

    def _refuse_taken_address(self, cleaned, language: str) -> None:
        """Tell at the field itself which article has the address."""
        name = f"slug_{language}"
        slug = cleaned.get(name)
        others = Article.objects.exclude(pk=self.instance.pk)
        other = others.filter(**{name: slug}).first() if slug else None
        if other:
            self.add_error(
                name,
                _("“%(title)s” already has the address “%(slug)s”. Choose another.")
                % {"title": other, "slug": slug},
            )

    def _refuse_to_overwrite_unseen(self, cleaned) -> None:
        """Somebody else has saved since this form was opened: say so, and keep what was typed."""
        current = self.instance.version
        if self.instance.pk is None or cleaned.get("version") == current:
            return
        if cleaned.get("overwrite") == current:
            return
        self.conflict = True
        entry = (
            LogEntry.objects.filter(
                content_type=get_content_type_for_model(Article), object_id=str(self.instance.pk)
            )
            .select_related("user")
            .first()
        )
        raise ValidationError(
            format_html(
                _(
                    "{who} saved this article ({time}) while you were working on it. Nothing "
                    "that you typed is lost: it is in the form below. {link}, or tick the box and "
                    "save again to put your version in the place of the other."
                ),
                who=entry.user if entry else _("Somebody else"),
                time=date_format(
                    timezone.localtime(self.instance.changed_at), "SHORT_DATETIME_FORMAT"
                ),
                link=format_html(
                    '<a href="{}" target="_blank">{}</a>',
                    reverse("admin:articles_article_change", args=[self.instance.pk]),
                    _("Look at the other version in a new tab"),
                ),
            ),
            code="conflict",
        )


class KeepingFormSet(BaseInlineFormSet):
    """Rows that somebody else has deleted meanwhile are not lost: they count as new ones."""

    def __init__(self, data=None, *, instance=None, prefix=None, queryset=None, **kwargs):
        if data is not None:
            known = instance is not None and instance.pk is not None
            rows = queryset.filter(**{self.fk.name: instance}) if known else queryset.none()
            stored = {str(pk) for pk in rows.values_list("pk", flat=True)}
            data = vanished_rows_as_new(data, prefix, stored, {"id", self.fk.name})
        super().__init__(data, instance=instance, prefix=prefix, queryset=queryset, **kwargs)


def vanished_rows_as_new(
    data: QueryDict, prefix: str, stored: set[str], keys: set[str]
) -> QueryDict:
    """The posted rows of a formset, those that are not stored any more put behind the others.

    Args:
        data: as posted.
        prefix: of the formset.
        stored: the ids that the database still has.
        keys: the fields that tie a row to what is gone, and that a new row has empty.
    """
    try:
        initial = int(data.get(f"{prefix}-{INITIAL_FORM_COUNT}", ""))
        total = int(data.get(f"{prefix}-{TOTAL_FORM_COUNT}", ""))
    except ValueError:
        return data  # the formset itself refuses this
    if not 0 <= initial <= total <= DEFAULT_MAX_NUM:
        return data
    kept = [row for row in range(initial) if data.get(f"{prefix}-{row}-id") in stored]
    vanished = [row for row in range(initial) if row not in kept]
    if not vanished:
        return data
    order = [*kept, *vanished, *range(initial, total)]
    places = {old: new for new, old in enumerate(order)}
    field = re.compile(rf"{re.escape(prefix)}-(\d+)-(.+)")
    renumbered = QueryDict(mutable=True)
    for name in data:
        match = field.fullmatch(name)
        if match and int(match[1]) in places:
            row = int(match[1])
            values = [""] if match[2] in keys and row in vanished else data.getlist(name)
            renumbered.setlist(f"{prefix}-{places[row]}-{match[2]}", values)
        else:
            renumbered.setlist(name, data.getlist(name))
    renumbered[f"{prefix}-{INITIAL_FORM_COUNT}"] = str(len(kept))
    return renumbered
