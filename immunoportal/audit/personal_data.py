"""What the audit log holds about a user who asks for their data."""

from django.db.models import Q
from django.utils import timezone

from immunoportal.actors import User
from immunoportal.audit.models import AuditEntry


def acts_of(user: User) -> list[dict[str, str]]:
    """Return what a user has done, and what was done to their account."""
    entries = AuditEntry.objects.filter(
        Q(by=user) | Q(kind=user._meta.label_lower, number=str(user.pk))
    )
    return [
        {
            "when": timezone.localtime(entry.at).isoformat(timespec="seconds"),
            "what": entry.act_shown,
            # An administrator's network is not the user's data.
            "network": entry.network if entry.by_id == user.pk else "",
        }
        for entry in entries
    ]
