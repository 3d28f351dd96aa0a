from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import second_factor
from accounts.admin import registrations, roles, users
from accounts.models import AccountSettings
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import SingletonAdmin
from immunoportal.audit.settings_changes import RecordsChanges

__all__ = ["AccountSettingsAdmin", "registrations", "roles", "users"]

# django-allauth's own tables: the users' pages show what matters of them.
for model in (EmailAddress, Authenticator, UserSession):
    admin.site.unregister(model)


@admin.register(AccountSettings)
class AccountSettingsAdmin(RecordsChanges, SingletonAdmin):
    area = Area.ACCOUNTS
    rank = 30
    fields = ["require_second_factor", "without"]
    readonly_fields = ["without"]

    @admin.display(description=_("who may publish and has none yet"))
    def without(self, settings: AccountSettings) -> str:
        """Name those whom the setting stops at their next step in the administration."""
        return ", ".join(str(user) for user in second_factor.lacking()) or gettext("nobody")
