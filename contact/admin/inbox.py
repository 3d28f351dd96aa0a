"""The inbox: what visitors have written, and how it is handled."""

from typing import Any
from urllib.parse import quote

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.html import format_html, linebreaks
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from modeltranslation.admin import TranslationAdmin

from contact import inbox, spam
from contact.models import ContactSettings, Message, Subject
from immunoportal import audit
from immunoportal.admin.areas import Area
from immunoportal.admin.long_lists import period_filter
from immunoportal.admin.mixins import ChoiceMixin, GuardedAdmin, LanguageSwitchMixin, SingletonAdmin
from immunoportal.admin.state_badge import state_badge
from immunoportal.audit.settings_changes import RecordsChanges
from immunoportal.languages import localized
from immunoportal.spreadsheets import csv_response

LONGEST_QUOTATION = 1800  # characters of a URL; mail programs refuse much more

STATE_COLOURS: dict[str, str] = {
    Message.State.NEW: "changed",
    Message.State.IN_PROGRESS: "scheduled",
    Message.State.ANSWERED: "live",
    Message.State.SPAM: "withdrawn",
}


@admin.register(ContactSettings)
class ContactSettingsAdmin(RecordsChanges, SingletonAdmin):
    area = Area.MESSAGES
    fields = ["recipients", "recipients_language", "retention_months", "offer_copy"]


@admin.register(Subject)
class SubjectAdmin(GuardedAdmin, LanguageSwitchMixin, TranslationAdmin):
    area = Area.MESSAGES
    rank = 10
    chapter = "messages"
    list_display = ["__str__", *localized("name")[1:], "ordering"]
    list_editable = ["ordering"]
    search_fields = localized("name")
    fields = ["name", "ordering"]


