"""The publication panel of the article's page: its buttons, and their answers."""

from collections.abc import Collection, Mapping, Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from articles.desk.concerns import AGREED, RIGHT, SHOWN, Concern, concerns
from articles.desk.removals import Removal, removals
from articles.desk.state_badges import badge_of
from articles.desk.typed_notes import TYPED, keep, kept
from articles.models import Article, ArticleSettings, Edition, Hold, LanguageVersion, Severity
from articles.models.language_versions import RepeatedEdition
from articles.models.site_pages import address
from articles.publishing import parity, permission, verbs
from articles.publishing.advice import Advice
from articles.publishing.clearance import Watched, field_name
from articles.publishing.completeness import Missing, obstacles
from articles.publishing.freezing import WorkingCopy, read_working_copy
from articles.publishing.severity import note_name, too_long
from articles.publishing.states import live_edition, scheduled_for, versions_of
from immunoportal import languages
from immunoportal.actors import user_of
from immunoportal.languages import codes, phrase
from immunoportal.text import clean_line

# What the panel's buttons send: this name, and the code of a language or "all".
PUBLISH = "_publish"
# How grave the change is, and what readers see of a page that it leaves behind.
SEVERITY, HOLD = "_severity", "_hold"
# The button that was pressed, in the address of the form that shows what is asked before it.
ASKED = "asked"
# Why a page for everyone may say watched words: this, and a language.
CLEARANCE = "_clearance_"
# What the panel has shown of what vanishes; see ``removals``.
SHOWN_REMOVAL = "_shown_removal"


def panel(
    request: HttpRequest,
    article: Article | None,
    removals: Mapping[str, Sequence[Removal]],
    without_page: Mapping[str, Sequence[tuple[str, str]]],
    typed: Mapping[str, str],
) -> dict:
    """Return what the publication panel shows: state, page and verbs of each language.

    Args:
        article: ``None`` while it has never been saved.
        removals: by language, what publishing would take off the page.
        without_page: by language, the links that are words alone: a sentence and a field's id.
        typed: what the form holds that has not been saved.
    """
    typed = {**kept(request, article), **{name: typed[name] for name in typed if typed[name]}}
    versions = versions_of(article) if article else {}
    was_published = any(version.last_number for version in versions.values())
    is_live = any(live_edition(version) for version in versions.values())
    return {
        "languages": [
            _shown(code, article, versions.get(code), typed)
            | {"removals": removals.get(code, ()), "without_page": without_page.get(code, ())}
            for code in codes()
        ],
        "may_publish": request.user.has_perm(permission.PERMISSION),
        # Of a page that readers have seen, something can change.
        "severities": _severities(typed) if was_published else [],
        "kinds_of_hold": _kinds_of_hold(typed) if was_published else [],
        "concerns": _concerns(request, article, typed),
        "is_live": is_live,
        "holds": list(article.holds.standing()) if article and is_live else [],
    }


def _severities(typed: Mapping[str, str]) -> list[tuple[str, str, str, bool]]:
    """Return how grave a change can be: value, name, what it means, and whether it is chosen."""
    meanings = {
        Severity.TYPO: _("a letter, a comma, a link: nothing that is said has changed"),
        Severity.MINOR: _("clearer or more complete, and nobody need read it again"),
        Severity.SUBSTANTIVE: _(
            "what is said has changed: readers are told, and the other language has to follow"
        ),
        Severity.SAFETY: _(
            "the old text could do harm: the page in the other language is marked at once"
        ),
    }
    chosen = typed.get(SEVERITY)
    return [
        (str(severity.value), str(severity.label), meaning, str(severity.value) == chosen)
        for severity, meaning in meanings.items()
    ]


