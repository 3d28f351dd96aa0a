"""Mail: every mail that the site sends is a row of the ledger first.

``mail.send`` renders a mail and stores it, in the transaction that caused it; the worker delivers
it. So no request waits for a mail server, and what was promised is kept when the server, the
network or this machine fails. docs/decisions/0007-mail-ledger.md says why this is ours and not
a package.

``compose`` writes the rows, ``ledger`` keeps them, ``delivery`` hands them to the mail server,
``retention`` deletes what is personal in them, ``report`` tells how they stand, and ``admin``
shows them to editors.
"""

from immunoportal.mail.compose import send, store
from immunoportal.mail.retention import forget, forget_recipient

__all__ = ["forget", "forget_recipient", "send", "store"]
