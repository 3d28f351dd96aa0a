"""The publisher, and what visitors write to it."""

from contact.models.messages import ContactSettings, Message, Subject
from contact.models.publisher import Publisher

__all__ = ["ContactSettings", "Message", "Publisher", "Subject"]
