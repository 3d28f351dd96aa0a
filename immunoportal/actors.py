"""Who did something, kept on rows that outlive the account."""

from django.conf import settings
from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.utils.translation import gettext


class _ActorDescriptor(ForwardManyToOneDescriptor):
    """Read a user who is gone as None, where Django would raise ``DoesNotExist``."""

    def get_object(self, instance):
        try:
            return super().get_object(instance)
        except self.field.remote_field.model.DoesNotExist:
            return None


class ActorField(models.ForeignKey):
    """A user's number, which stays when the user is deleted.

    The rows that carry it never change, so the database neither checks the number nor empties
    it: once the account is erased, ``row.by`` is None and ``row.by_id`` is what it was. For
    people, ``row.by_shown`` is the user's name or "deleted account".
    """

    forward_related_accessor_class = _ActorDescriptor

    def __init__(self, verbose_name=None, **kwargs):
        fixed = {
            "to": settings.AUTH_USER_MODEL,
            "on_delete": models.DO_NOTHING,
            "db_constraint": False,
            "null": True,
            "blank": True,
            "related_name": "+",
        }
        super().__init__(**(kwargs | fixed), verbose_name=verbose_name)

    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)

        def shown(row) -> str:
            if getattr(row, self.attname) is None:
                return "–"
            return str(getattr(row, name) or gettext("deleted account"))

        # As the admin asks of a column.
        shown.short_description = self.verbose_name
        shown.admin_order_field = name
        setattr(cls, f"{name}_shown", property(shown))
