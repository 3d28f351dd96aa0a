"""Record an act in the audit log."""

import logging
from collections.abc import Iterable
from functools import partial
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
    entry = _entry(act, by, about, detail)
    entry.save(force_insert=True)
    transaction.on_commit(partial(_log, entry))
    return entry


def record_each(
    act: Act, *, by: User | None = None, about: Iterable[tuple[models.Model, dict[str, Any]]]
) -> None:
    """Store an act that is done to several rows, an entry for each, as ``record`` does.

    Args:
        about: the rows, each with its detail.
    """
    entries = [_entry(act, by, row, detail) for row, detail in about]
    AuditEntry.objects.bulk_create(entries)
    for entry in entries:
        transaction.on_commit(partial(_log, entry))


def _log(entry: AuditEntry) -> None:
    logger.info(entry.as_line())


def _entry(
    act: Act,
    by: User | None,
    about: models.Model | type[models.Model] | None,
    detail: dict[str, Any],
) -> AuditEntry:
    actor = by or origin.user()
    return AuditEntry(
        act=act,
        by_id=actor.pk if actor else None,
        kind=about._meta.label_lower if about else "",
        number=str(about.pk) if isinstance(about, models.Model) else "",
        detail=detail,
        network=origin.network(),
    )


def keyed(typed: str) -> str:
    """Return a keyed hash that stands for something typed.

    Equal texts have equal hashes, so attempts can be counted. People also type their password
    where the email goes; without the site's secret nobody can find it out by trying.
    """
    return salted_hmac("immunoportal.audit", typed, algorithm="sha256").hexdigest()[:32]
