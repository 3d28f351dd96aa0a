"""Citations of the working copy: the sources that its texts name, and those that are gone."""

from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext as _

from articles.models import Block, Source
from articles.publishing.freezing import WorkingCopy
from articles.publishing.places import place_of
from articles.text.citations import keys_in, words_before
from immunoportal.languages import phrase, text_in


def markers_without_source(copy: WorkingCopy, language: str) -> Iterator[tuple[str, str, Block]]:
    """Yield a sentence, the form field and the block for each source that a text of a language
    cites and the article's list does not have."""
    listed = {str(line.source.key) for line in copy.citations}
    found = [
        (position, block, field, html, key)
        for position, block in enumerate(copy.blocks, start=1)
        if block.is_in(language)
        for field in block.rich_texts
        for html in [text_in(block, field, language)]
        for key in dict.fromkeys(keys_in(html))
        if key not in listed
    ]
    if not found:
        return
    names = {str(row.key): str(row) for row in _sources([key for *_place, key in found])}
    for position, block, field, html, key in found:
        where = place_of(block, position) | {
            "language": phrase(language),
            "words": words_before(html, key),
            "source": names.get(key, ""),
        }
        if key in names:
            message = _(
                "%(block)s, block %(position)d: the text %(language)s cites “%(source)s” after "
                "“%(words)s”, and this source is not in the article’s list. Add it to the "
                "list, or take the number out of the text."
            )
        else:
            message = _(
                "%(block)s, block %(position)d: the text %(language)s cites a source after "
                "“%(words)s” that does not exist any more. Take the number out of the text, or "
                "cite another source."
            )
        yield message % where, f"{field}_{language}", block


def _sources(keys: list[str]) -> models.QuerySet[Source]:
    return Source.objects.filter(key__in=keys)
