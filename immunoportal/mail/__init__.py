"""The mail ledger: every mail that the site sends is a row first."""

from immunoportal.mail.delivery import *  # noqa: F403
