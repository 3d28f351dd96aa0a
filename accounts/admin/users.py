"""Users in the admin: who may do what, and help when somebody cannot get in."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    ReadOnlyPasswordHashField,
    UserChangeForm,
)
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, ManyToManyField, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import email_changes, personal_data, resets, roles, second_factor, security_mails
from accounts.admin.roles import PermissionsField
from accounts.forms import CanonicalEmailField, PasswordField, password_help
from accounts.models import EmailChange, Registration, User, user_of
from accounts.professionals.reserved import READ_RESERVED
from immunoportal import audit
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import GuardedAdmin, two_lines
from immunoportal.admin.state_badge import state_badge

# The ticks that say what a user may do.
RIGHTS = ("is_active", "is_staff", "is_superuser")


def _powers(user: User) -> set[str]:
    """Return what a user may do, and so may let others do."""
    # An approved registration gives this to anybody: it is no power over others.
    return roles.powers_of(user) | {READ_RESERVED}


class UniqueEmailForm(forms.ModelForm):
    """Takes an email address that nobody else has."""

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if email_changes.is_taken(email, self.instance):
            raise forms.ValidationError(
                User._meta.get_field("email").error_messages["unique"], code="unique"
            )
        return email


class UserForm(UniqueEmailForm, UserChangeForm):
    email = CanonicalEmailField()
    password = ReadOnlyPasswordHashField(label=_("Password"))

    class Meta:
        model = User
        fields = "__all__"  # noqa: DJ007  the admin chooses

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
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
    """Sets a password that two people know, until its owner chooses another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # An account is closed with the tick "active", not by taking its password away.
        self.fields.pop("usable_password", None)
        self.fields["password1"] = PasswordField(
            autocomplete="off", label=_("New password"), help_text=password_help
        )
        self.fields["password2"] = PasswordField(autocomplete="off", label=_("Once more"))


class NewUserForm(UniqueEmailForm):
    email = CanonicalEmailField()

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "preferred_language"]


class RoleFilter(admin.SimpleListFilter):
    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(role.name, roles.name_of(role)) for role in Group.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


