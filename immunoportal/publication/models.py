"""The publication clock, and the rows whose every change is public."""

import secrets
import time
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

Row = TypeVar("Row", bound=models.Model)


def new_mark() -> int:
    """Return a number that no state of the site has had."""
    return secrets.randbits(62)


# When this thread last committed a public change, by ``time.monotonic``.
committed_at: ContextVar[float | None] = ContextVar("committed_at", default=None)


def note_commit() -> None:
    """Note that a public change has just been committed."""
    committed_at.set(time.monotonic())


class PublicationClock(models.Model):
    """One row that counts the public changes of the site; read it through ``clock``."""

    version = models.PositiveBigIntegerField(default=1)
    # Drawn anew at each change, for a backup that is put back counts from where it stood.
    mark = models.PositiveBigIntegerField(default=new_mark)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_publication_clock")
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.changed_at:%Y-%m-%d %H:%M:%S})"

    @classmethod
    def take_turn(cls) -> None:
        """Have whoever wants to change something public wait until this transaction is over.

        What is looked for after it and not there, nobody else can store meanwhile.
        """
        list(cls.objects.select_for_update().filter(pk=1).values_list("pk"))

    @classmethod
    def advance(cls) -> None:
        """Count one public change, in the transaction that makes it."""
        now = timezone.now()
        transaction.on_commit(note_commit)
        changes = {"version": F("version") + 1, "mark": new_mark(), "changed_at": now}
        if not cls.objects.filter(pk=1).update(**changes):
            cls.objects.get_or_create(pk=1, defaults={"changed_at": now})


class LiveQuerySet(models.QuerySet[Row]):
    """Writes that advance the publication clock, the bulk ones included."""

    def update(self, **kwargs: Any) -> int:
        with transaction.atomic():
            PublicationClock.advance()
            return super().update(**kwargs)

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[Row]:
        with transaction.atomic():
            PublicationClock.advance()
            return super().bulk_create(*args, **kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            PublicationClock.advance()
            return super().delete()


class LiveModel(models.Model):
    """A row that readers see as soon as it is saved, such as a topic or the publisher."""

    objects = LiveQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            PublicationClock.advance()
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            PublicationClock.advance()
            return super().delete(*args, **kwargs)
