"""Recording an act."""

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
    """Store an act in the transaction that does it, and log it once that is done.

    Args:
        by: the user who does it; by default whoever sends the request.
        about: the row it is done to, or a model if it is done to several.
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
    """Return what stands for something that somebody typed.

    The same for the same, so that attempts can be counted; without the site's secret nobody can
    find out what it was by trying, since people also type their password where the email goes.
    """
    return salted_hmac("immunoportal.audit", typed, algorithm="sha256").hexdigest()[:32]
