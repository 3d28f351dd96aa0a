"""Record an act in the audit log."""

import logging
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
    actor = by or origin.user()
    entry = AuditEntry.objects.create(
        act=act,
        by_id=actor.pk if actor else None,
        kind=about._meta.label_lower if about else "",
        number=str(about.pk) if isinstance(about, models.Model) else "",
        detail=detail,
        network=origin.network(),
    )
    transaction.on_commit(lambda: logger.info(entry.as_line()))
    return entry


def keyed(typed: str) -> str:
    """Return a keyed hash that stands for something typed.

    Equal texts have equal hashes, so attempts can be counted. People also type their password
    where the email goes; without the site's secret nobody can find it out by trying.
    """
    return salted_hmac("immunoportal.audit", typed, algorithm="sha256").hexdigest()[:32]
