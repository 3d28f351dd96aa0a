"""Blanks: what only the publisher knows, marked in a text until somebody fills it in, such as
"[TO BE COMPLETED: who hosts the site]"."""

import re
from collections.abc import Sequence
from functools import cache

from django.utils import translation
from django.utils.translation import gettext as _

from articles.models import Edition
from immunoportal.languages import codes
from immunoportal.publication import clock


@cache
def _blank() -> re.Pattern[str]:
    """Return what finds a blank, in whichever of the languages it is marked."""
    marks = set()
    for language in codes():
        with translation.override(language):
            marks.add(re.escape(_("TO BE COMPLETED")))
    return re.compile(rf"\[(?:{'|'.join(sorted(marks))})\b[^\][]*\]", re.IGNORECASE)


def blanks_in(text: str) -> list[str]:
    """Return the blanks of a plain text, as they stand there."""
    return _blank().findall(text)


def live_with_blanks() -> Sequence[Edition]:
    """Return what is live of the pages of the site and has a blank that readers see."""
    return clock.remember("live with blanks", _read)


def _read() -> list[Edition]:
    live = Edition.objects.live().of_site().order_by("article", "language")
    editions = live.only("article", "language", "title", "plain_text")
    return [edition for edition in editions if blanks_in(edition.plain_text)]
