"""The page of the article's admin on which somebody says that a change was graver than thought."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.desk.asking import ask
from articles.models import Edition, Hold, Severity
from articles.publishing import raising
from articles.publishing.permission import demand_permission
from articles.publishing.severity import LONGEST, note_name, severity_of
from articles.publishing.verbs import Incomplete
from immunoportal.actors import user_of
from immunoportal.fields import LineField
from immunoportal.languages import codes, phrase


class RaiseForm(forms.Form):
    """How grave the change is now, and what readers are told of it."""

    severity = forms.TypedChoiceField(
        label=gettext_lazy("How grave is the change?"), coerce=int, widget=forms.RadioSelect
    )
    hold = forms.ChoiceField(
        label=gettext_lazy("If it is about safety: until the other language has been mended"),
        choices=Hold.FOR_SAFETY,
        initial=Hold.Kind.NOTICE,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, known: Severity, **kwargs: Any):
        super().__init__(*args, **kwargs)
        graver = [choice for choice in Severity.choices if choice[0] > known]
        self.fields["severity"].choices = graver  # type: ignore[attr-defined]  # as the field is
        for language in codes():
            self.fields[note_name(language)] = LineField(
                label=_("What readers %s are told") % phrase(language),
                max_length=LONGEST,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "lang": language}),
            )

    @property
    def notes(self) -> dict[str, str]:
        """By language."""
        return {language: self.cleaned_data[note_name(language)] for language in codes()}


class RaiseMixin(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.raise_view)
        own = path("editions/<int:pk>/raise/", view, name="articles_article_raise")
        return [own, *super().get_urls()]

    def raise_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask how grave the change of an edition is; then have it count at once."""
        editions = Edition.objects.begun().select_related("article")
        edition = editions.filter(pk=pk).defer("content", "plain_text").first()
        known = severity_of(edition) if edition else None
        if edition is None or known is None or known == Severity.SAFETY:
            raise Http404
        demand_permission(request.user)
        form = RaiseForm(request.POST or None, known=known)
        if request.method == "POST" and form.is_valid():
            try:
                raising.raise_severity(
                    edition,
                    Severity(form.cleaned_data["severity"]),
                    by=user_of(request),
                    notes=form.notes,
                    hold=form.cleaned_data["hold"],
                )
            except Incomplete as refusal:
                for missing in refusal.missing:
                    form.add_error(missing.field, missing.message)
            except raising.NotGraver:
                messages.info(request, _("Somebody else has raised it meanwhile."))
                return _history_of(edition)
            else:
                messages.success(request, _("Raised. It counts from now on."))
                return _history_of(edition)
        title = _("Was the change of edition no. %(number)s %(language)s graver?") % {
            "number": edition.number,
            "language": phrase(edition.language),
        }
        about = {"edition": edition, "known": known}
        return ask(request, self, "raise", edition.article, form, title, **about)


def _history_of(edition: Edition) -> HttpResponse:
    return HttpResponseRedirect(
        reverse("admin:articles_article_history", args=[edition.article_id])
    )
