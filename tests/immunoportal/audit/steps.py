"""What the tests of the audit log share."""

from immunoportal.audit import Act, AuditEntry


def make_entry(**fields) -> AuditEntry:
    return AuditEntry.objects.create(**{"act": Act.LOGGED_IN} | fields)
