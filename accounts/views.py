"""The pages of the accounts. Log-in, verification, throttle and second factor are those of
django-allauth; what is here besides is what it does not have, or does in another way."""

from urllib.parse import urlsplit

from allauth.account import views as allauth_views
from allauth.account.internal.flows.email_verification import verify_email_indirectly
from allauth.core import ratelimit
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import devices, email_changes, resets, second_factor
from accounts.adapters import MFAAdapter
from accounts.emails import canonical
from accounts.forms import CorrectionForm, EmailChangeForm, OwnPasswordForm, PersonForm
from accounts.models import EmailChange, Registration, User
from accounts.personal_data import LastAdministrator, erase
from accounts.professionals import registrations
from immunoportal import audit, registry
from immunoportal.network import household

# Of the articles app: the page of one article.
ARTICLE = "articles:detail"


class WholeMixin:
    """What a form does, it does as a whole, its mails included."""

    def form_valid(self, form) -> HttpResponse:
        with transaction.atomic():
            return super().form_valid(form)


class LoginView(WholeMixin, allauth_views.LoginView):
    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"reserved": self.leads_to_reserved_article()}

    def leads_to_reserved_article(self) -> bool:
        """Whether somebody who wanted to read an article has been sent here."""
        try:
            return resolve(urlsplit(self.get_next_url() or "").path).view_name == ARTICLE
        except (Resolver404, ValueError):
            return False


class RegisterView(WholeMixin, allauth_views.SignupView):
    def form_valid(self, form) -> HttpResponse:
        try:
            return super().form_valid(form)
        except IntegrityError:
            # The same address at the same moment, as by a double click: the first has done it.
            return redirect("account_email_verification_sent")


class ReauthenticateView(WholeMixin, allauth_views.ReauthenticateView):
    pass


class ChangePasswordView(WholeMixin, allauth_views.PasswordChangeView):
    pass


class ResetRequestView(WholeMixin, allauth_views.PasswordResetView):
    """Asks for a link to a new password. What it does and says is the same for any address."""

    def form_valid(self, form) -> HttpResponse:
        address = form.cleaned_data["email"]
        network = household(allauth_views.get_adapter().get_client_ip(self.request))
        # By address and network: nobody can use up what somebody else may ask for.
        key = f"{canonical(address)} {network}"
        refused = ratelimit.consume_or_429(self.request, action="reset_password", key=key)
        if refused:
            return refused
        resets.request_reset(address)
        return redirect(self.get_success_url())


class NewPasswordView(WholeMixin, allauth_views.PasswordResetFromKeyView):
    """Where the link of the mail leads. allauth takes the token out of the address at once."""

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"action_url": self.request.path}

    def render_to_response(self, context, **kwargs) -> HttpResponse:
        status = 404 if context.get("token_fail") else 200
        return super().render_to_response(context, status=status, **kwargs)

    def logout(self) -> None:
        # Not when somebody only follows a link: it may be a link to a stranger's account.
        if self.request.method == "POST":
            super().logout()

    @transaction.atomic
    def form_valid(self, form) -> HttpResponse:
        # Two who come with one link at the same moment take turns, and the second is too late.
        user = User.objects.select_for_update().get(pk=self.reset_user.pk)
        if not resets.is_valid_key(user, self.key):
            return self.render_to_response(self.get_context_data(token_fail=True))
        is_first = not user.has_usable_password()
        response = super().form_valid(form)
        if is_first:
            response = redirect(f"{reverse('account_reset_password_from_key_done')}?first")
        # Who has the link has the mailbox.
        verify_email_indirectly(self.request, self.reset_user, self.reset_user.email)
        devices.make_familiar(response, self.reset_user)
        return response


class InvitationView(NewPasswordView):
    """Where the link of an invitation leads: to the choice of a first password."""

    template_name = "accounts/invitation.html"

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"days": resets.INVITATION_DAYS}


class ConfirmAddressView(allauth_views.ConfirmEmailView):
    """Where the link of a registration leads. The button confirms."""

    def render_to_response(self, context, **kwargs) -> HttpResponse:
        status = 200 if context["can_confirm"] else 404
        return super().render_to_response(context, status=status, **kwargs)

    def logout_other_user(self, confirmation) -> None:
        # As above.
        if self.request.method == "POST":
            super().logout_other_user(confirmation)


