"""The pages of the accounts: django-allauth's where they do something else here, and our own."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account import views as allauth_views
from allauth.account.internal.flows.email_verification import verify_email_indirectly
from allauth.account.models import EmailConfirmationHMAC
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.generic.edit import FormMixin

from accounts import devices, email_changes, resets, second_factor, throttle
from accounts.adapters import MFAAdapter
from accounts.forms import CorrectionForm, EmailChangeForm, OwnPasswordForm, PersonForm
from accounts.models import EmailChange, Registration, User, user_of
from accounts.personal_data import LastAdministrator, erase
from accounts.professionals import registrations
from immunoportal import audit, registry

# A page of the articles app: one article.
ARTICLE = "articles:detail"


class WholeMixin(FormMixin):
    """Does what a form asks for as a whole or not at all, its mails included."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        with transaction.atomic():
            return super().form_valid(form)


class LoginView(WholeMixin, allauth_views.LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"reserved": self.leads_to_reserved_article()}

    def leads_to_reserved_article(self) -> bool:
        """Tell whether somebody who wanted to read an article was sent here."""
        try:
            return resolve(urlsplit(self.get_next_url() or "").path).view_name == ARTICLE
        except (Resolver404, ValueError):
            return False


class RegisterView(WholeMixin, allauth_views.SignupView):
    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except IntegrityError:
            # The same email address twice at once, as by a double click: the first has done it.
            return redirect("account_email_verification_sent")


class ReauthenticateView(WholeMixin, allauth_views.ReauthenticateView):
    pass


class ChangePasswordView(WholeMixin, allauth_views.PasswordChangeView):
    pass


class ResetRequestView(allauth_views.PasswordResetView):
    """Asks for a link to a new password. Does and says the same for any email address."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        email = form.cleaned_data["email"]
        refused = throttle.refuse_reset(self.request, email)
        if refused:
            return refused
        resets.request_reset(email)
        return HttpResponseRedirect(self.get_success_url())


class NewPasswordView(WholeMixin, allauth_views.PasswordResetFromKeyView):
    """Sets a new password: where the link of the mail leads. allauth takes the token out of the
    address at once."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"action_url": self.request.path}

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        status = 404 if context.get("token_fail") else 200
        return super().render_to_response(context, status=status, **kwargs)

    def logout(self) -> None:
        # Opening the link ends no session: it may lead to a stranger's account.
        if self.request.method == "POST":
            super().logout()

    @transaction.atomic
    def form_valid(self, form: BaseForm) -> HttpResponse:
        # Two who use one link at the same moment take turns, and the second is too late.
        user = User.objects.select_for_update().get(pk=self.reset_user.pk)
        if not resets.is_valid_key(user, self.key):
            return self.render_to_response(self.get_context_data(token_fail=True))
        is_first = not user.has_usable_password()
        response = super().form_valid(form)
        if is_first:
            response = redirect(f"{reverse('account_reset_password_from_key_done')}?first")
        # Whoever has the link has the mailbox.
        verify_email_indirectly(self.request, self.reset_user, self.reset_user.email)
        devices.make_familiar(response, self.reset_user)
        return response


class InvitationView(NewPasswordView):
    """Sets a first password: where the link of an invitation leads."""

    template_name = "accounts/invitation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"days": resets.INVITATION_DAYS}


class ConfirmEmailView(allauth_views.ConfirmEmailView):
    """Confirms the email address of a registration, once the button is pressed."""

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        status = 200 if context["can_confirm"] else 404
        return super().render_to_response(context, status=status, **kwargs)

    def logout_other_user(self, confirmation: EmailConfirmationHMAC) -> None:
        # As with the link to a new password.
        if self.request.method == "POST":
            super().logout_other_user(confirmation)


class RemovePasskeyView(WholeMixin, RemoveWebAuthnView):
    """Removes a passkey unless it must stay; allauth asks that about the app only."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        if second_factor.may_be_removed(self.object):
            return super().form_valid(form)
        form.add_error(None, MFAAdapter.error_messages["cannot_delete_authenticator"])
        return self.form_invalid(form)


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Log out one of the user's other devices."""
    user = user_of(request)
    session = UserSession.objects.filter(user=user, pk=pk).first()
    if session and session.session_key != request.session.session_key:
        session.end()
        messages.success(request, _("That device is logged out."))
    return redirect("usersessions_list")


@login_required
@require_safe
def set_password(request: HttpRequest) -> HttpResponse:
    """Say how to get a password to somebody who logs in with a passkey alone: by mail."""
    return render(request, "accounts/password_set.html")


@require_safe
def confirmed(request: HttpRequest) -> HttpResponse:
    """Say what happens next, once the email address of a registration is confirmed."""
    return render(request, "accounts/confirmed.html")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show what the site knows about its user, and what they can do about it."""
    user = user_of(request)
    form = PersonForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST":
        if form.is_valid():
            form.save()
            messages.success(request, _("Your changes are saved."))
            return redirect("account_profile")
        # What was typed belongs in the form, not in the rest of the page.
        user.refresh_from_db()
    context = {
        "form": form,
        "registration": Registration.objects.filter(user=user).first(),
        "email_change": EmailChange.objects.filter(user=user).first(),
        "second_factors": second_factor.factors_of(user).count(),
        "second_factor_is_missing": second_factor.is_missing(user),
    }
    return TemplateResponse(request, "accounts/profile.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def professional(request: HttpRequest) -> HttpResponse:
    """Take what a health professional declares; it can be corrected until it is approved."""
    user = user_of(request)
    registration = Registration.objects.filter(user=user).first()
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
            registrations.register(user, form.registration_data)
        messages.success(request, _("We have received it. We tell you our decision by mail."))
        return redirect("account_profile")
    context = {"form": form, "registration": registration}
    return TemplateResponse(request, "accounts/professional.html", context)


@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_email(request: HttpRequest) -> HttpResponse:
    """Begin a change of the email address, which the old and the new one have to confirm."""
    user = user_of(request)
    form = EmailChangeForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST":
        if "_give_up" in request.POST:
            EmailChange.objects.filter(user=user).delete()
            messages.success(request, _("Your email address stays as it is."))
            return redirect("account_profile")
        if form.is_valid():
            refused = throttle.refuse_email_change(request, user)
            if refused:
                return refused
            email_changes.ask(user, form.cleaned_data["email"])
            messages.success(
                request,
                _(
                    "We have written to both email addresses. Once both links are followed, it is "
                    "done."
                ),
            )
            return redirect("account_profile")
    return TemplateResponse(request, "accounts/email_change.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email_change(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm one side of a change of the email address, where the two links lead. The button does
    it, since programs follow links as well."""
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
    except email_changes.EmailTaken:
        context["is_taken"] = True
        status = 409
    return render(request, "accounts/email_change_confirm.html", context, status=status)


@login_required
@require_safe
def download_data(request: HttpRequest) -> HttpResponse:
    """Hand over everything that is stored about the user (GDPR, articles 15 and 20), as a file."""
    user = user_of(request)
    data = registry.personal_data_of(user)
    audit.record(audit.Act.EXPORTED, about=user)
    response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
    name = f"immunoncologia-{timezone.localdate()}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: HttpRequest) -> HttpResponse:
    """Delete the user's account, once the password confirms it."""
    user = user_of(request)
    form = OwnPasswordForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
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
    """Say that the account is deleted."""
    return render(request, "accounts/deleted.html")