class InboxFilter(admin.SimpleListFilter):
    """Filters by folder; without a choice, shows all but spam."""

    title = gettext_lazy("folder")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [*Message.State.choices, ("all", _("all, spam included"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [first | {"display": _("inbox")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        if self.value() in Message.State.values:
            return queryset.filter(state=self.value())
        if self.value() == "all" or request.GET.get("q"):
            return queryset
        return queryset.exclude(state=Message.State.SPAM)


@admin.register(Message)
class MessageAdmin(ChoiceMixin, GuardedAdmin):
    area = Area.MESSAGES
    rank = 0
    chapter = "messages"
    when_empty = gettext_lazy(
        "Nobody has written yet. What visitors send from the contact page arrives here."
    )
    list_display = [
        "number", "state_shown", "sender", "subject_name", "assignee", "language", "created_at",
    ]  # fmt: skip
    list_filter = [
        InboxFilter, "assignee", "subject", "language", "created_at", period_filter("created_at"),
    ]  # fmt: skip
    list_select_related = ["assignee"]
    search_fields = ["number", "name", "email", "text", "note"]
    ordering = ["-created_at", "-pk"]
    fieldsets = [
        (
            None,
            {"fields": ["sender", "subject_name", "language", "created_at", "text_shown", "reply"]},
        ),
        (gettext_lazy("Handling"), {"fields": ["state", "assignee", "note"]}),
        (gettext_lazy("Why it is suspicious"), {"fields": ["suspicions_shown"]}),
    ]
    readonly_fields = [
        "sender", "subject_name", "language", "created_at", "text_shown", "reply",
        "suspicions_shown",
    ]  # fmt: skip
    actions = [
        "mark_in_progress", "mark_answered", "mark_spam", "mark_not_spam", "take_over",
        "export_as_csv",
    ]  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: Message | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj is not None and obj.suspicions else fieldsets[:-1]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("sender"), ordering="name")
    def sender(self, message: Message) -> str:
        if message.emptied_at:
            return _("deleted on %(day)s") % {"day": f"{message.emptied_at:%Y-%m-%d}"}
        return format_html("{} &lt;{}&gt;", message.name, message.email)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, message: Message) -> str:
        return state_badge(STATE_COLOURS[message.state], message.get_state_display())

    @admin.display(description=gettext_lazy("message"))
    def text_shown(self, message: Message) -> str:
        return format_html('<div class="message-text" dir="auto">{}</div>', _as_html(message.text))

    @admin.display(description=gettext_lazy("answer"))
    def reply(self, message: Message) -> str:
        """Return a link that opens the editor's mail program with the text quoted."""
        if message.emptied_at:
            return "–"
        return format_html(
            '<a class="button" href="{}">{}</a>', reply_url(message), _("Answer by mail")
        )

    @admin.display(description=gettext_lazy("reasons"))
    def suspicions_shown(self, message: Message) -> str:
        return "; ".join(str(spam.REASONS.get(reason, reason)) for reason in message.suspicions)

    def save_model(self, request: HttpRequest, obj: Message, form: ModelForm, change: bool) -> None:
        before = Message.objects.only("state").get(pk=obj.pk).state
        left_spam = before == Message.State.SPAM and obj.state != Message.State.SPAM
        # Out of the spam folder means delivered after all, and only then handled.
        if left_spam and inbox.not_spam(obj):
            obj.refresh_from_db(fields=["delivered_at"])
            messages.info(request, _("It was not spam: it is now mailed to the recipients."))
        super().save_model(request, obj, form, change)

    # Actions

    def _mark(
        self, request: HttpRequest, queryset: QuerySet[Message], state: Message.State
    ) -> None:
        count = queryset.update(state=state)
        messages.success(
            request,
            ngettext("%(count)d message: %(state)s.", "%(count)d messages: %(state)s.", count)
            % {"count": count, "state": Message.State(state).label},
        )

    @admin.action(description=gettext_lazy("Mark as in progress"), permissions=["change"])
    def mark_in_progress(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        self._mark(request, queryset.exclude(state=Message.State.SPAM), Message.State.IN_PROGRESS)

    @admin.action(description=gettext_lazy("Mark as answered"), permissions=["change"])
    def mark_answered(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        self._mark(request, queryset.exclude(state=Message.State.SPAM), Message.State.ANSWERED)

    @admin.action(description=gettext_lazy("Move to spam"), permissions=["change"])
    def mark_spam(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        self._mark(request, queryset, Message.State.SPAM)

    @admin.action(description=gettext_lazy("Not spam: deliver it"), permissions=["change"])
    def mark_not_spam(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        found = list(queryset.filter(state=Message.State.SPAM, emptied_at=None))
        delivered = sum(
            inbox.not_spam(message) for message in queryset.select_related("assignee").iterator()
        )
        messages.success(
            request,
            ngettext(
                "%(count)d message is in the inbox; mailed now: %(delivered)d.",
                "%(count)d messages are in the inbox; mailed now: %(delivered)d.",
                len(found),
            )
            % {"count": len(found), "delivered": delivered},
        )

    @admin.action(description=gettext_lazy("Take over"), permissions=["change"])
    def take_over(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        count = queryset.update(assignee=request.user)
        messages.success(
            request,
            ngettext("%(count)d message is yours.", "%(count)d messages are yours.", count)
            % {"count": count},
        )

    @admin.action(description=gettext_lazy("Export as CSV"), permissions=["view"])
    def export_as_csv(self, request: HttpRequest, queryset: QuerySet[Message]) -> HttpResponse:
        """Return a table for a spreadsheet."""
        audit.record(audit.Act.EXPORTED, about=Message, rows=queryset.count())
        names = ["number", "received", "language", "state", "subject", "name", "email"]
        return csv_response(
            "messages",
            [*names, "text", "assignee", "note"],
            (
                (
                    message.number,
                    timezone.localtime(message.created_at).isoformat(timespec="seconds"),
                    message.language,
                    message.state,
                    message.subject_name,
                    message.name,
                    message.email,
                    message.text,
                    str(message.assignee or ""),
                    message.note,
                )
                for message in queryset.select_related("assignee").iterator()
            ),
        )


def _as_html(text: str) -> str:
    return mark_safe(linebreaks(text, autoescape=True))  # noqa: S308  linebreaks escapes


def reply_url(message: Message) -> str:
    """Return a ``mailto:`` URL (RFC 6068) for the answer, in the language of the sender."""
    with translation.override(message.language):
        subject = _("Your message %(number)s to ImmunOncologia.org") % {"number": message.number}
        opening = _("You wrote on %(day)s:") % {
            "day": timezone.localtime(message.created_at).strftime("%d/%m/%Y")
        }
    url = f"mailto:{quote(message.email, safe='@')}?subject={quote(subject)}&body="
    lines = ["", "", opening, *(f"> {line}" for line in message.text.splitlines())]
    body = quote("\r\n".join(lines))
    if len(body) > LONGEST_QUOTATION:
        # Never in the middle of a character.
        body = body[:LONGEST_QUOTATION].rpartition("%20")[0] + quote(" […]")
    return url + body
