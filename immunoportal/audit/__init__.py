"""The audit log: acts that matter for security, for administrators, append-only.

Code that does such a thing calls ``record``. An entry holds numbers and the names of fields, never
a person's name, a secret or a text, so it may stay when an account is erased. The history of a row
that editors see is made of events instead (``immunoportal.events``).
"""

from immunoportal.audit.models import Act, AuditEntry
from immunoportal.audit.recording import keyed, record, record_each

__all__ = ["Act", "AuditEntry", "keyed", "record", "record_each"]
