"""Claims: a worker takes a row in hand, and no other worker takes it meanwhile.

A worker claims a row in the database, works on it outside any transaction, and releases it. The
claim holds for as long as the worker lives, however long the work takes. That it lives is seen by
its heartbeat (``worker``); once that has been silent for ``DEAD_AFTER``, what the worker had in
hand is free again. Process numbers would not do: they mean nothing on another host. All times are
those of the database's clock, so that the hosts' own need not agree.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from socket import gethostname
from typing import Self, TypeVar
from uuid import uuid4

from django.db import connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

DEAD_AFTER = timedelta(seconds=30)

# Who this process is, if it works. What its threads have in hand is known to it alone: a claim of
# its own that none of them knows of was not released, for want of the database, and is free.
ME = uuid4()
_in_hand: set[tuple[type[models.Model], int]] = set()
_taking = threading.Lock()

Row = TypeVar("Row", bound=models.Model)


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self) -> Self:
        """Return the workers whose heartbeat is recent, and not of a time that is still to come,
        as it can be after the database's clock was set back."""
        return self.filter(beat_at__gt=Now() - DEAD_AFTER, beat_at__lt=Now() + DEAD_AFTER)

    def dead(self) -> Self:
        """Return the workers whose heartbeat has stopped."""
        return self.exclude(pk__in=self.alive().values("pk"))


class Worker(models.Model):
    """A worker process; its row is deleted when it stops, or by another one after it has died."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    # For people who look for it.
    host = models.CharField(max_length=255)
    beat_at = models.DateTimeField()

    objects = WorkerQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.host} ({self.pk})"


def beat() -> None:
    """Store that this process is alive."""
    if not Worker.objects.filter(pk=ME).update(beat_at=Now()):
        Worker.objects.create(pk=ME, host=gethostname()[:255], beat_at=Now())


def begin() -> None:
    """Store that this process works from now on, and delete the rows of dead workers."""
    beat()
    Worker.objects.dead().delete()


def end() -> None:
    """Delete the rows of this worker, which has stopped, and of dead ones."""
    (Worker.objects.dead() | Worker.objects.filter(pk=ME)).delete()


def silence() -> timedelta | None:
    """Return the time since the last heartbeat of any worker; ``None`` where there is none."""
    past = Worker.objects.filter(beat_at__lt=Now() + DEAD_AFTER)
    by_silence = past.annotate(silence=Now() - F("beat_at")).order_by("silence")
    return by_silence.values_list("silence", flat=True).first()


def is_anybody_working() -> bool:
    """Tell whether a worker is alive, on whatever host."""
    return Worker.objects.alive().exists()


class ClaimableQuerySet(models.QuerySet[Row]):
    def due(self, moment: datetime | None = None) -> Self:
        """Return the rows whose next attempt was due at a moment (by default now)."""
        return self.filter(next_attempt_at__lte=moment or timezone.now())

    def unclaimed(self) -> Self:
        """Return the rows that no living worker has in hand."""
        others = Worker.objects.alive().exclude(pk=ME).values("pk")
        own = [pk for model, pk in tuple(_in_hand) if model is self.model]
        return self.exclude(Q(claimed_by__in=others) | Q(pk__in=own))

    def claimed(self, row: models.Model) -> Self:
        """Return the given row, or nothing if this process was taken for dead and has lost it."""
        return self.filter(pk=row.pk, claimed_by=ME)


class Claimable(models.Model):
    """A row that is worked on by one worker at a time, and tried again if that fails."""

    # No foreign key: a worker's row goes, and what it had in hand is free by that.
    claimed_by = models.UUIDField(null=True, editable=False)
    # Counted when an attempt begins: one that kills its worker counts, too.
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)

    objects = ClaimableQuerySet.as_manager()

    class Meta:
        abstract = True


ClaimableRow = TypeVar("ClaimableRow", bound=Claimable)


def first_unlocked(rows: models.QuerySet[Row]) -> Row | None:
    """Lock the first row that no other transaction has locked, and return it."""
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return rows.first()


@contextmanager
def claim(rows: ClaimableQuerySet[ClaimableRow]) -> Iterator[ClaimableRow | None]:
    """Take the first free row of a query in hand until the block ends.

    Args:
        rows: those to be worked on, claimed ones included.

    Yields:
        The row, or ``None`` where none is free.
    """
    row = _take(rows)
    try:
        yield row
    finally:
        if row is not None:
            _release(row)


def _take(rows: ClaimableQuerySet[ClaimableRow]) -> ClaimableRow | None:
    # Mostly there is nothing to do, and looking takes no write lock.
    if not rows.unclaimed().exists():
        return None
    # One thread at a time: the next one must see what this one has in hand.
    with _taking:
        with transaction.atomic():
            row = first_unlocked(rows.unclaimed())
            if row is not None:
                row.claimed_by = ME
                row.attempts += 1
                row.save(update_fields=["claimed_by", "attempts"])
        if row is not None:
            _in_hand.add((type(row), row.pk))
        return row


def _release(row: Claimable) -> None:
    try:
        type(row).objects.claimed(row).update(claimed_by=None)
    finally:
        _in_hand.discard((type(row), row.pk))
