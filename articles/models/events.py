"""What was done to an article: its history."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from articles.models.editions import Edition
from immunoportal import events


class Event(events.Event):
    """Something that was done to an article. Written by the verb that did it, never changed."""

    class Verb(models.TextChoices):
        CREATED = "created", _("created")
        SAVED = "saved", _("saved")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")
        RESTORED = "restored", _("restored")
        SETTLED = "settled", _("settled against another language")
        FOUND_RIGHT = "found right", _("found right in two languages")
        SEVERITY_RAISED = "severity raised", _("severity raised")
        CLEARED = "cleared", _("watched words published for a reason")
        HELD = "held", _("held")
        HOLD_ENDED = "hold ended", _("hold ended")
        SOURCE_MARKED = "source marked", _("source found retracted or outdated")
        SOURCE_CLEARED = "source cleared", _("source found right again")
        SOURCE_ANSWERED = "source answered", _("kept right in spite of a source")
        FILE_WITHDRAWN = "file withdrawn", _("picture or file withdrawn for good")

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="events")
    # What was published, withdrawn or restored.
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, related_name="events")

    class Meta(events.Event.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["article", "-at", "-id"], name="event_by_article"),
            models.Index(fields=["by", "-at", "-id"], name="event_by_user"),
        ]
