"""The form of the article itself: two editors at once, and nothing that is typed gets lost."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from articles.models import Article
from articles.text.slugs import slug_from
from immunoportal.languages import codes, localized


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
                f"title_{codes()[0]}", _("Give the article a title, in at least one language.")
            )
        for language in codes():
            title = cleaned.get(f"title_{language}")
            if (
                title
                and not cleaned.get(f"slug_{language}")
                and f"slug_{language}" not in self.errors
            ):
                cleaned[f"slug_{language}"] = slug_from(title, 150) or None
        self._refuse_taken_slugs(cleaned)
        self._refuse_to_overwrite_unseen(cleaned)
        return cleaned

    def _refuse_taken_slugs(self, cleaned) -> None:
        """Tell at the field itself which article has the slug."""
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

    def validate_constraints(self):
        """Leave out the model's constraints: ``clean`` has asked for the slugs, all at once."""

    def _refuse_to_overwrite_unseen(self, cleaned) -> None:
        """Somebody else has saved since this form was opened: say so, and keep what was typed."""
        current = self.instance.version
        if self.instance.pk is None or cleaned.get("version") == current:
            return
        if cleaned.get("overwrite") == current:
            return
        self.conflict = True
        event = self.instance.events.select_related("by").first()
        raise ValidationError(
            format_html(
                _(
                    "{who} saved this article ({time}) while you were working on it. Nothing "
                    "that you typed is lost: it is in the form below. {link}, or tick the box and "
                    "save again to put your version in the place of the other."
                ),
                who=(event and event.by) or _("Somebody else"),
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
