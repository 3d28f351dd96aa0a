"""Registrations in the admin: approved or rejected with one click in the list."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Registration, RegistrationEvent, user_of
from accounts.professionals import approval
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import ReadOnlyAdmin, two_lines
from immunoportal.admin.state_badge import state_badge
from immunoportal.text import clean_line

State = Registration.State
COLOURS: dict[str, str] = {
    State.UNCONFIRMED: "never",
    State.WAITING: "changed",
    State.APPROVED: "live",
    State.REJECTED: "withdrawn",
    State.WITHDRAWN: "withdrawn",
}
SHOWN = (
    "person", "email", "profession_shown", "order", "province", "number",
    "others_with_number", "declared_at", "created_at", "state_shown", "decided_at",
    "decided_by", "reason", "earlier_decisions",
)  # fmt: skip
Verb = RegistrationEvent.Verb
DECISIONS = [Verb.APPROVED, Verb.REJECTED, Verb.WITHDRAWN]


class StateFilter(admin.SimpleListFilter):
    """Lists, where nothing is chosen, what is before the editors or was decided by them."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> Iterable[tuple[str, Any]]:
        return State.choices

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("all with a confirmed email address")}
        yield from others

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Registration]
    ) -> QuerySet[Registration]:
        if self.value() in State.values:
            return queryset.filter(state=self.value())
        return queryset.exclude(state=State.UNCONFIRMED)


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    """Shows registrations. Deciding has buttons and a permission of its own."""

    area = Area.ACCOUNTS
    rank = 0
    chapter = "accounts"
    when_empty = gettext_lazy("No health professional has registered yet.")
    list_filter = [StateFilter, "profession", "created_at"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__last_name", "user__first_name", "number", "order"]
    ordering = ["-created_at", "-pk"]
    actions = None
    fields = SHOWN
    readonly_fields = SHOWN
    change_form_template = "admin/accounts/registration/change_form.html"

    def may_decide(self, request: HttpRequest) -> bool:
        return request.user.has_perm(approval.PERMISSION)

    @admin.display(description=gettext_lazy("name"), ordering="user__last_name")
    def person(self, registration: Registration) -> str:
        return str(registration.user)

    @admin.display(description=gettext_lazy("email address"))
    def email(self, registration: Registration) -> str:
        return registration.user.email

    @admin.display(description=gettext_lazy("name"), ordering="user__last_name")
    def named(self, registration: Registration) -> SafeString:
        return two_lines(registration.user, registration.user.email)

    @admin.display(description=gettext_lazy("profession"), ordering="profession")
    def profession_shown(self, registration: Registration) -> str:
        return registration.profession_shown

    @admin.display(description=gettext_lazy("what was declared"), ordering="order")
    def declared(self, registration: Registration) -> SafeString:
        enrolment = f"{registration.order} ({registration.province}), {registration.number}"
        lines = two_lines(registration.profession_shown, enrolment)
        if not registration.is_repeated:
            return lines
        return format_html(
            '{}<br><strong class="repeated">⚠ {}</strong>',
            lines,
            _("somebody else has this number"),
        )

    @admin.display(description=gettext_lazy("others with this number"))
    def others_with_number(self, registration: Registration) -> str:
        """Name those who gave the same number: a slip, or somebody who poses as somebody else."""
        others = Registration.objects.filter(number__iexact=registration.number).exclude(
            pk=registration.pk
        )
        return ", ".join(f"{other} ({other.order})" for other in others) or "–"

    @admin.display(description=gettext_lazy("earlier decisions"))
    def earlier_decisions(self, registration: Registration) -> str:
        """List the decisions of before: a registration that was corrected begins anew."""
        lines = [
            (
                localize(timezone.localtime(event.at)),
                event.by_shown,
                f"{event.verb_shown}: {event.reason}" if event.reason else event.verb_shown,
            )
            for event in registration.events.filter(verb__in=DECISIONS).select_related("by")
        ]
        return format_html_join(mark_safe("<br>"), "{} – {}: {}", lines) or "–"

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, registration: Registration) -> SafeString:
        return state_badge(COLOURS[registration.state], registration.get_state_display())

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def decide(self, registration: Registration) -> SafeString:
        """Show the state, with two buttons where a decision is awaited. They send the list's own
        form, which has the token."""
        shown = self.state_shown(registration)
        if registration.state != State.WAITING:
            return shown
        return format_html(
            '{}<br><span class="decide"><button type="submit" class="button" formmethod="post" '
            'name="seen" value="{}" formaction="{}">{}</button> '
            '<button type="submit" class="button is-quiet" formmethod="post" '
            'name="seen" value="{}" formaction="{}">{}</button></span>',
            shown,
            registration.fingerprint,
            reverse("admin:accounts_registration_decide", args=[registration.pk, "approve"]),
            _("Approve"),
            registration.fingerprint,
            reverse("admin:accounts_registration_decide", args=[registration.pk, "reject"]),
            _("Reject"),
        )

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        state = "decide" if self.may_decide(request) else "state_shown"
        return "named", "declared", state, "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        same_number = Registration.objects.filter(number__iexact=OuterRef("number"))
        return (
            super()
            .get_queryset(request)
            .annotate(is_repeated=Exists(same_number.exclude(pk=OuterRef("pk"))))
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        registration = kwargs["obj"]
        context["title"] = _("Registration of {person}").format(person=registration.user)
        context["subtitle"] = None
        context["may_decide"] = self.may_decide(request) and registration.state != State.UNCONFIRMED
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        registration = self.get_object(request, object_id)
        events = registration.events.select_related("by") if registration else ()
        context = {**(extra_context or {}), "events": events}
        return super().history_view(request, object_id, context)

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:pk>/decide/<str:verb>/",
                self.admin_site.admin_view(self.decide_view),
                name="accounts_registration_decide",
            ),
            *super().get_urls(),
        ]

    def decide_view(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Approve or reject one registration; the buttons lead here."""
        if verb not in ("approve", "reject"):
            raise Http404
        if request.method != "POST":
            raise PermissionDenied
        registration = Registration.objects.select_related("user").filter(pk=pk).first()
        if registration is None:
            raise Http404
        reason = clean_line(request.POST.get("reason", ""))[:500]
        seen = request.POST.get("seen", "")
        try:
            if verb == "approve":
                is_new = approval.approve(registration, by=user_of(request), seen=seen)
            else:
                is_new = approval.reject(
                    registration, by=user_of(request), reason=reason, seen=seen
                )
        except approval.HasChanged:
            messages.warning(
                request,
                _(
                    "Nothing is decided yet: {person} has changed something since you opened the "
                    "page. Please look at it once more."
                ).format(person=registration.user),
            )
            return redirect("admin:accounts_registration_change", registration.pk)
        except approval.NotConfirmed:
            messages.error(
                request, _("Nothing is decided: the email address is not confirmed yet.")
            )
        else:
            self.say(request, registration, verb, is_new)
        return redirect(self.back_url(request, registration))

    def say(
        self, request: HttpRequest, registration: Registration, verb: str, is_new: bool
    ) -> None:
        """Tell the editor what has become of the decision, and how to take it back."""
        if not is_new:
            messages.info(request, _("That had been decided already. No further mail was sent."))
            return
        text = (
            _("{person} is approved, and has been told by mail.")
            if verb == "approve"
            else _("{person} is refused, and has been told by mail.")
        )
        said = format_html(text, person=registration.user)
        if "_from_page" not in request.POST:
            url = reverse("admin:accounts_registration_change", args=[registration.pk])
            said = format_html('{} <a href="{}">{}</a>', said, url, _("Was it a mistake?"))
        messages.success(request, said)

    def back_url(self, request: HttpRequest, registration: Registration) -> str:
        if "_from_page" in request.POST:
            return reverse("admin:accounts_registration_change", args=[registration.pk])
        return reverse("admin:accounts_registration_changelist")