def _kinds_of_hold(typed: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    chosen = typed.get(HOLD) or ArticleSettings.get().on_safety
    return [(value, str(label), value == chosen) for value, label in Hold.FOR_SAFETY]


def _severity_named(chosen: str) -> Severity | None:
    return next((severity for severity in Severity if str(severity.value) == chosen), None)


def _hold_in(request: HttpRequest, severity: Severity | None) -> str:
    chosen = request.POST.get(HOLD, "")
    if severity != Severity.SAFETY:
        return Hold.Kind.NOTICE
    return chosen if chosen in dict(Hold.FOR_SAFETY) else ArticleSettings.get().on_safety


def _chosen(pressed: str) -> list[str]:
    """Return the languages that a button publishes."""
    return [language for language in codes() if pressed in (language, "all")]


def _concerns(
    request: HttpRequest, article: Article | None, typed: Mapping[str, str]
) -> list[Concern]:
    chosen = _chosen(request.GET.get(ASKED, ""))
    severity = _severity_named(typed.get(SEVERITY, ""))
    if article is None or not chosen:
        return []
    return concerns(article, read_working_copy(article), chosen, severity)


def _shown(
    language: str,
    article: Article | None,
    version: LanguageVersion | None,
    typed: Mapping[str, str],
) -> dict:
    name, clearance = _note_name(language), f"{CLEARANCE}{language}"
    live = version and live_edition(version)
    return {
        "code": language,
        "name": languages.name(language),
        "clearance": typed.get(clearance, ""),
        "note": typed.get(name, ""),
        "page": _page_of(language, article, live) if article and live else "",
        "badge": badge_of(version) if version else "",
        "scheduled": version and scheduled_for(version),
    }


def _page_of(language: str, article: Article, edition: RepeatedEdition) -> str:
    """Return the address of the page that is live in a language."""
    with translation.override(language):
        return address(article.site_page, "detail", edition.slug)


def _note_name(language: str) -> str:
    """Return the name of the panel's field for what readers are told in a language."""
    return f"_{note_name(language)}"


def _note_in(request: HttpRequest, name: str) -> str:
    """Return a note that was posted, as one line."""
    return clean_line(request.POST.get(name, ""))


def _notes_in(request: HttpRequest) -> dict[str, str]:
    """Return what readers are told, by language."""
    return {language: _note_in(request, _note_name(language)) for language in codes()}


def answer_publish(request: HttpRequest, article: Article, copy: WorkingCopy) -> HttpResponse:
    """Publish what has just been saved, in the languages of the pressed button."""
    try:
        # Before anything is compared.
        permission.demand_permission(request.user)
    except PermissionDenied as refusal:
        messages.error(request, _("Saved, but not published. %s") % refusal)
        return _back_with_typed(request, article)
    pressed = request.POST[PUBLISH]
    chosen = _chosen(pressed)
    if not _shows_removals(request, article, chosen, copy):
        return _back_with_typed(request, article)
    severity = _severity_named(request.POST.get(SEVERITY, ""))
    asked = concerns(article, copy, chosen, severity)
    if any(concern.address not in request.POST.getlist(SHOWN) for concern in asked):
        # What keeps it from being published comes before what is only asked.
        lacking = [*obstacles(copy, chosen), *too_long(_notes_in(request))]
        if lacking:
            messages.error(request, _reasons(article, lacking))
            return _back_with_typed(request, article)
        messages.warning(
            request,
            _(
                "Saved, but not published yet: please look at what is asked beside the buttons. "
                "If all is as it should be, publish once more."
            ),
        )
        return _back_with_typed(request, article, asked=pressed)
    right = request.POST.getlist(RIGHT)
    found_right = [
        concern.disparity for concern in asked if concern.disparity and concern.address in right
    ]
    if found_right:
        parity.answer(article, found_right, by=user_of(request))
    agreed = request.POST.getlist(AGREED)
    # The others are about no part that languages can agree in; the empty one would be all of it.
    agreeing = [each.part for each in asked if each.part and each.address in agreed]
    published = _publish(request, article, chosen, copy, severity, agreeing)
    if not published:
        return _back_with_typed(request, article)
    keep(request, article, ())
    return back_to(article)


def _shows_removals(
    request: HttpRequest, article: Article, chosen: Collection[str], copy: WorkingCopy
) -> bool:
    """Tell whether the form has shown what publishing takes off the pages; else have it shown.

    What is live vanishes only after somebody has seen that it will.
    """
    known = request.POST.getlist(SHOWN_REMOVAL)
    of_language = removals(article, copy.blocks)
    new = [
        removal
        for language in chosen
        for removal in of_language.get(language, ())
        if removal.address not in known
    ]
    if new:
        messages.warning(
            request,
            _(
                "Saved, but not published yet: readers would lose something that they see now. It "
                "is named beside the buttons. If it is meant to go, publish once more."
            ),
        )
    return not new


def answer_save(request: HttpRequest, article: Article) -> HttpResponse:
    """Tell the editor that what has just been saved is not published yet."""
    messages.success(request, _("Saved. Readers see it once you publish it."))
    return _back_with_typed(request, article)


def back_to(article: Article) -> HttpResponse:
    """Redirect to the article's page."""
    return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))


