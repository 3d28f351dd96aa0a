"""Record an act in the audit log."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.utils.crypto import salted_hmac

from immunoportal.actors import User
from immunoportal.audit import origin
from immunoportal.audit.models import Act, AuditEntry

logger = logging.getLogger("immunoportal.audit")


def record(
    act: Act,
    *,
    by: User | None = None,
    about: models.Model | type[models.Model] | None = None,
    **detail: Any,
) -> AuditEntry:
    """Store an act in the transaction that does it, and log it once that is committed.

    Args:
        by: the user who does it; by default whoever sends the request.
        about: the row it is done to, or the model if it is done to several rows.
        detail: numbers, codes and names of fields or roles; never a secret or a text.
    """
    return _store([_entry(act, by, about, detail)])[0]


def record_each(
    act: Act, rows: Iterable[tuple[models.Model, Mapping[str, Any]]], *, by: User
) -> None:
    """Store that an act was done to several rows, in one statement; see ``record``.

    Args:
        rows: each with its detail.
    """
    _store([_entry(act, by, row, detail) for row, detail in rows])


def _store(entries: list[AuditEntry]) -> list[AuditEntry]:
    stored = AuditEntry.objects.bulk_create(entries)

    def log() -> None:
        for entry in stored:
            logger.info(entry.as_line())

    transaction.on_commit(log)
    return stored


def _entry(
    act: Act,
    by: User | None,
    about: models.Model | type[models.Model] | None,
    detail: Mapping[str, Any],
) -> AuditEntry:
    actor = by or origin.user()
    return AuditEntry(
        act=act,
        by_id=actor.pk if actor else None,
        kind=about._meta.label_lower if about else "",
        number=str(about.pk) if isinstance(about, models.Model) else "",
        detail=dict(detail),
        network=origin.network(),
    )


def keyed(typed: str) -> str:
    """Return a keyed hash that stands for something typed.

    Equal texts have equal hashes, so attempts can be counted. People also type their password
    where the email goes; without the site's secret nobody can find it out by trying.
    """
    return salted_hmac("immunoportal.audit", typed, algorithm="sha256").hexdigest()[:32]