class HasSecondFactorFilter(admin.SimpleListFilter):
    title = gettext_lazy("second factor")
    parameter_name = "second_factor"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("yes", _("set up")), ("no", _("not set up"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in ("yes", "no"):
            return queryset.filter(has_second_factor=self.value() == "yes")
        return queryset


class RolesField(forms.ModelMultipleChoiceField):
    """Offers roles by their names in the reader's language."""

    def label_from_instance(self, obj: Group) -> str:
        return roles.name_of(obj)


@admin.register(User)
class UserAdmin(GuardedAdmin, DjangoUserAdmin):
    area = Area.ACCOUNTS
    rank = 10
    chapter = "accounts"
    form = UserForm
    add_form = NewUserForm
    change_password_form = TemporaryPasswordForm
    change_user_password_template = "admin/accounts/user/password.html"  # noqa: S105  a file
    add_form_template = "admin/change_form.html"
    list_display = [
        "named", "roles", "professional", "second_factor_set_up", "active",
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
    def named(self, user: User) -> str:
        return two_lines(user.get_full_name(), user.email) if user.get_full_name() else user.email

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        factors = second_factor.factors_of(OuterRef("pk"))
        users = super().get_queryset(request).prefetch_related("groups")
        return users.annotate(has_second_factor=Exists(factors))

    @admin.display(description=gettext_lazy("role"))
    def roles(self, user: User) -> str:
        if user.is_superuser:
            return _("superuser")
        if not user.is_staff:
            return "–"
        return ", ".join(map(roles.name_of, user.groups.all())) or _("no role yet")

    @admin.display(description=gettext_lazy("health professional"), ordering="registration__state")
    def professional(self, user: User) -> str:
        registration = getattr(user, "registration", None)
        return registration.get_state_display() if registration else "–"

    @admin.display(description=gettext_lazy("second factor"))
    def second_factor_set_up(self, user: User) -> str:
        return _("set up") if getattr(user, "has_second_factor", False) else "–"

    @admin.display(description=gettext_lazy("active"), ordering="is_active")
    def active(self, user: User) -> str:
        return _("Yes") if user.is_active else state_badge("withdrawn", _("No"))

    # Who may change whom

    def is_above(self, request: HttpRequest, user: User | None) -> bool:
        """Tell whether a user may do more than whoever asks, who must not get at it through
        them."""
        if user is None or request.user.is_superuser:
            return False
        return user.is_superuser or not roles.powers_of(user) <= _powers(user_of(request))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        fields = [*super().get_readonly_fields(request, obj)]
        if obj == request.user:
            # One's own is changed in one's account, and confirmed by the old and the new one.
            fields = [*fields, "email"]
        # Nobody gives anybody, themselves included, what is a superuser's to give.
        return (
            fields if request.user.is_superuser else [*fields, "is_superuser", "user_permissions"]
        )

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return not self.is_above(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return not self.is_above(request, obj) and super().has_delete_permission(request, obj)

    def get_deleted_objects(
        self, objs: Sequence[User] | QuerySet[User], request: HttpRequest
    ) -> tuple[list[Any], dict[Any, int], set[str], list[Any]]:
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        # What hangs on a user says nothing to anybody: it is not listed.
        deleted = [line for line in deleted if not isinstance(line, list)] or deleted
        told = {model._meta.verbose_name_plural for model in (User, Registration)}
        counts = {name: count for name, count in counts.items() if name in told}
        # A registration goes with its user, and has no delete button of its own.
        lacking.discard(str(Registration._meta.verbose_name))
        if any(self.is_above(request, user) for user in objs):
            lacking.add(str(User._meta.verbose_name))
        if any(personal_data.is_last_administrator(user) for user in objs):
            protected = [*protected, _("the last active superuser")]
        return deleted, counts, lacking, protected

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField | None:
        kwargs["form_class"] = PermissionsField
        if db_field.name == "groups":
            kwargs |= {
                "form_class": RolesField,
                "label": _("Role"),
                "widget": forms.CheckboxSelectMultiple,
                "help_text": "",
                "queryset": Group.objects.all(),
            }
            if not request.user.is_superuser:
                # Nobody gives what they have not.
                given = roles.within(_powers(user_of(request)))
                kwargs["queryset"] = Group.objects.filter(pk__in=[role.pk for role in given])
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    # What is done

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool
    ) -> None:
        if not change:
            obj.set_unusable_password()
        elif not obj.is_active and not obj.has_usable_password():
            # Another hash that no password has: links to a first one must not outlive a closing.
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            # The administrator vouches for it, and a change that was begun is over.
            obj.confirm_email()
            EmailChange.objects.filter(user=obj).delete()
        self.record(obj, form, is_new=not change)
        if not change:
            resets.invite(obj)
            messages.info(
                request,
                _("A mail to %(email)s says how to choose a password.") % {"email": obj.email},
            )
        elif "email" in form.changed_data:
            security_mails.tell(obj, "email_left", to=form.initial["email"])
            security_mails.tell(obj, "email_changed")

    def record(self, user: User, form: forms.ModelForm, *, is_new: bool) -> None:
        """Record what is done to an account; ``signals`` records roles and permissions."""
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

    @transaction.atomic
    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
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

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        personal_data.erase(obj)
        self.log_out_if_among(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        users = list(queryset)
        for user in users:
            personal_data.erase(user)
        self.log_out_if_among(request, users)

    def log_out_if_among(self, request: HttpRequest, users: Iterable[User]) -> None:
        """Log out whoever asks, if they are among some users: in a new session they can be told."""
        if user_of(request) in users:
            logout(request)

    # Actions

    @transaction.atomic
    def response_action(
        self, request: HttpRequest, queryset: QuerySet, *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """Do an action to all of its users or to none, its mails and its log included."""
        return super().response_action(request, queryset, *args, **kwargs)

    @admin.action(description=gettext_lazy("Mail how to choose a password"), permissions=["change"])
    def send_invitation(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        users = [user for user in queryset if user.is_active]
        for user in users:
            resets.help_in(user)
        messages.success(
            request,
            ngettext("%(count)d mail is queued.", "%(count)d mails are queued.", len(users))
            % {"count": len(users)},
        )

    @admin.action(
        description=gettext_lazy("Remove the second factor (lost telephone)"),
        permissions=["change"],
    )
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        if queryset.contains(user_of(request)):
            messages.warning(
                request, _("Your own second factor is removed in your account, with the password.")
            )
        count = 0
        for user in queryset.exclude(pk=user_of(request).pk):
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
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
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
