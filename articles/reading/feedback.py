"""Answers "Was this page helpful?": a form at the end of each public page.

The page is the same for everyone, so its form has no token: see ``open_forms``. The answer is a
page of its own, of which the script shows the part that matters where the question stood.
"""

import logging
from typing import Any

from django import forms
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.models import Edition
from articles.models.feedback import LONGEST_SENTENCE
from articles.publishing import feedback as verbs
from articles.reading import pages
from articles.reading.holds import hold_on
from articles.reading.views import in_language
from immunoportal import limits, unavailable
from immunoportal.fields import LineField
from immunoportal.limits import Limit
from immunoportal.network import network_of
from immunoportal.open_forms import is_from_another_site, refuse_strange_characters
from immunoportal.publication.public_pages import show

logger = logging.getLogger(__name__)

YES, NO = "yes", "no"

# Of one network; many may sit behind one, as in a hospital.
LIMITS = (Limit(12, 60), Limit(100, limits.DAY))
AGAIN_WITHIN = 600  # seconds in which the same answer from one network counts once


class FeedbackForm(forms.Form):
    """What a reader answers: first yes or no, then perhaps a sentence."""

    answer = forms.ChoiceField(choices=[(YES, YES), (NO, NO)])
    edition = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    # Sent with the second form alone, also where nothing is written.
    sentence = LineField(required=False)
    # Hidden from people: a machine that fills in every field gives itself away.
    website = LineField(required=False)

    @property
    def asks_for_sentence(self) -> bool:
        """Tell whether this is the second form, that of an answer which has been counted."""
        return "sentence" in self.data

    def clean_sentence(self) -> str:
        sentence: str = self.cleaned_data["sentence"]
        if not self.asks_for_sentence:
            return ""
        if not sentence:
            raise forms.ValidationError(_("Please write a sentence, or go back to the page."))
        if len(sentence) > LONGEST_SENTENCE:
            raise forms.ValidationError(
                _(
                    "Your sentence has %(length)d characters; there is room for %(most)d. Please "
                    "shorten it."
                )
                % {"length": len(sentence), "most": LONGEST_SENTENCE}
            )
        if verbs.names_an_address(sentence):
            raise forms.ValidationError(
                _(
                    "We take no web addresses and no email addresses here. Please take it out, or "
                    "write to us."
                )
            )
        return sentence


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a reader's answer, and thank for it; lead to the page whoever has none."""
    if request.method != "POST":
        return redirect("articles:detail", slug)
    refuse_strange_characters(request)
    form = FeedbackForm(request.POST)
    try:
        return answer(request, slug, form)
    except Error as error:
        logger.exception("What a reader has answered could not be stored.")
        return unavailable.page(
            request,
            unavailable.reason_for(error),
            template="articles/reading/feedback_unavailable.html",
            needs_token=False,
            typed=("sentence",),
            is_ours=not is_from_another_site(request),
        )


def answer(request: HttpRequest, slug: str, form: FeedbackForm) -> HttpResponse:
    """Store what a form says if it can be taken, and say truthfully whether it was."""
    live, edition = find(slug, get_language(), form)
    if live is None or edition is None:
        return told(request, form, slug, live, "gone", status=404)
    if is_from_another_site(request):
        return told(request, form, slug, live, "elsewhere", status=403)
    if "answer" not in form.cleaned_data:
        return told(request, form, slug, live, "unanswered", status=422)
    if not form.is_valid():
        return told(request, form, slug, live, "refused", status=422)
    if form.cleaned_data["website"]:
        # Whatever has filled in the hidden field is not told that it was recognised by it.
        return told(request, form, slug, live, "thanks")
    is_helpful, sentence = form.cleaned_data["answer"] == YES, form.cleaned_data["sentence"]
    seen = limits.note(
        network_of(request),
        "feedback",
        f"{edition.article_id} {edition.language} {form.cleaned_data['answer']} {sentence}",
        limits=LIMITS,
        again_within=AGAIN_WITHIN,
    )
    if not seen.is_again and not sentence and not seen.is_too_often:
        verbs.count(edition, is_helpful=is_helpful)
    if sentence and not seen.is_again:
        # A click that is not counted harms nobody; whoever has written something hears of it.
        if seen.is_too_often:
            return told(request, form, slug, live, "too_many", status=429)
        try:
            verbs.keep_sentence(edition, is_helpful=is_helpful, text=sentence)
        except verbs.TooMany:
            return told(request, form, slug, live, "too_many", status=429)
    return told(request, form, slug, live, "thanks")


def find(slug: str, language: str, form: FeedbackForm) -> tuple[Edition | None, Edition | None]:
    """Return what is live for everyone at an address, and the edition that a form is about.

    Readers may have had the page open while it was published anew: their answer is about what they
    have read. Each is ``None`` where there is nothing to answer to.
    """
    form.is_valid()
    number = form.cleaned_data.get("edition")
    live = in_language(language, pages.editions_known_as(slug, language))
    if live is None or not live.is_public:
        return None, None
    held = hold_on(live)
    if number is None or (held and held.is_withheld):
        return live, None
    if live.number == number:
        return live, live
    earlier = Edition.objects.lasting().public().in_language(language)
    return live, earlier.filter(article=live.article_id, number=number).for_pages().first()


def told(
    request: HttpRequest,
    form: FeedbackForm,
    slug: str,
    live: Edition | None,
    what: str,
    status: int = 200,
) -> HttpResponse:
    """Return the page that tells what has become of an answer.

    Args:
        live: the page to which it leads back; ``None`` where there is none.
        what: a state of the template.
    """
    is_taken = what == "thanks"
    context: dict[str, Any] = {
        "edition": live,
        "slug": slug,
        "what": what,
        "asks_for": asked_next(form, what),
        "answer": form.cleaned_data.get("answer"),
        "number": form.cleaned_data.get("edition"),
        "is_sentence": form.asks_for_sentence,
        "typed": "" if is_taken else str(form.data.get("sentence", ""))[:10_000],
        "errors": form.errors.get("sentence", []),
        "most": LONGEST_SENTENCE,
        "noindex": True,
        "is_error": not is_taken,
    }
    return show(request, "articles/reading/feedback.html", context, status=status)


def asked_next(form: FeedbackForm, what: str) -> str:
    """Return which form follows: "question", "sentence", or none."""
    if what == "gone" or (what == "thanks" and form.asks_for_sentence):
        return ""
    if what == "thanks" or (form.asks_for_sentence and what != "unanswered"):
        return "sentence"
    return "question"
