"""Users in the admin: who may do what, and help when somebody cannot get in."""

from collections.abc import Iterable

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    ReadOnlyPasswordHashField,
    UserChangeForm,
)
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import email_changes, personal_data, resets, roles, second_factor, security_mails
from accounts.admin.roles import permission_label
from accounts.forms import AddressField, PasswordField, password_help
from accounts.models import EmailChange, Registration, User
from accounts.professionals.reserved import READ_RESERVED
from immunoportal import audit
from immunoportal.admin.mixins import GuardedAdmin, two_lines

# The ticks that say what somebody may do.
RIGHTS = ("is_active", "is_staff", "is_superuser")


def _permissions(user: User) -> set[str]:
    """What somebody may do, or could do if they were active."""
    own = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    return _names(own.select_related("content_type"))


def _permissions_of(group: Group) -> set[str]:
    return _names(group.permissions.all())


def _names(permissions: Iterable[Permission]) -> set[str]:
    names = {
        f"{permission.content_type.app_label}.{permission.codename}" for permission in permissions
    }
    # What an approved registration gives too is nobody's power.
    return names - {READ_RESERVED}


class AddressMixin:
    """An address that nobody else has; it is written in the one way."""

    def clean_email(self):
        email = self.cleaned_data["email"]
        if email_changes.is_taken(email, self.instance):
            raise forms.ValidationError(
                User._meta.get_field("email").error_messages["unique"], code="unique"
            )
        return email


class UserForm(AddressMixin, UserChangeForm):
    email = AddressField()
    password = ReadOnlyPasswordHashField(label=_("Password"))

    class Meta:
        model = User
        fields = "__all__"

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("groups") and not cleaned.get(roles.TICK):
            self.add_error(
                roles.TICK,
                _("A role counts only with this tick: set it, or take the role off."),
            )
        stays = cleaned.get("is_superuser", True) and cleaned.get("is_active", True)
        if not stays and personal_data.is_last_administrator(self.instance):
            raise forms.ValidationError(
                _("This is the last active superuser: make somebody else one first.")
            )
        return cleaned


