"""The page of the article's admin that withdraws what is live in a language, and asks why."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.desk.asking import article_for, ask
from articles.desk.publication import back_to
from articles.desk.shared_choices import SharedAutocomplete
from articles.models import Article, Edition
from articles.models.editions import Withdrawal
from articles.publishing import holds, verbs
from articles.publishing.withdrawal import LONGEST
from immunoportal.actors import user_of
from immunoportal.fields import LineField
from immunoportal.languages import codes, phrase


class Reason(models.TextChoices):
    """Why a page is withdrawn, and with that what its address answers."""

    FOR_NOW = "for now", gettext_lazy("for now")
    WRONG = "wrong", gettext_lazy("it is wrong")
    MERGED = "merged", gettext_lazy("it has become part of another article")
    OUTDATED = "outdated", gettext_lazy("it is outdated")


MEANINGS = {
    Reason.FOR_NOW: gettext_lazy("its address answers “not found”"),
    Reason.WRONG: gettext_lazy(
        "its address answers “gone”, with your sentence, which stays among the corrections"
    ),
    Reason.MERGED: gettext_lazy("its address leads to that article"),
    Reason.OUTDATED: gettext_lazy(
        "it can still be read at its address, with your sentence; no list and no search engine "
        "shows it, until its next edition"
    ),
}
WITHDRAWN_AS = {Reason.WRONG: Withdrawal.WRONG, Reason.MERGED: Withdrawal.MERGED}


class WithdrawForm(forms.Form):
    """Why the page goes, and what its readers have to know."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why?"),
        choices=[
            (reason.value, format_lazy("{}: {}", reason.label, MEANINGS[reason]))
            for reason in Reason
        ],
        initial=Reason.FOR_NOW,
        required=False,
        widget=forms.RadioSelect,
    )
    sentence = LineField(
        label=gettext_lazy("What its readers have to know"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    into: "forms.ModelChoiceField[Article]" = forms.ModelChoiceField(
        label=gettext_lazy("Of which article is it a part now?"),
        queryset=Article.objects.all(),
        required=False,
    )
    note = LineField(
        label=gettext_lazy("Why? (for the history)"),
        required=False,
        max_length=Edition._meta.get_field("withdrawal_note").max_length,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )

    def __init__(self, *args: Any, edition: Edition, site: admin.AdminSite, **kwargs: Any):
        super().__init__(*args, **kwargs)
        sentence, into = self.fields["sentence"], self.fields["into"]
        sentence.widget.attrs["lang"] = edition.language
        sentence.help_text = _("One sentence %(language)s. Needed if it is wrong or outdated.") % {
            "language": phrase(edition.language)
        }
        into.widget = SharedAutocomplete(Edition._meta.get_field("merged_into"), site)
        into.widget.choices = into.choices  # type: ignore[attr-defined]  # of its query set
        into.help_text = _("Its page must be live %(language)s.") % {
            "language": phrase(edition.language)
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reason") == Reason.OUTDATED and cleaned.get("sentence") == "":
            self.add_error("sentence", _("Tell readers in a sentence what is outdated."))
        return cleaned


class WithdrawMixin(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.withdraw_view)
        own = path("<int:pk>/withdraw/<str:language>/", view, name="articles_article_withdraw")
        return [own, *super().get_urls()]

    def withdraw_view(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """Ask whether the page shall go, and why; then withdraw it."""
        article = article_for(request, pk)
        if language not in codes():
            raise Http404
        editions = {
            edition.language: edition
            for edition in article.editions.live().defer("content", "plain_text")
        }
        edition = editions.pop(language, None)
        if edition is None:
            messages.info(request, _("That language is not live, so there is nothing to withdraw."))
            return back_to(article)
        posted = request.POST if request.method == "POST" else None
        form = WithdrawForm(posted, edition=edition, site=self.admin_site, auto_id="%s")
        if form.is_valid() and self._withdraw(request, edition, form):
            return back_to(article)
        about = {
            "edition": edition,
            "others": [code for code in codes() if code in editions],
            "old_addresses": article.old_addresses.filter(language=language).count(),
            "phrase": phrase(language),
        }
        title = _("Withdraw the page %s?") % phrase(language)
        return ask(request, self, "withdraw", article, form, title, **about)

    def _withdraw(self, request: HttpRequest, edition: Edition, form: WithdrawForm) -> bool:
        """Withdraw a page, and tell the editor how it went.

        Returns:
            Whether that is settled; else the form says what it lacks.
        """
        asked, by = form.cleaned_data, user_of(request)
        reason = Reason(asked["reason"] or Reason.FOR_NOW)
        words = {"language": phrase(edition.language)}
        try:
            if reason is Reason.OUTDATED:
                holds.mark_outdated(
                    edition.article,
                    edition.language,
                    asked["sentence"],
                    by=by,
                    note=asked["note"],
                )
                message = _("The page %(language)s is marked as outdated, and in no list any more.")
                messages.success(request, message % words)
                return True
            verbs.withdraw(
                edition.article,
                edition.language,
                by=by,
                note=asked["note"],
                withdrawn_as=WITHDRAWN_AS.get(reason),
                sentence=asked["sentence"],
                into=asked["into"],
            )
        except (verbs.NotLive, holds.NothingToHold):
            messages.info(request, _("Somebody else has withdrawn it meanwhile."))
            return True
        except holds.AlreadyOutdated:
            messages.info(request, _("It is marked as outdated already."))
            return True
        except verbs.Incomplete as refusal:
            for missing in refusal.missing:
                form.add_error(missing.field, missing.message)
            return False
        messages.success(
            request,
            _("Withdrawn %s. Publish again whenever you want.") % phrase(edition.language),
        )
        if reason is Reason.WRONG and edition.article.editions.live().exists():
            messages.warning(
                request,
                format_html(
                    '{} <a href="{}">{}</a>',
                    _("The page in another language is still live, and may say the same."),
                    reverse("admin:articles_article_hold", args=[edition.article_id]),
                    _("Hold for safety"),
                ),
            )
        return True
