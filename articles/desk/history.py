"""The history of an article: its editions, and its events told in the editor's language."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.db.models import F
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.desk.state_badges import badge_of_open
from articles.models import (
    BLOCKS,
    Article,
    Byline,
    Citation,
    Edition,
    Event,
    Hold,
    Severity,
    SourceStatus,
)
from articles.models.editions import Withdrawal
from articles.publishing.permission import PERMISSION
from articles.publishing.severity import severity_of, with_severity
from immunoportal.actors import User
from immunoportal.languages import codes, phrase
from immunoportal.registry import Deed
from immunoportal.text import is_row_number

# What a save has changed, as an event keeps it; see ``changes``.
Fact = dict[str, str]

_KINDS: tuple[type[models.Model], ...] = (*BLOCKS, Byline, Citation)
_ROWS = {str(model._meta.model_name): model for model in _KINDS}


def changes(form: ModelForm, formsets: Iterable[BaseInlineFormSet]) -> list[Fact]:
    """Return what a save of the article's form changes, as facts for the event.

    Returns:
        For a field of the article ``{"field": …, "language": …}``; for a row of it
        ``{"row": <kind>, "how": "added" | "changed" | "moved" | "removed" | "kept" | "put back"}``,
        for a block also its ``key``. One that is kept in a single ``language`` is removed from the
        other pages, until it is put back.
    """
    found = [
        dict(zip(("field", "language"), parted(name), strict=True))
        for name in form.changed_data
        if (field := form.instance._meta._forward_fields_map.get(name)) and field.editable
    ]
    for formset in formsets:
        for row in formset.forms:
            how = _how(row, formset)
            if how:
                fact = {"row": row.instance._meta.model_name, "how": how}
                if hasattr(row.instance, "key"):
                    fact["key"] = str(row.instance.key)
                if how == "changed" and "only_in" in row.changed_data:
                    language = row.instance.only_in
                    kept = {"how": "kept" if language else "put back", "language": language}
                    found.append(fact | kept)
                    if row.changed_data == ["only_in"]:
                        continue
                found.append(fact)
    return found


def _how(row: ModelForm, formset: BaseInlineFormSet) -> str:
    if row in formset.deleted_forms:
        return "removed" if row in formset.initial_forms else ""
    if not row.has_changed():
        return ""
    if row in formset.extra_forms:
        return "added"
    return "moved" if row.changed_data == ["ordering"] else "changed"


def parted(name: str) -> tuple[str, str]:
    """Return a field's name and its language: "title_it" gives "title", "it"."""
    stem, _underscore, language = name.rpartition("_")
    return (stem, language) if language in codes() else (name, "")


def with_language(name: str, language: str) -> str:
    """Return the name of a field with its language, if it has one: "title in Italian"."""
    return f"{name} {phrase(language)}" if language else name


def told(event: Event) -> str:
    """Tell an event in a sentence or two, without its date and its author."""
    match event.verb:
        case Event.Verb.CREATED:
            return _("Created.")
        case Event.Verb.PUBLISHED:
            return _("Published edition no. %(number)s %(language)s.") % _words(event)
        case Event.Verb.WITHDRAWN:
            return _told_withdrawal(event)
        case Event.Verb.RESTORED if event.edition:
            return _("Restored edition no. %(number)s %(language)s.") % _words(event)
        case Event.Verb.RESTORED:
            return _("Put back what was here %(language)s before.") % _words(event)
        case Event.Verb.SETTLED:
            return _told_settlement(event)
        case Event.Verb.FOUND_RIGHT:
            return ngettext(
                "Found %(count)d part right as it is in two languages.",
                "Found %(count)d parts right as they are in two languages.",
                len(event.detail.get("parts", ())),
            ) % {"count": len(event.detail.get("parts", ()))}
        case Event.Verb.SEVERITY_RAISED:
            words = _words(event) | {"severity": Severity(event.detail["severity"]).label}
            return (
                _("Raised the severity of edition no. %(number)s %(language)s: %(severity)s.")
                % words
            )
        case Event.Verb.CLEARED:
            words = _words(event) | {"words": ", ".join(event.detail.get("words", ()))}
            return _("Published for a reason %(language)s: %(words)s.") % words
        case Event.Verb.HELD:
            if event.detail.get("kind") == Hold.Kind.OUTDATED:
                return _("Marked the page %(language)s as outdated.") % _words(event)
            return _("Held the page %(language)s.") % _words(event)
        case Event.Verb.HOLD_ENDED:
            if event.detail.get("kind") == Hold.Kind.OUTDATED:
                return _("The page %(language)s is not outdated any more.") % _words(event)
            return _("The hold of the page %(language)s ended.") % _words(event)
        case Event.Verb.FILE_WITHDRAWN:
            if "image" in event.detail:
                return _("A picture of this article was withdrawn for good.")
            return _("A file of this article was withdrawn for good.")
        case Event.Verb.SOURCE_MARKED | Event.Verb.SOURCE_CLEARED | Event.Verb.SOURCE_ANSWERED:
            return _told_of_source(event)
        case Event.Verb.SAVED:
            return _told_changes(event.detail.get("changed", []))
    return event.verb_shown


