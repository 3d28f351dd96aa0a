"""Who did something, kept on rows that outlive the account."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.http import HttpRequest
from django.utils.translation import gettext

if TYPE_CHECKING:
    # The type checker takes it for AUTH_USER_MODEL, which no module of the foundation imports.
    from django.contrib.auth.models import _User as User
else:
    User = object


def user_of(request: HttpRequest) -> User:
    """Return who sends a request that only users may send.

    Raises:
        PermissionDenied: nobody is logged in.
    """
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


class _ActorDescriptor(ForwardManyToOneDescriptor):
    """Read a user who is gone as None, where Django would raise ``DoesNotExist``."""

    def get_object(self, instance: models.Model) -> Any:
        try:
            return super().get_object(instance)
        except self.field.remote_field.model.DoesNotExist:
            return None


class ActorField(models.ForeignKey["User | None", "User | None"]):
    """A reference to a user that keeps its number when the user is deleted.

    The rows that carry it never change, so the database neither checks the number nor empties
    it: once the account is erased, ``row.by`` is None and ``row.by_id`` is what it was. For
    people, ``row.by_shown`` is the user's name or "deleted account".
    """

    forward_related_accessor_class = _ActorDescriptor

    def __init__(self, verbose_name: Any = None, **kwargs: Any):
        fixed = {
            "to": settings.AUTH_USER_MODEL,
            "on_delete": models.DO_NOTHING,
            "db_constraint": False,
            "null": True,
            "blank": True,
            "related_name": "+",
        }
        super().__init__(**(kwargs | fixed), verbose_name=verbose_name)

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False, **kwargs: Any
    ) -> None:
        super().contribute_to_class(cls, name, private_only, **kwargs)

        @admin.display(description=self.verbose_name, ordering=name)
        def shown(row: models.Model) -> str:
            if getattr(row, self.attname) is None:
                return "–"
            return str(getattr(row, name) or gettext("deleted account"))

        setattr(cls, f"{name}_shown", property(shown))
