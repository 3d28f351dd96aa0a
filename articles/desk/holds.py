"""The pages of the article's admin that hold what is live, at once and before anything is
corrected, and that end a hold."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.desk.asking import article_for, ask
from articles.desk.publication import back_to
from articles.models import Hold
from articles.publishing import holds
from immunoportal.actors import user_of
from immunoportal.fields import LineField
from immunoportal.languages import codes, phrase


class HoldForm(forms.Form):
    """A sentence for the readers of each page that is to be held."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What readers see"),
        choices=Hold.FOR_SAFETY,
        initial=Hold.Kind.NOTICE,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, live: list[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.live = live
        for language in live:
            self.fields[language] = LineField(
                label=_("What readers %s have to know") % phrase(language),
                max_length=Hold._meta.get_field("sentence").max_length,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3, "lang": language}),
                help_text=_("One sentence. Where it stays empty, the page is not held."),
            )

    @property
    def sentences(self) -> dict[str, str]:
        """By language, of the pages that are to be held."""
        cleaned = self.cleaned_data
        return {language: cleaned[language] for language in self.live if cleaned.get(language)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.sentences:
            raise forms.ValidationError(_("Write a sentence for the readers of at least one page."))
        return cleaned


class EndForm(forms.Form):
    """Why a hold ends."""

    reason = LineField(
        label=gettext_lazy("Why does it end? (for the history)"),
        max_length=Hold._meta.get_field("end_reason").max_length,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )


class HoldMixin(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/hold/", view(self.hold_view), name="articles_article_hold"),
            path(
                "<int:pk>/holds/<int:number>/end/",
                view(self.end_hold_view),
                name="articles_article_end_hold",
            ),
            *super().get_urls(),
        ]

    def hold_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask what readers have to know; then hold the pages, and mail whoever may publish."""
        article = article_for(request, pk)
        live = article.editions.live().values_list("language", flat=True)
        spoken = [language for language in codes() if language in live]
        if not spoken:
            messages.info(request, _("No page of this article is live, so there is none to hold."))
            return back_to(article)
        form = HoldForm(request.POST or None, live=spoken)
        if request.method == "POST" and form.is_valid():
            try:
                holds.hold(
                    article, form.sentences, by=user_of(request), kind=form.cleaned_data["kind"]
                )
            except holds.NothingToHold:
                messages.info(request, _("Somebody else has withdrawn the page meanwhile."))
            except holds.AlreadyHeld:
                messages.info(
                    request, _("It is held already: readers see this sentence. Nothing was sent.")
                )
            else:
                messages.success(
                    request, _("Held. Readers see it now, and whoever may publish gets a mail.")
                )
            return back_to(article)
        title = _("Hold the pages of “%s”?") % article
        return ask(request, self, "hold", article, form, title)

    def end_hold_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Ask why the hold ends; then end it."""
        article = article_for(request, pk)
        hold = article.holds.filter(pk=number).first()
        if hold is None:
            raise Http404
        if hold.cause_id is not None and hold.ended_at is None:
            messages.warning(
                request,
                _(
                    "It ends by itself, once the change in the other language is settled here and "
                    "published."
                ),
            )
            return back_to(article)
        form = EndForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                holds.end(hold, by=user_of(request), reason=form.cleaned_data["reason"])
            except holds.AlreadyEnded:
                messages.info(request, _("It has ended already."))
            else:
                messages.success(request, _("It has ended. Readers see the page as it is."))
            return back_to(article)
        if hold.kind == Hold.Kind.OUTDATED:
            title = _("Is the page %s up to date again?") % phrase(hold.language)
        else:
            title = _("End the hold %s?") % phrase(hold.language)
        return ask(request, self, "end_hold", article, form, title, hold=hold)