def _back_with_typed(request: HttpRequest, article: Article, *, asked: str = "") -> HttpResponse:
    """Redirect to the article's page, with what was typed in the panel and has not been used.

    Args:
        asked: the button, where its concerns are to be shown.
    """
    reasons = [f"{CLEARANCE}{language}" for language in codes()]
    more = {}
    if keep(request, article, [*map(_note_name, codes()), *reasons, SEVERITY, HOLD]):
        more[TYPED] = "1"
    if asked:
        more[ASKED] = asked
    url = back_to(article)["Location"]
    return HttpResponseRedirect(f"{url}?{urlencode(more)}" if more else url)


def _publish(
    request: HttpRequest,
    article: Article,
    chosen: Collection[str],
    copy: WorkingCopy,
    severity: Severity | None,
    agreeing: Collection[str],
) -> bool:
    """Publish, and tell the editor how it went.

    Returns:
        Whether there is a new edition.
    """
    # Those of the other languages too: a safety change is told to the readers of every page.
    notes = _notes_in(request)
    assert request.user.is_authenticated  # the admin lets nobody else in
    try:
        editions = verbs.publish(
            article,
            chosen,
            by=request.user,
            severity=severity,
            notes=notes,
            hold=_hold_in(request, severity),
            agreeing=agreeing,
            clearance={code: _note_in(request, f"{CLEARANCE}{code}") for code in codes()},
            copy=copy,
        )
    except verbs.Incomplete as refusal:
        messages.error(request, _reasons(article, refusal.missing))
        return False
    for edition in editions:
        messages.success(request, _announcement(edition))
    if not editions:
        messages.info(request, _("Nothing to publish: the live page already says the same."))
    return bool(editions)


def _announcement(edition: Edition) -> SafeString:
    return format_html(
        _("Published {language}: edition no. {number} is live. {link}"),
        language=phrase(edition.language),
        number=edition.number,
        link=format_html(
            '<a href="{}" target="_blank">{}</a>', edition.get_absolute_url(), _("See the page")
        ),
    )


def _reasons(article: Article, missing: Collection[Missing]) -> SafeString:
    """Say why it was not published, each reason a link to the field where it can be mended."""
    return format_html(
        "{}<ul>{}</ul>",
        _("Saved, but not published: something that readers need is missing."),
        format_html_join(
            "",
            '<li><a href="#{}">{}</a></li>',
            ((field_id(article, item), item.message) for item in missing),
        ),
    )


def field_id(article: Article, item: Missing | Advice | Watched) -> str:
    """Return the id, on the article's page, of the form field that something is about."""
    if item.field in ("bylines", "citations"):
        return f"{item.field}-group"
    of_panel = {name(language) for name in (note_name, field_name) for language in codes()}
    if item.field == "severity" or item.field in of_panel:
        return item.field
    if item.block is None:
        # A text that no block holds yet: the place where blocks are added.
        return "add-block" if item.field.startswith("text_") else f"id_{item.field}"
    model = type(item.block)
    siblings = list(model.objects.filter(parent=article).values_list("pk", flat=True))
    prefix = f"{model._meta.app_label}_{model._meta.model_name}_set"
    return f"id_{prefix}-{siblings.index(item.block.pk)}-{item.field}"
