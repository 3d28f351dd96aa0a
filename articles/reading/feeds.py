"""The Atom feeds of the site (RFC 4287)."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _

from articles.models import Correction
from articles.reading.corrections import Told, in_feed
from immunoportal.publication import clock

CONTENT_TYPE = "application/atom+xml; charset=utf-8"


class Feed(Atom1Feed):
    """A feed that is the same whenever it is made of the same entries."""

    def latest_post_date(self) -> datetime:
        """Return when it was updated last; an empty one when anything public was."""
        return super().latest_post_date() if self.items else clock.moment().changed_at


def _in_html(told: Told) -> str:
    """Return what an entry says, as the feed declares it."""
    note = escape(told.note)
    if not told.changes_url:
        return note
    words = _("What has changed since edition %(number)s") % {"number": told.corrected}
    url = settings.SITE_URL + told.changes_url
    return format_html('<p>{}</p><p><a href="{}">{}</a></p>', note, url, words)


def corrections(language: str) -> str:
    """Return the feed of what readers of a language are told of corrections, in its language."""
    page = settings.SITE_URL + reverse("articles:corrections")
    feed = Feed(
        title=f"{_('Corrections')} – {settings.SITE_NAME}",
        link=page,
        feed_url=settings.SITE_URL + reverse("articles:corrections_feed"),
        description=None,
        subtitle=_("What we have corrected on our pages, and what we warn of, the newest first."),
        language=language,
        author_name=settings.SITE_NAME,
    )
    for name, row, told in in_feed(language):
        is_correction = row.kind == Correction.Kind.CORRECTION
        feed.add_item(
            title=f"{told.what}: {told.title}" if told.title else told.what,
            link=settings.SITE_URL + told.url if told.url else page,
            description=_in_html(told),
            unique_id=name,
            pubdate=row.edition.valid_from if is_correction else row.at,
            updateddate=row.at,
        )
    text: str = feed.writeString("utf-8")
    return text
