"""The publication clock: when anything public last changed.

Every public change advances it: an edition that goes live or is withdrawn, a topic, the
publisher's data, a rendition that has become ready. A scheduled edition changes the site
by the mere passing of time, which this clock does not see: the ETag does.
"""

from datetime import UTC, datetime

from immunoportal.publication.models import PublicationClock


def advance() -> None:
    """Count one public change; call it in the transaction that makes the change."""
    PublicationClock.advance()


def changed_at() -> datetime:
    """Return when the last public change was made; the start of the epoch on an empty site."""
    moment = PublicationClock.objects.values_list("changed_at", flat=True).first()
    return moment or datetime.fromtimestamp(0, UTC)
