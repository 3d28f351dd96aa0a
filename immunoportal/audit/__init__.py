"""What matters for safety, as it happened: for administrators, and never changed.

Whatever does such a thing calls ``record``. An entry holds numbers and the names of fields, never
a person's name, a secret or a text; so it may stay when an account is erased. What editors see of
the story of a row are events (``immunoportal.events``).
"""

from immunoportal.audit.models import Act, AuditEntry
from immunoportal.audit.recording import keyed, record

__all__ = ["Act", "AuditEntry", "keyed", "record"]
