"""Who somebody is, and what they may do."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts import roles
from accounts.professionals.reserved import READ_RESERVED, is_approved


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
