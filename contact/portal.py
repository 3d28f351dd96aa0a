"""What the contact form offers to the portal."""

from contact import inbox
from immunoportal.registry import Job, Offer

offer = Offer(
    jobs=[Job("retention", inbox.empty_old_messages, every=3600)],
    personal_data={"messages": inbox.messages_of},
    alerts=[inbox.alerts],
    waiting=[inbox.waiting],
)
