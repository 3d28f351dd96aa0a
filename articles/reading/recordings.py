"""Tells a page how to show recordings of the library."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django import template
from django.utils.translation import gettext as _

from articles.images.markup import Picture
from articles.models import Transcript
from articles.publishing.content import Frozen
from immunoportal import languages

# A library of template tags: the settings call it "recordings".
register = template.Library()


@dataclass(frozen=True)
class Said:
    """What is said in a recording, for its place on a page.

    Attributes:
        text: HTML.
        captions: the address of the captions; empty where there are none.
        recorded_at: when the recording came into the library.
    """

    text: str
    captions: str
    recorded_at: datetime


def said_in(keys: Collection[str]) -> dict[str, Said]:
    """Return what is said in recordings by the keys of transcripts, in one query at most."""
    if not keys:
        return {}
    return {
        str(row.key): Said(
            row.text, row.get_absolute_url() if row.captions else "", row.recording.added_at
        )
        for row in Transcript.objects.filter(key__in=keys).select_related("recording")
    }


@register.filter
def by_key(said: dict[str, Said], key: str) -> Said | None:
    """Return one of the things that are said on a page; ``None`` if it is not there."""
    return said.get(key)


@register.filter
def poster(pictures: dict[str, Picture], block: Frozen) -> str:
    """Return the address of the picture that stands for a frozen block's video, if it is ready."""
    picture = pictures.get(block.get("image", ""))
    return picture.fallback if picture else ""


@register.filter
def length_of_time(milliseconds: int) -> str:
    """Return how long something lasts, in words: "3 min 25 s", "1 h 2 min"."""
    seconds = max(1, round(milliseconds / 1000))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": seconds}
    return _("%(seconds)d s") % {"seconds": seconds}


@register.filter
def own_name(language: str) -> str:
    """Return what a language calls itself, by its code."""
    return languages.TABLE[language].own_name
