"""What the contact form offers to the portal."""

from collections.abc import Iterator
from functools import partial

from django.urls import reverse

from contact import inbox
from immunoportal import languages, registry
from immunoportal.registry import Job, Offer
from immunoportal.sitemaps import Entry, in_one_file


def pages(language: str) -> Iterator[Entry]:
    """Yield what search engines are told of; when it last changed, nobody has noted."""
    for name in ("contact:contact", "contact:privacy"):
        if name == "contact:privacy" and registry.site_page_url("privacy", language):
            # It leads to that page from then on.
            continue
        yield Entry(languages.alternates(partial(reverse, name)))


offer = Offer(
    jobs=[Job("retention", inbox.empty_old_messages, every=3600)],
    personal_data={"messages": inbox.messages_of},
    alerts=[inbox.alerts],
    waiting=[inbox.waiting],
    sitemaps={"contact": in_one_file(pages)},
)
