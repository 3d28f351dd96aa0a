"""The roles: which there are, and when one counts."""

from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from accounts.models import User

# The groups that migrations make, for the catalogue of translations.
ROLES = [gettext_noop("Authors"), gettext_noop("Editors"), gettext_noop("Administrators")]

# The field of a user without which a role is worth nothing: may enter the administration.
TICK = "is_staff"


def count_for(user: User) -> bool:
    """Return whether a user's roles count."""
    return getattr(user, TICK)


def holders_of(permission: str) -> QuerySet[User]:
    """Return the active users who may do something, and may enter the administration for it."""
    return ModelBackend().with_perm(permission).filter(**{TICK: True})
