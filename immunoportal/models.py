"""The foundation's models: ``Singleton``, and those of its rooms, which Django finds here."""

from typing import Any, Self

from django.db import models

from immunoportal.audit.models import AuditEntry
from immunoportal.claims import Worker
from immunoportal.mail.ledger import Mail
from immunoportal.publication.models import LiveModel, PublicationClock

__all__ = ["AuditEntry", "LiveModel", "Mail", "PublicationClock", "Singleton", "Worker"]


class Singleton(models.Model):
    """A model with a single row. One that readers see is a ``LiveModel`` too."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def get(cls) -> Self:
        """Return the row; an unsaved, empty one if it has not been stored yet."""
        return cls._default_manager.filter(pk=1).first() or cls(pk=1)