class TemporaryPasswordForm(AdminPasswordChangeForm):
    """A password that two people know until its owner chooses another."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Whoever has a password keeps one: an account is closed with "active".
        self.fields.pop("usable_password", None)
        self.fields["password1"] = PasswordField(
            autocomplete="off", label=_("New password"), help_text=password_help
        )
        self.fields["password2"] = PasswordField(autocomplete="off", label=_("Once more"))


class NewUserForm(AddressMixin, forms.ModelForm):
    email = AddressField()

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "preferred_language"]


class RoleFilter(admin.SimpleListFilter):
    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, request, model_admin):
        return [(name, _(name)) for name in Group.objects.values_list("name", flat=True)]

    def queryset(self, request, queryset):
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


class HasSecondFactorFilter(admin.SimpleListFilter):
    title = gettext_lazy("second factor")
    parameter_name = "second_factor"

    def lookups(self, request, model_admin):
        return [("yes", _("set up")), ("no", _("not set up"))]

    def queryset(self, request, queryset):
        if self.value() in ("yes", "no"):
            return queryset.filter(has_second_factor=self.value() == "yes")
        return queryset


@admin.register(User)
class UserAdmin(GuardedAdmin, DjangoUserAdmin):
    form = UserForm
    add_form = NewUserForm
    change_password_form = TemporaryPasswordForm
    change_user_password_template = "admin/accounts/user/password.html"  # noqa: S105  a file
    add_form_template = "admin/change_form.html"
    list_display = [
        "named", "roles", "professional", "second_factor_set_up", "is_active",
    ]  # fmt: skip
    list_filter = [
        RoleFilter, "is_staff", "is_superuser", "is_active", "registration__state",
        HasSecondFactorFilter,
    ]  # fmt: skip
    list_select_related = ["registration"]
    search_fields = ["email", "first_name", "last_name"]
    ordering = ["last_name", "first_name", "email"]
    readonly_fields = ["last_login", "date_joined", "second_factor_set_up", "professional"]
    actions = ["send_invitation", "remove_second_factor", "end_sessions"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        (
            gettext_lazy("Person"),
            {"fields": ["first_name", "last_name", "preferred_language", "professional"]},
        ),
        (
            gettext_lazy("Permissions"),
            {
                "fields": ["is_active", "is_staff", "groups", "is_superuser"],
                "description": gettext_lazy(
                    "A role says what somebody may do in the administration."
                ),
            },
        ),
        (
            gettext_lazy("Single permissions"),
            {"fields": ["user_permissions"], "classes": ["collapse"]},
        ),
        (
            gettext_lazy("Log-ins"),
            {"fields": ["second_factor_set_up", "last_login", "date_joined"]},
        ),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["email", "first_name", "last_name", "preferred_language"],
                "description": gettext_lazy(
                    "The person gets a mail with a link, and chooses the password there: you need "
                    "not know it. What they may do is asked next."
                ),
            },
        ),
    ]

    filter_horizontal = ["user_permissions"]

    # The list

    @admin.display(description=gettext_lazy("user"), ordering="last_name")
    def named(self, user):
        return two_lines(user.get_full_name(), user.email) if user.get_full_name() else user.email

    def get_queryset(self, request):
        factors = second_factor.factors_of(OuterRef("pk"))
        users = super().get_queryset(request).prefetch_related("groups")
        return users.annotate(has_second_factor=Exists(factors))

    @admin.display(description=gettext_lazy("role"))
    def roles(self, user):
        if user.is_superuser:
            return _("superuser")
        if not user.is_staff:
            return "–"
        return ", ".join(_(group.name) for group in user.groups.all()) or _("no role yet")

    @admin.display(description=gettext_lazy("health professional"), ordering="registration__state")
    def professional(self, user):
        registration = getattr(user, "registration", None)
        return registration.get_state_display() if registration else "–"

    @admin.display(description=gettext_lazy("second factor"), boolean=True)
    def second_factor_set_up(self, user):
        return getattr(user, "has_second_factor", False)

    # Who may change whom

    def is_above(self, request, user: User | None) -> bool:
        """Whether somebody may do more than whoever asks, who must not get at it through them."""
        if user is None or request.user.is_superuser:
            return False
        return user.is_superuser or not _permissions(user) <= _permissions(request.user)

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if obj == request.user:
            # One's own is changed in one's account, and confirmed at both addresses.
            fields = [*fields, "email"]
        # Nobody makes themselves, or somebody else, more than they are.
        return (
            fields if request.user.is_superuser else [*fields, "is_superuser", "user_permissions"]
        )

    def has_change_permission(self, request, obj=None):
        return not self.is_above(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return not self.is_above(request, obj) and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs, request):
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        # Of what hangs on a user, rows that say nothing to anybody are not listed.
        deleted = [line for line in deleted if not isinstance(line, list)] or deleted
        # What hangs on a user goes with the user; it has no delete button of its own.
        lacking.discard(Registration._meta.verbose_name)
        if any(self.is_above(request, user) for user in objs):
            lacking.add(User._meta.verbose_name)
        if any(personal_data.is_last_administrator(user) for user in objs):
            protected = [*protected, _("the last active superuser")]
        return deleted, counts, lacking, protected

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.remote_field.model is not Group:
            field = super().formfield_for_manytomany(db_field, request, **kwargs)
            field.label_from_instance = permission_label
            return field
        field = db_field.formfield(
            label=_("Role"), widget=forms.CheckboxSelectMultiple, help_text="", **kwargs
        )
        field.label_from_instance = lambda group: _(group.name)
        if not request.user.is_superuser:
            # Nobody gives what they have not.
            own = _permissions(request.user)
            groups = Group.objects.prefetch_related("permissions__content_type")
            field.queryset = Group.objects.filter(
                pk__in=[group.pk for group in groups if _permissions_of(group) <= own]
            )
        return field

    # What is done

    def save_model(self, request, obj, form, change):
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            # Whoever administers the site vouches for it; a change that was begun is over.
            obj.confirm_address()
            EmailChange.objects.filter(user=obj).delete()
        self.record(obj, form, is_new=not change)
        if not change:
            resets.invite(obj)
            messages.info(
                request,
                _("A mail to %(address)s says how to choose a password.") % {"address": obj.email},
            )
        elif "email" in form.changed_data:
            security_mails.tell(obj, "email_left", to=form.initial["email"])
            security_mails.tell(obj, "email_changed")

    def record(self, user: User, form, *, is_new: bool) -> None:
        """Record what is done to an account; roles and permissions are their tables' matter."""
        if is_new:
            audit.record(audit.Act.ACCOUNT_CREATED, about=user)
        elif "email" in form.changed_data:
            audit.record(audit.Act.EMAIL_CHANGED, about=user)
        flags = [name for name in RIGHTS if name in form.changed_data]
        if flags:
            audit.record(
                audit.Act.RIGHTS_CHANGED,
                about=user,
                added=[name for name in flags if getattr(user, name)],
                removed=[name for name in flags if not getattr(user, name)],
            )

    def user_change_password(self, request, id, form_url=""):
        user = self.get_object(request, id)
        if user is not None and not self.has_change_permission(request, user):
            raise PermissionDenied
        if user == request.user:
            # One's own is changed where the present one is asked for.
            return redirect("account_change_password")
        before = user and user.password
        response = super().user_change_password(request, id, form_url)
        if user is not None:
            user.refresh_from_db(fields=["password"])
            if user.password != before:
                # Two people know it now.
                user.password_is_temporary = True
                user.save(update_fields=["password_is_temporary"])
                audit.record(audit.Act.PASSWORD_CHANGED, about=user)
                security_mails.tell(user, "password_changed")
        return response

    def delete_model(self, request, obj):
        personal_data.erase(obj)
        self.log_out_if_among(request, [obj])

    def delete_queryset(self, request, queryset):
        users = list(queryset)
        for user in users:
            personal_data.erase(user)
        self.log_out_if_among(request, users)

    def log_out_if_among(self, request, users) -> None:
        """Give whoever has ended their own session a new one, in which they can be told so."""
        if request.user in users:
            logout(request)

    # Actions

    @admin.action(description=gettext_lazy("Mail how to choose a password"), permissions=["change"])
    def send_invitation(self, request: HttpRequest, queryset):
        users = [user for user in queryset if user.is_active]
        for user in users:
            if user.has_usable_password():
                resets.send_link(user)
            else:
                resets.invite(user)
        messages.success(
            request,
            ngettext("%(count)d mail is queued.", "%(count)d mails are queued.", len(users))
            % {"count": len(users)},
        )

    @admin.action(
        description=gettext_lazy("Remove the second factor (lost telephone)"),
        permissions=["change"],
    )
    def remove_second_factor(self, request: HttpRequest, queryset):
        if queryset.contains(request.user):
            messages.warning(
                request, _("Your own second factor is removed in your account, with the password.")
            )
        count = 0
        for user in queryset.exclude(pk=request.user.pk):
            if self.has_change_permission(request, user) and second_factor.remove_all(user):
                count += 1
                self.log_change(request, user, _("Removed the second factor."))
                security_mails.tell(user, "second_factor_removed")
        if not count:
            messages.info(request, _("Nobody else among them has a second factor to remove."))
            return
        messages.success(
            request,
            ngettext(
                "%(count)d user can log in with the password alone, and has been told.",
                "%(count)d users can log in with the password alone, and have been told.",
                count,
            )
            % {"count": count},
        )

    @admin.action(description=gettext_lazy("Log out everywhere"), permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset) -> HttpResponse | None:
        users = [user for user in queryset if self.has_change_permission(request, user)]
        for user in users:
            personal_data.end_sessions(user)
            audit.record(audit.Act.SESSIONS_ENDED, about=user)
        self.log_out_if_among(request, users)
        messages.success(
            request,
            ngettext(
                "%(count)d user is logged out everywhere.",
                "%(count)d users are logged out everywhere.",
                len(users),
            )
            % {"count": len(users)},
        )
