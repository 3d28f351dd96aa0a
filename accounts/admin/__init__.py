from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin

from accounts.admin import registrations, users
from accounts.models import AccountSettings
from immunoportal.admin import SingletonAdmin

__all__ = ["AccountSettingsAdmin", "registrations", "users"]

# django-allauth's own tables: the users' pages show what matters of them.
for model in (EmailAddress, Authenticator, UserSession):
    admin.site.unregister(model)


@admin.register(AccountSettings)
class AccountSettingsAdmin(SingletonAdmin):
    fields = ["require_second_factor"]