def _told_of_source(event: Event) -> str:
    words = {"source": event.detail.get("source", "")}
    if event.verb == Event.Verb.SOURCE_CLEARED:
        return _("A source is not marked any more: “%(source)s”") % words
    if event.verb == Event.Verb.SOURCE_ANSWERED:
        words["language"] = str(phrase(event.language))
        return _("Found the page %(language)s right in spite of a source: “%(source)s”") % words
    if event.detail.get("kind") == SourceStatus.OUTDATED:
        return _("A source was marked as outdated: “%(source)s”") % words
    return _("A source was marked as retracted: “%(source)s”") % words


def recent(user: User, most: int) -> list[Deed]:
    """Return what a user did last to articles; nothing to who may no longer see any."""
    if not user.has_perm("articles.view_article"):
        return []
    events = Event.objects.filter(by=user).select_related("article", "edition")
    return [
        Deed(
            event.at,
            str(event.article),
            told(event),
            reverse("admin:articles_article_change", args=[event.article_id]),
        )
        for event in events.defer("edition__content", "edition__plain_text")[:most]
    ]


def _words(event: Event) -> dict[str, object]:
    return {
        "language": phrase(event.language),
        "number": event.edition.number if event.edition else "–",
    }


def _told_withdrawal(event: Event) -> str:
    sentences = {
        Withdrawal.WRONG: _("Withdrew edition no. %(number)s %(language)s as wrong."),
        Withdrawal.MERGED: _(
            "Withdrew edition no. %(number)s %(language)s: it has become part of another article."
        ),
    }
    plain = _("Withdrew edition no. %(number)s %(language)s.")
    return sentences.get(event.detail.get("withdrawn_as"), plain) % _words(event)


def _told_settlement(event: Event) -> str:
    parts = len(event.detail.get("parts", ()))
    text = ngettext(
        "Said of %(count)d change %(other)s what it means for the page %(language)s.",
        "Said of %(count)d changes %(other)s what they mean for the page %(language)s.",
        parts,
    )
    other = event.edition.language if event.edition else ""
    return text % {
        "count": parts,
        "other": phrase(other) if other else "–",
        "language": phrase(event.language),
    }


def _told_changes(changed: Iterable[Fact]) -> str:
    parts = list(dict.fromkeys(_told_change(fact) for fact in changed))
    if not parts:
        return _("Saved without a change.")
    return _("Changed: %(what)s.") % {"what": "; ".join(parts)}


def _told_change(fact: Fact) -> str:
    if "row" in fact:
        model = _ROWS.get(fact["row"])
        name = str(model._meta.verbose_name) if model else fact["row"]
        sentences = {
            "added": _("%(row)s (added)"),
            "changed": _("%(row)s"),
            "moved": _("%(row)s (moved)"),
            "removed": _("%(row)s (removed)"),
            "kept": _("%(row)s (kept only %(language)s, removed from the other pages)"),
            "put back": _("%(row)s (in every language again)"),
        }
        language = fact.get("language")
        words = {"row": name, "language": phrase(language) if language else ""}
        return sentences[fact["how"]] % words
    fields = {field.name: field for field in Article._meta.fields}
    field = fields.get(fact["field"])
    name = str(field.verbose_name) if field else fact["field"]
    return with_language(name, fact["language"])


class HistoryMixin(admin.ModelAdmin):
    """The history of the article's admin: it shows the events that the verbs have written."""

    object_history_template = "articles/desk/history.html"

    # Django's own log is not kept besides: the stubs expect an entry where none is made.

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[dict[str, Any]]:
        return []

    def log_addition(self, request: HttpRequest, obj: Article, message: Any) -> None:  # type: ignore[override]
        pass

    def log_change(self, request: HttpRequest, obj: Article, message: Any) -> None:  # type: ignore[override]
        pass

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        pk = [object_id] if is_row_number(object_id) else []
        editions = (
            with_severity(Edition.objects.filter(article__pk__in=pk))
            .select_related("published_by", "withdrawn_by")
            .defer("content", "plain_text")
            .order_by("-valid_from", "language")
        )
        of_article = Event.objects.filter(article__pk__in=pk).select_related("by", "edition")
        # What was there before an edition was restored can be looked at and put back.
        events = of_article.annotate(snapshot_number=F("snapshot"))
        page = Paginator(events.defer("edition__content", "edition__plain_text"), 50).get_page(
            request.GET.get("p")
        )
        context = {
            "editions": [
                (edition, badge_of_open(edition), severity_of(edition)) for edition in editions
            ],
            "may_raise": request.user.has_perm(PERMISSION),
            "gravest": Severity.SAFETY,
            "events": page,
            "lines": [(event, told(event)) for event in page],
            "may_restore": self.has_change_permission(request),
            **(extra_context or {}),
        }
        return super().history_view(request, object_id, context)
