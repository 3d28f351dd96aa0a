"""How long entries stay."""

from datetime import timedelta

from django.utils import timezone

from immunoportal.audit.models import KEPT, AuditEntry

# The database goes by its own clock when it looks whether an entry is old enough.
CLOCKS_DIFFER_BY = timedelta(hours=1)


def delete_old() -> bool:
    """Delete the entries that have been kept long enough.

    Returns:
        Whether there were any.
    """
    old = AuditEntry.objects.filter(at__lt=timezone.now() - KEPT - CLOCKS_DIFFER_BY)
    return old.delete()[0] > 0
