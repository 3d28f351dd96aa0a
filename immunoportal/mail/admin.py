"""The ledger in the admin: what became of each mail, and what an editor can do about it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from immunoportal import claims, mail, registry
from immunoportal.actors import user_of
from immunoportal.admin.mixins import Context, ReadOnlyAdmin
from immunoportal.admin.state_badge import state_badge
from immunoportal.mail.delivery import resend
from immunoportal.mail.ledger import Mail, MailQuerySet
from immunoportal.mail.report import TO_DEAL_WITH

STATE_COLOURS: dict[str, str] = {
    Mail.State.SENT: "live",
    Mail.State.RETRYING: "changed",
    Mail.State.FAILED: "withdrawn",
}


class TestMailForm(forms.Form):
    recipient = forms.EmailField(
        label=_("Send to"),
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "vTextField"}),
    )


def kind_label(kind: str) -> str:
    """Return the kind of a mail in words; ``immunoportal.admin.wording`` has them."""
    return gettext(kind.replace("_", " "))


class StateFilter(admin.SimpleListFilter):
    """Filters by state, and by what somebody has to look at."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(TO_DEAL_WITH, _("to be dealt with")), *Mail.State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Mail]) -> QuerySet[Mail]:
        if self.value() == TO_DEAL_WITH:
            return queryset & Mail.objects.to_deal_with()
        is_state = self.value() in Mail.State.values
        return queryset.filter(state=self.value()) if is_state else queryset


class KindFilter(admin.SimpleListFilter):
    """Filters by kind, naming each kind in words."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(kind, kind_label(kind) if kind else "–") for kind in Mail.objects.kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Mail]) -> QuerySet[Mail]:
        return queryset if self.value() is None else queryset.filter(kind=self.value())


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """The ledger: every mail that the site sends, where it stands, and why."""

    when_empty = _("The site has sent no mail yet.")
    list_display = ["subject", "recipient", "state_shown", "attempts", "error", "created_at"]
    list_filter = [StateFilter, KindFilter, "created_at"]
    search_fields = ["recipient", "subject"]
    ordering = ["-created_at", "-pk"]
    actions = ["send_again", "dismiss"]
    fields = [
        "state_shown", "recipient", "subject", "kind_shown", "text", "attempts", "error",
        "created_at", "next_attempt_at", "sent_at",
    ]  # fmt: skip
    readonly_fields = ["state_shown", "kind_shown", "text"]

    def get_fields(self, request: HttpRequest, obj: Mail | None = None) -> Any:
        fields = super().get_fields(request, obj)
        secret = obj is not None and obj.kind in registry.confidential_mails()
        if secret and not request.user.is_superuser:
            return [name for name in fields if name != "text"]
        return fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        queryset = super().get_queryset(request)
        # A list needs no texts.
        view = request.resolver_match.view_name if request.resolver_match else ""
        return queryset.defer("content") if view.endswith("changelist") else queryset

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, row: Mail) -> str:
        colour = STATE_COLOURS.get(row.state, "never")
        label = row.get_state_display()
        if row.state == Mail.State.RETRYING:
            moment = timezone.localtime(row.next_attempt_at)
            label = gettext("will be tried again at %(time)s") % {"time": f"{moment:%H:%M:%S}"}
        elif row.state == Mail.State.FAILED and row.dismissed_at:
            label = gettext("given up, dealt with")
        return state_badge(colour, label)

    @admin.display(description=_("kind"))
    def kind_shown(self, row: Mail) -> str:
        return kind_label(row.kind)

    @admin.display(description=_("text"))
    def text(self, row: Mail) -> str:
        text = row.as_text() or gettext("The text has been deleted.")
        return format_html('<pre class="mail-text">{}</pre>', text)

    @admin.action(description=_("Send again"), permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: MailQuerySet) -> None:
        count = resend(queryset)
        kept = queryset.count() - count
        messages.success(
            request,
            ngettext("%(count)d mail is queued again.", "%(count)d mails are queued again.", count)
            % {"count": count},
        )
        if kept:
            messages.warning(
                request,
                ngettext(
                    "%(count)d mail cannot be sent again: "
                    "it has no text any more, or is under way.",
                    "%(count)d mails cannot be sent again: "
                    "they have no text any more, or are under way.",
                    kept,
                )
                % {"count": kept},
            )

    @admin.action(description=_("Mark as dealt with"), permissions=["resend"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Mail]) -> None:
        count = queryset.filter(state=Mail.State.FAILED).update(dismissed_at=timezone.now())
        messages.success(
            request,
            ngettext(
                "%(count)d mail no longer raises an alert.",
                "%(count)d mails no longer raise an alert.",
                count,
            )
            % {"count": count},
        )

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("immunoportal.change_mail")

    def get_urls(self) -> list[Any]:
        return [
            path(
                "test/",
                self.admin_site.admin_view(self.test_view),
                name="immunoportal_mail_test",
            ),
            path(
                "<int:pk>/resend/",
                self.admin_site.admin_view(self.resend_view),
                name="immunoportal_mail_resend",
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Context = None) -> HttpResponse:
        context = {
            "may_resend": self.has_resend_permission(request),
            "without_server": not settings.MAIL_SERVER,
            "without_worker": not claims.is_anybody_working(),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def test_view(self, request: HttpRequest) -> HttpResponse:
        """Send a mail that says that mail works."""
        if not self.has_resend_permission(request):
            raise PermissionDenied
        form = TestMailForm(request.POST or None, initial={"recipient": user_of(request).email})
        if request.method == "POST" and form.is_valid():
            mail.send(
                "immunoportal/mail/test",
                {},
                to=[form.cleaned_data["recipient"]],
                language=get_language(),
            )
            messages.success(
                request,
                gettext("The test mail is queued. Its line below tells what becomes of it."),
            )
            return redirect("admin:immunoportal_mail_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "form": form,
            "title": gettext("Send a test mail"),
            "server": settings.MAIL_SERVER,
        }
        return TemplateResponse(request, "admin/immunoportal/mail/test.html", context)

    def resend_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Queue one mail again; the button of its page."""
        if request.method != "POST" or not self.has_resend_permission(request):
            raise PermissionDenied
        self.send_again(request, Mail.objects.filter(pk=pk))
        return redirect("admin:immunoportal_mail_changelist")