class RemovePasskeyView(WholeMixin, RemoveWebAuthnView):
    """allauth asks whether a factor may go for the app only."""

    def form_valid(self, form) -> HttpResponse:
        if second_factor.may_be_removed(self.object):
            return super().form_valid(form)
        form.add_error(None, MFAAdapter.error_messages["cannot_delete_authenticator"])
        return self.form_invalid(form)


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Log one of the user's devices out; this one has its own log-out."""
    session = UserSession.objects.filter(user=request.user, pk=pk).first()
    if session and session.session_key != request.session.session_key:
        session.end()
        messages.success(request, _("That device is logged out."))
    return redirect("usersessions_list")


@login_required
@require_safe
def set_password(request: HttpRequest) -> HttpResponse:
    """For who has logged in with a passkey and never had a password: it comes by mail."""
    return render(request, "accounts/password_set.html")


@require_safe
def confirmed(request: HttpRequest) -> HttpResponse:
    """After the address of a registration is confirmed: what happens next."""
    return render(request, "accounts/confirmed.html")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """What the site knows about its user, and what can be done about it."""
    form = PersonForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST":
        if form.is_valid():
            form.save()
            messages.success(request, _("Your changes are saved."))
            return redirect("account_profile")
        # What was typed stands in the form, not in the rest of the page.
        request.user.refresh_from_db()
    context = {
        "form": form,
        "registration": Registration.objects.filter(user=request.user).first(),
        "email_change": EmailChange.objects.filter(user=request.user).first(),
        "second_factors": second_factor.factors_of(request.user).count(),
        "second_factor_is_missing": second_factor.is_missing(request.user),
    }
    return TemplateResponse(request, "accounts/profile.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def professional(request: HttpRequest) -> HttpResponse:
    """What a health professional has declared; it can be corrected until it is approved."""
    registration = Registration.objects.filter(user=request.user).first()
    if registration and registration.state == Registration.State.APPROVED:
        messages.info(
            request,
            _("Your registration is approved. If something in it has changed, write to us."),
        )
        return redirect("account_profile")
    form = CorrectionForm(
        request.POST if request.method == "POST" else None, registration=registration
    )
    if request.method == "POST" and form.is_valid():
        if registration:
            registrations.correct(registration, form.registration_data)
        else:
            registrations.register(request.user, form.registration_data)
        messages.success(request, _("We have received it. We tell you our decision by mail."))
        return redirect("account_profile")
    context = {"form": form, "registration": registration}
    return TemplateResponse(request, "accounts/professional.html", context)


@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_email(request: HttpRequest) -> HttpResponse:
    """Ask for another address; both have to confirm it."""
    form = EmailChangeForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST":
        if "_give_up" in request.POST:
            EmailChange.objects.filter(user=request.user).delete()
            messages.success(request, _("Your address stays as it is."))
            return redirect("account_profile")
        if form.is_valid():
            refused = ratelimit.consume_or_429(request, action="email_change", user=request.user)
            if refused:
                return refused
            email_changes.ask(request.user, form.cleaned_data["email"])
            messages.success(
                request,
                _("We have written to both addresses. Once both links are followed, it is done."),
            )
            return redirect("account_profile")
    return TemplateResponse(request, "accounts/email_change.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email_change(request: HttpRequest, token: str) -> HttpResponse:
    """Where the two links lead. The button confirms, for programs follow links as well."""
    context: dict = {}
    status = 200
    try:
        if request.method == "POST":
            context["made"] = email_changes.confirm(token)
        else:
            change, side = email_changes.read(token)
            # A link that has done its part shows what is left to do.
            done = getattr(change, f"{side}_confirmed_at")
            context["made" if done else "change"] = change
    except email_changes.LinkIsDead:
        status = 404
    except email_changes.AddressTaken:
        context["is_taken"] = True
        status = 409
    return render(request, "accounts/email_change_confirm.html", context, status=status)


@login_required
@require_safe
def download_data(request: HttpRequest) -> HttpResponse:
    """Everything that is stored about the user (GDPR, articles 15 and 20), as a file."""
    data = registry.personal_data_of(request.user)
    audit.record(audit.Act.EXPORTED, about=request.user)
    response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
    name = f"immunoncologia-{timezone.localdate()}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: HttpRequest) -> HttpResponse:
    """Delete the user's account, after the password."""
    form = OwnPasswordForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        user = request.user
        try:
            erase(user)
        except LastAdministrator:
            form.add_error(
                None,
                _(
                    "You are the only administrator: without you nobody could look after the "
                    "site. Make somebody else an administrator first."
                ),
            )
        else:
            logout(request)
            return redirect("account_deleted")
    return TemplateResponse(request, "accounts/delete.html", {"form": form})


@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    """After the account is deleted."""
    return render(request, "accounts/deleted.html")
