"""The roles: which there are, when one counts, and what its holders may do."""

from collections.abc import Iterable

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_noop

from accounts.models import User

# The groups that migrations make, for the catalogue of translations.
ROLES = [gettext_noop("Authors"), gettext_noop("Editors"), gettext_noop("Administrators")]

# The field of a user without which a role is worth nothing: may enter the administration.
TICK = "is_staff"


def name_of(role: Group) -> str:
    """Return a role's name in the reader's language."""
    return gettext(role.name)


def count_for(user: User) -> bool:
    """Tell whether a user's roles count."""
    return getattr(user, TICK)


def holders_of(permission: str) -> QuerySet[User]:
    """Return the active users who have a permission, and may enter the administration to use it."""
    return ModelBackend().with_perm(permission).filter(**{TICK: True})


def powers_of(user: User) -> set[str]:
    """Return the permissions that a user has in the administration, or would have if active."""
    own = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    return _names(own.select_related("content_type"))


def within(powers: set[str]) -> list[Group]:
    """Return the roles that give nothing beyond some permissions."""
    groups = Group.objects.prefetch_related("permissions__content_type")
    return [group for group in groups if _names(group.permissions.all()) <= powers]


def _names(permissions: Iterable[Permission]) -> set[str]:
    return {
        f"{permission.content_type.app_label}.{permission.codename}" for permission in permissions
    }
