"""The rows of the accounts: who logs in, and what is under way for them."""

from accounts.models.events import RegistrationEvent
from accounts.models.registrations import Registration
from accounts.models.requests import EmailChange, ResetRequest
from accounts.models.settings import AccountSettings
from accounts.models.users import User, UserManager, user_of

__all__ = [
    "AccountSettings",
    "EmailChange",
    "Registration",
    "RegistrationEvent",
    "ResetRequest",
    "User",
    "UserManager",
    "user_of",
]
