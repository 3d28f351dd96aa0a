"""What a page says in one language and not in another: asked before it is published.

It asks and never blocks. Somebody who has looked may answer "right as it is", which is remembered
for that pair of texts.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from itertools import combinations
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from articles.models import Article, Edition, Event, ParityAnswer, Term
from articles.publishing.agreement import NOTHING
from articles.publishing.content import read
from articles.publishing.freezing import WorkingCopy, freeze
from articles.publishing.parts import SOURCES, Part, parts_of
from articles.publishing.permission import demand_permission
from articles.text.amounts import amounts
from articles.text.html import plain_text
from articles.text.lines import lines_of
from articles.text.parity import (
    CITATION,
    LINK,
    TABLE,
    Difference,
    Told,
    differences,
    same_sentences,
    told_in,
    told_in_html,
    told_in_rows,
)
from articles.text.terms import Glossary, Names, TermDoubt
from immunoportal import languages
from immunoportal.actors import User
from immunoportal.languages import localized, phrase

# What both languages share, whatever their texts say: what a block shows, and how urgent it is.
_SHARED = ("image", "recording", "article", "urgency", "kind")
_TEXTS = ("when", "title", "text", "alternative_text", "caption", "source")


@dataclass(frozen=True)
class Doubt:
    """One thing that may be wrong in a translation.

    Attributes:
        message: a sentence for the editor.
        language: of the text in which it stands.
        before, words, after: how it stands there; empty where there are no such words.
        row, column: of the cell in a table, from 1; else 0.
    """

    message: str
    language: str
    before: str = ""
    words: str = ""
    after: str = ""
    row: int = 0
    column: int = 0


@dataclass(frozen=True)
class Disparity:
    """What is asked about one part of a page in two languages.

    Attributes:
        part, kind: the key of the part and its kind; see ``articles.publishing.parts``.
        digests: of its texts, by language; empty where there is none.
        doubts: in the order of the texts.
    """

    part: str
    kind: str
    digests: Mapping[str, str]
    doubts: Sequence[Doubt] = field(compare=False)

    @property
    def address(self) -> str:
        """What tells it from any other disparity; it stays the same as long as the texts do."""
        pair = (f"{language}:{digest}" for language, digest in sorted(self.digests.items()))
        return " ".join([self.part, *pair])


def at_publication(
    copy: WorkingCopy, chosen: Collection[str], frozen: Mapping[str, Edition] | None = None
) -> list[Disparity]:
    """Return what is asked before some languages of the working copy are published.

    What would be live in each of them is compared with what every other language would show then:
    its new edition if it is published in the same act, else its live one.

    Args:
        frozen: the working copy in the chosen languages, where it has been frozen already.
    """
    editions = {
        language: frozen[language] if frozen else freeze(copy, language) for language in chosen
    }
    rest = [language for language in languages.codes() if language not in editions]
    if rest and copy.article.pk:
        live = copy.article.editions.live().filter(language__in=rest)
        editions |= {edition.language: edition for edition in live.defer("plain_text")}
    pairs = [pair for pair in combinations(editions, 2) if set(pair) & set(chosen)]
    return _asked(copy.article, [(editions[own], editions[other]) for own, other in pairs])


def between_live_pages(article: Article) -> list[Disparity]:
    """Return what is asked about the live pages of an article."""
    live = article.editions.live().defer("plain_text")
    order = languages.codes()
    editions = sorted(live, key=lambda edition: order.index(edition.language))
    return _asked(article, list(combinations(editions, 2)))


def _asked(article: Article, pairs: Sequence[tuple[Edition, Edition]]) -> list[Disparity]:
    if not pairs:
        return []
    terms = glossary()
    asked = [disparity for own, other in pairs for disparity in disparities(own, other, terms)]
    answered = answered_of(article) if asked else ()
    return [disparity for disparity in asked if disparity.address not in answered]


def disparities(own: Edition, other: Edition, terms: Glossary | None = None) -> list[Disparity]:
    """Return what is asked about two editions in two languages, in the order of the first page.

    Args:
        terms: the glossary; without it, no term is asked about.
    """
    mine, theirs = parts_of(own), parts_of(other)
    sources = {
        source["key"]: source["citation"]
        for edition in (own, other)
        for source in read(edition).sources
    }
    pair = _Pair(own.language, other.language, sources, terms)
    found = []
    for key in dict.fromkeys([*mine, *theirs]):
        if key == SOURCES:  # they are not translated
            continue
        part, counterpart = mine.get(key), theirs.get(key)
        doubts = list(pair.doubts(part, counterpart))
        if doubts:
            parts = mine if part else theirs
            digests = {
                own.language: part.digest if part else NOTHING,
                other.language: counterpart.digest if counterpart else NOTHING,
            }
            found.append(Disparity(key, parts[key].kind, digests, doubts))
    return found


@dataclass(frozen=True)
class _Pair:
    """Two languages, and what is known of the pages in them."""

    own: str
    other: str
    sources: Mapping[str, str]
    terms: Glossary | None

    def doubts(self, part: Part | None, counterpart: Part | None) -> Iterator[Doubt]:
        if part is None or counterpart is None:
            there, language = (part, self.own) if part else (counterpart, self.other)
            if there and not there.only_here:
                yield self._untranslated(language)
            return
        if part.only_here or counterpart.only_here:
            return
        texts = [
            list(_told(said.said, language))
            for said, language in ((part, self.own), (counterpart, self.other))
        ]
        for own, other in zip(*texts, strict=True):
            for difference in differences(own, other):
                yield self._of_difference(difference)
        for line in same_sentences(_translated(part.said), _translated(counterpart.said)):
            yield self._of_same(line)
        if isinstance(part.said, dict):
            for name in _SHARED:
                if part.said.get(name) != counterpart.said.get(name):
                    yield self._of_shared(name)
        if self.terms:
            words = [_words(said.said) for said in (part, counterpart)]
            for doubt in self.terms.doubts(words[0], self.own, words[1], self.other):
                yield self._of_term(doubt)

    def _names(self, *, is_own: bool) -> dict[str, str]:
        """Return how sentences call the language in which something stands, and the other one."""
        languages = (self.own, self.other) if is_own else (self.other, self.own)
        return {"language": str(phrase(languages[0])), "other": str(phrase(languages[1]))}

    def _untranslated(self, language: str) -> Doubt:
        names = self._names(is_own=language == self.own)
        return Doubt(_("It stands %(language)s and not %(other)s.") % names, language)

    def _of_same(self, line: str) -> Doubt:
        message = _("The same words stand %(language)s and %(other)s: are they translated?")
        return Doubt(message % self._names(is_own=True), self.own, words=line)

    def _of_shared(self, name: str) -> Doubt:
        message = (
            _("It does not say the same %(language)s and %(other)s about how urgent it is.")
            if name in ("urgency", "kind")
            else _("What is shown %(language)s is not what is shown %(other)s.")
        )
        return Doubt(message % self._names(is_own=True), self.own)

    def _of_difference(self, difference: Difference) -> Doubt:
        words = difference.words
        if difference.kind == CITATION:
            words = self.sources.get(words, "")
            message = _("The source “%(words)s” is cited %(language)s and not so %(other)s.")
        elif difference.kind == LINK:
            message = _("The link “%(words)s” stands %(language)s and not %(other)s.")
        elif difference.kind == TABLE and not difference.row:
            message = _("The table has %(words)s cells %(language)s and %(after)s %(other)s.")
        elif difference.kind == TABLE:
            message = _("“%(words)s” stands %(language)s, and the cell is empty %(other)s.")
        else:
            message = _("“%(words)s” stands %(language)s and not %(other)s.")
        names = self._names(is_own=difference.is_own)
        told = message % {"words": words, "after": difference.after, **names}
        if difference.row:
            place = _("Row %(row)d, column %(column)d: %(message)s")
            told = place % {
                "row": difference.row, "column": difference.column, "message": told,
            }  # fmt: skip
        has_words = difference.kind not in (CITATION, TABLE)
        return Doubt(
            message=told,
            language=self.own if difference.is_own else self.other,
            before=difference.before,
            words=words if has_words else "",
            after=difference.after if has_words else "",
            row=difference.row,
            column=difference.column,
        )

    def _of_term(self, doubt: TermDoubt) -> Doubt:
        if doubt.reason:
            message = _(
                "“%(words)s” %(language)s: “%(used)s” is not to be used for it %(other)s "
                "(%(reason)s). The glossary has “%(expected)s”."
            )
        elif doubt.used:
            message = _(
                "“%(words)s” %(language)s: “%(used)s” is not to be used for it %(other)s. The "
                "glossary has “%(expected)s”."
            )
        else:
            message = _(
                "“%(words)s” %(language)s: “%(expected)s”, as the glossary has it, does not stand "
                "%(other)s."
            )
        told = {
            "words": doubt.words,
            "expected": doubt.expected,
            "used": doubt.used,
            "reason": doubt.reason,
            **self._names(is_own=doubt.is_own),
        }
        return Doubt(message % told, self.own if doubt.is_own else self.other, words=doubt.words)


def numbers_differ(before: Part | None, after: Part | None, language: str) -> bool:
    """Tell whether a part has other numbers or units than before, in one language.

    Args:
        before, after: ``None`` where there is no such part.
    """
    return _amounts(before, language) != _amounts(after, language)


def _amounts(part: Part | None, language: str) -> list[Hashable]:
    if part is None or not isinstance(part.said, (str, dict)):
        return []
    return [amount for told in _told(part.said, language) for amount in amounts(told, language)]


def _told(said: Any, language: str) -> Iterator[Told]:
    """Yield what a part says: its texts together, and the cells of a table."""
    if isinstance(said, str):
        yield told_in(said, language)
        return
    lines = _lines(said)
    html = said.get("html", "")
    if said["type"] == "table":
        yield told_in("\n".join(lines), language)
        yield told_in_rows(html, language)
    else:
        written = "".join(f"<p>{escape(line)}</p>" for line in lines)
        yield told_in_html(f"{written}{html}", language)


def _lines(said: Mapping[str, Any]) -> list[str]:
    return [*(said[name] for name in _TEXTS if said.get(name)), *said.get("points", ())]


def _words(said: Any) -> str:
    if isinstance(said, str):
        return said
    return "\n".join([*_lines(said), plain_text(said.get("html", ""))])


def _translated(said: Any) -> str:
    """Return what a part says, but for whom it quotes."""
    return _words({**said, "source": ""} if isinstance(said, dict) else said)


# The glossary


def glossary() -> Glossary:
    """Return the glossary as it is now."""
    names = localized("term", "aliases", "forbidden")
    return _glossary_of(tuple(Term.objects.order_by("pk").values_list(*names)))


@lru_cache(maxsize=1)
def _glossary_of(rows: tuple[tuple[str | None, ...], ...]) -> Glossary:
    codes = languages.codes()
    terms = []
    for row in rows:
        columns = [row[start : start + len(codes)] for start in range(0, len(row), len(codes))]
        of_language = zip(codes, *columns, strict=True)
        terms.append(
            {
                code: Names((term, *lines_of(aliases or "")), tuple(_forbidden(words or "")))
                for code, term, aliases, words in of_language
                if term
            }
        )
    return Glossary(terms)


def _forbidden(text: str) -> Iterable[tuple[str, str]]:
    """Yield each word of a list, and why it is not to be used: "word: reason"."""
    for line in lines_of(text):
        word, _colon, reason = line.partition(":")
        if word.strip():
            yield word.strip(), reason.strip()


# The answers


def answered_of(article: Article) -> set[str]:
    """Return the addresses of the disparities that were answered "right as it is"."""
    if article.pk is None:
        return set()
    rows = article.parity_answers.values_list(
        "part", "language", "digest", "other_language", "other_digest"
    )
    return {f"{part} {first}:{one} {second}:{two}" for part, first, one, second, two in rows}


@transaction.atomic
def answer(article: Article, asked: Iterable[Disparity], *, by: User) -> list[ParityAnswer]:
    """Remember that what was asked is right as it is, as long as the texts stay what they are.

    Args:
        asked: what ``by`` was shown and has answered; what was answered before is left out.

    Returns:
        The new rows.

    Raises:
        PermissionDenied: ``by`` may not publish.
    """
    demand_permission(by)
    article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    answered = answered_of(article)
    rows = []
    for disparity in {each.address: each for each in asked}.values():
        if disparity.address in answered:
            continue
        (language, digest), (other, other_digest) = sorted(disparity.digests.items())
        row = ParityAnswer(
            article=article,
            part=disparity.part,
            language=language,
            digest=digest,
            other_language=other,
            other_digest=other_digest,
            by=by,
        )
        rows.append(row)
    if rows:
        ParityAnswer.objects.bulk_create(rows)
        Event.objects.create(
            article=article,
            verb=Event.Verb.FOUND_RIGHT,
            by=by,
            detail={"parts": [row.part for row in rows]},
        )
    return rows
