"""Who may publish, and with that settle, hold and withdraw."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from immunoportal.actors import User

PERMISSION = "articles.publish_article"


def demand_permission(user: User | AnonymousUser) -> None:
    """Raise ``PermissionDenied`` unless the user may publish."""
    if not user.has_perm(PERMISSION):
        raise PermissionDenied(_("You may not publish: ask somebody who may."))


def publishers() -> QuerySet[User]:
    """Return the active users who may publish, and enter the administration to do it."""
    return ModelBackend().with_perm(PERMISSION).filter(is_staff=True)
