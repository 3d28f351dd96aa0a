"""Who somebody is, and what an approved registration is worth."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts import roles
from accounts.models import Registration

# Of the articles app: may read what is reserved for health professionals.
READ_RESERVED = "articles.read_reserved"


class PortalBackend(AuthenticationBackend):
    """allauth's way to log in; and who is approved has the permission to read what is reserved.

    So the registration alone says who is a health professional: nothing has to be kept in step.
    """

    def get_group_permissions(self, user_obj, obj=None):
        return super().get_group_permissions(user_obj, obj) if roles.count_for(user_obj) else set()

    def get_all_permissions(self, user_obj, obj=None):
        permissions = super().get_all_permissions(user_obj, obj)
        if obj is None and user_obj.is_active and is_approved(user_obj):
            return permissions | {READ_RESERVED}
        return permissions


def is_approved(user) -> bool:
    """Whether a user's registration as a health professional is approved; asked once a request."""
    if not user.is_authenticated:
        return False
    if not hasattr(user, "_is_approved"):
        user._is_approved = Registration.objects.filter(
            user=user, state=Registration.State.APPROVED
        ).exists()
    return user._is_approved
