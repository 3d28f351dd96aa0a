"""Watched words on pages for everyone: published only by who may, and with a reason.

A reason lasts for the words that it was given for: another word on the same page asks for another.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from articles.models import (
    Article,
    Audience,
    Block,
    Byline,
    Clearance,
    Document,
    Event,
    Recording,
    Transcript,
    WatchedWord,
)
from articles.models.withdrawable import WithdrawableModel
from articles.publishing.completeness import Missing
from articles.publishing.freezing import WorkingCopy
from articles.publishing.parts import HEAD
from articles.publishing.places import place_name
from articles.text.html import plain_text
from articles.text.watched_words import folded, found_in
from immunoportal import audit
from immunoportal.actors import User
from immunoportal.languages import phrase, text_in

PERMISSION = "articles.publish_watched_words"

LONGEST_REASON = 300
# What readers are told of the people who have made a page.
_OF_PEOPLE = ("qualification", "interests")
_BYLINES = "bylines"
# The raised mark of a note, behind a word: of a letter, or of numbers.
_NOTE = re.compile(r"<sup>(?=(?:[^\w<]|\d)*\w?</sup>)")


def field_name(language: str) -> str:
    """Return the name of the form's field for the reason in a language."""
    return f"clearance_{language}"


@dataclass(frozen=True)
class Watched:
    """A watched word on a page, where it stands first.

    Attributes:
        word: as it stands there.
        by: what finds it.
        language: of the page.
        field: with its language suffix if it has one.
        block: ``None`` for the article itself and its bylines.
    """

    word: str
    by: WatchedWord
    language: str
    field: str
    block: Block | None
    position: int = 0

    @property
    def passages(self) -> tuple[str, ...]:
        """What to mark in the text."""
        return (self.word,)

    @property
    def message(self) -> str:
        """A sentence for the editor."""
        if self.block:
            where = place_name(self.block, self.position)
        elif self.field == _BYLINES:
            where = capfirst(str(Byline._meta.verbose_name_plural))
        else:
            field: Any = Article._meta.get_field(self.field.removesuffix(f"_{self.language}"))
            where = capfirst(field.verbose_name)
        words = {
            "where": where,
            "word": self.word,
            "kind": self.by.get_kind_display(),
            "language": phrase(self.language),
        }
        said = _("%(where)s %(language)s: “%(word)s” (%(kind)s).") % words
        return f"{said} {self.by.why}".strip()


def uncleared(copy: WorkingCopy, languages: Collection[str]) -> dict[str, list[Watched]]:
    """Return the watched words of pages for everyone for which no reason has been given yet, by
    language, in the order of the page."""
    if copy.article.audience != Audience.PUBLIC:
        return {}
    rows = list(WatchedWord.objects.all())
    found = {language: _watched(copy, language, rows) for language in languages}
    cleared: dict[str, set[str]] = {language: set() for language in languages}
    if any(found.values()) and copy.article.pk:
        for row in copy.article.clearances.filter(language__in=languages):
            cleared[row.language].update(row.words)
    return {
        language: left
        for language, words in found.items()
        if (left := [each for each in words if folded(each.word) not in cleared[language]])
    }


def refusals(
    words: Mapping[str, Iterable[Watched]], reasons: Mapping[str, str], *, by: User
) -> Iterator[Missing]:
    """Yield what keeps watched words from being published by a user.

    Args:
        words: by language; see ``uncleared``.
        reasons: by language.
    """
    may = by.has_perm(PERMISSION)
    for language, of_page in words.items():
        reason = reasons.get(language, "").strip()
        if not may:
            ask = _("Take it out, or ask somebody who may publish it and give a reason.")
            for each in of_page:
                yield Missing(f"{each.message} {ask}", each.field, each.block)
        elif not reason:
            message = _(
                "A page that is open to everyone says %(language)s: %(words)s. Say in the panel "
                "why it may, or take the words out."
            )
            named = ", ".join(each.word for each in of_page)
            said = message % {"language": phrase(language), "words": named}
            yield Missing(said, field_name(language))
        elif len(reason) > LONGEST_REASON:
            message = _(
                "The reason %(language)s has %(length)d characters; there is room for %(most)d."
            )
            numbers = {"length": len(reason), "most": LONGEST_REASON}
            said = message % {"language": phrase(language), **numbers}
            yield Missing(said, field_name(language))


def clear(
    article: Article,
    words: Mapping[str, Iterable[Watched]],
    reasons: Mapping[str, str],
    *,
    by: User,
) -> None:
    """Record, for each language, why its watched words are published."""
    for language, of_page in words.items():
        row = Clearance.objects.create(
            article=article,
            language=language,
            words=[folded(each.word) for each in of_page],
            reason=reasons[language].strip(),
            by=by,
        )
        Event.objects.create(
            article=article,
            verb=Event.Verb.CLEARED,
            by=by,
            language=language,
            reason=row.reason,
            detail={"words": row.words},
        )
        audit.record(audit.Act.CLEARED, by=by, about=row, language=language)


def _watched(copy: WorkingCopy, language: str, rows: Iterable[WatchedWord]) -> list[Watched]:
    by_word = {row.word: row for row in rows if row.language in ("", language)}
    found: dict[str, Watched] = {}
    for text, field, block, position in _texts(copy, language):
        for word, by in found_in(text, by_word):
            watched = Watched(word, by_word[by], language, field, block, position)
            found.setdefault(folded(word), watched)
    return list(found.values())


def _texts(copy: WorkingCopy, language: str) -> Iterator[tuple[str, str, Block | None, int]]:
    """Yield the texts of a page, each with its field, its block and the block's position.

    What is said in recordings is among them, and what is told of people. The sources are left out:
    the title of somebody's study is no wording of the page.
    """
    article = copy.article
    said = _said(copy, language)
    for field in HEAD:
        yield text_in(article, field, language), f"{field}_{language}", None, 0
    slug = text_in(article, "slug", language)
    yield f"{slug}\n{slug.replace('-', ' ')}", f"slug_{language}", None, 0
    for position, block in enumerate(copy.blocks, start=1):
        if not block.is_in(language):
            continue
        for field in block.texts:
            if field not in block.files:
                text = text_in(block, field, language)
                is_rich = field in block.rich_texts
                yield _words(text) if is_rich else text, f"{field}_{language}", block, position
        for field, file in block.files_in(language).items():
            yield said.get(file, ""), field, block, position
    for line in copy.bylines:
        for field in _OF_PEOPLE:
            yield text_in(line.contributor, field, language), _BYLINES, None, 0
    yield text_in(article, "funding", language), f"funding_{language}", None, 0


def _said(copy: WorkingCopy, language: str) -> dict[WithdrawableModel, str]:
    """Return what the files of a page say to its readers: the titles of documents, and what is said
    in recordings. No query is made where there is none."""
    files = {file for block in copy.blocks for file in block.files_in(language).values()}
    keys = {
        file.transcript_keys[language]: file
        for file in files
        if isinstance(file, Recording) and language in file.transcript_keys
    }
    rows = Transcript.objects.filter(key__in=keys) if keys else ()
    said: dict[WithdrawableModel, str] = {keys[str(row.key)]: _words(row.text) for row in rows}
    return said | {file: file.title for file in files if isinstance(file, Document)}


def _words(html: str) -> str:
    """Return the words of an HTML text, parted from the marks of notes."""
    return plain_text(_NOTE.sub(" <sup>", html))
