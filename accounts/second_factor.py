"""The second factor: who needs one, and who has one."""

from allauth.mfa.models import Authenticator
from django.db.models import OuterRef, QuerySet

from accounts import roles
from accounts.models import AccountSettings, User

# Of the articles app: may publish.
PUBLISH = "articles.publish_article"

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def factors_of(user: User | OuterRef) -> QuerySet:
    """Return the apps and passkeys of a user; recovery codes alone are no second factor."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS)


def is_required(user: User) -> bool:
    """Tell whether an administrator has required a second factor of a user."""
    return user.has_perm(PUBLISH) and AccountSettings.get().require_second_factor


def lacking() -> QuerySet[User]:
    """Return the users who may publish and have no second factor."""
    having = Authenticator.objects.filter(type__in=FACTORS).values("user")
    return roles.holders_of(PUBLISH).exclude(pk__in=having)


def is_missing(user: User) -> bool:
    """Tell whether a user needs a second factor and has none."""
    return is_required(user) and not factors_of(user).exists()


def may_be_removed(authenticator: Authenticator) -> bool:
    """Tell whether a user may do without one of their factors."""
    others = factors_of(authenticator.user).exclude(pk=authenticator.pk)
    is_factor = authenticator.type in FACTORS
    return not (is_factor and is_required(authenticator.user) and not others.exists())


def remove_all(user: User) -> int:
    """Delete a user's factors and recovery codes, as when the telephone is lost.

    Returns:
        How many there were.
    """
    return Authenticator.objects.filter(user=user).delete()[0]
