"""The editors' side of what visitors write, and the publisher's data."""

from contact.admin import inbox, publisher

__all__ = ["inbox", "publisher"]
