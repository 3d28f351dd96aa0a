"""Authentication: who somebody is, and what they may do."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Model

from accounts import roles
from accounts.models import User
from accounts.professionals.reserved import READ_RESERVED, is_approved


class PortalBackend(AuthenticationBackend):
    """Logs people in as allauth does, and lets approved health professionals read what is reserved.

    Their registration alone gives them that permission: nothing has to be kept in step.
    """

    def get_group_permissions(self, user_obj: User, obj: Model | None = None) -> set[str]:
        return super().get_group_permissions(user_obj, obj) if roles.count_for(user_obj) else set()

    def get_all_permissions(self, user_obj: User, obj: Model | None = None) -> set[str]:
        permissions = super().get_all_permissions(user_obj, obj)
        if obj is None and user_obj.is_active and is_approved(user_obj):
            return permissions | {READ_RESERVED}
        return permissions
