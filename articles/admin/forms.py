"""Forms of the article's page: two editors at once, and nothing that is typed gets lost."""

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext as _

from articles.models import Article
from immunoportal.languages import codes


class ArticleForm(forms.ModelForm):
    """The article itself; knows at which save it was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # The version that may be written over, from the tick box that a conflict shows.
    overwrite = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Article
        fields = ["topic"]  # the admin adds those that it shows

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
                cleaned[f"slug_{language}"] = slugify(title)[:150].strip("-") or None
        self._refuse_to_overwrite_unseen(cleaned)
        return cleaned

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
                    "{who} saved this article at {time}, while you were working on it. Nothing "
                    "that you typed is lost: it is in the form below. {link}, or tick the box and "
                    "save again to put your version in the place of the other."
                ),
                who=entry.user if entry else _("Somebody else"),
                time=date_format(timezone.localtime(self.instance.changed_at), "H:i"),
                link=format_html(
                    '<a href="{}" target="_blank">{}</a>',
                    reverse("admin:articles_article_change", args=[self.instance.pk]),
                    _("Look at the other version in a new tab"),
                ),
            ),
            code="conflict",
        )


class KeepingFormSet(BaseInlineFormSet):
    """Rows that somebody else has deleted meanwhile are not lost: they are stored anew."""

    def __init__(self, data=None, *args, **kwargs):
        super().__init__(data.copy() if data is not None else None, *args, **kwargs)

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        form.vanished = self.is_bound and i < self.initial_form_count() and form.instance.pk is None
        if form.vanished:
            # Not the id of a row any more; what belongs to it is typed text like any other.
            self.data[f"{self.add_prefix(i)}-{self.model._meta.pk.name}"] = ""
        return form

    def save_new_objects(self, commit=True):
        saved = super().save_new_objects(commit)
        for form in self.initial_forms:
            if form.vanished and not self._should_delete_form(form):
                saved.append(self.save_new(form, commit=commit))
        return saved
