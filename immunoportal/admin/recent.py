"""What a user did last, for the box on the admin's first page."""

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.utils.translation import gettext as _

from immunoportal.actors import User
from immunoportal.registry import Deed


def logged(user: User, most: int) -> list[Deed]:
    """Return what a user did last to rows without events, which Django's admin logs.

    Rows that the user may no longer see are left out.
    """
    entries = LogEntry.objects.filter(user=user).select_related("content_type")[:most]
    return [_deed(entry) for entry in entries if _may_see(user, entry)]


def _may_see(user: User, entry: LogEntry) -> bool:
    kind = entry.content_type
    return kind is not None and user.has_perm(f"{kind.app_label}.view_{kind.model}")


def _deed(entry: LogEntry) -> Deed:
    opening = {ADDITION: _("Added:"), CHANGE: _("Changed:"), DELETION: _("Deleted:")}
    kind = entry.content_type.name if entry.content_type else ""
    url = "" if entry.is_deletion() else entry.get_admin_url() or ""
    text = f"{opening[entry.action_flag]} {kind}"
    return Deed(entry.action_time, entry.object_repr, text, url)
