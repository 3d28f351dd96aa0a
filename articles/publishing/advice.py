"""What would make a page better, and never keeps it from being published.

Each check takes the working copy and a language and yields advice. A new check is a function here
and a line in ``CHECKS``. What must not be missing is in ``articles.publishing.completeness``.

While a text is only being saved, nothing is said: it is in the making.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import Audience, Block, SourceStatus
from articles.models.sources import shortened
from articles.publishing.blanks import blanks_in
from articles.publishing.freezing import WorkingCopy
from articles.publishing.parts import HEAD
from articles.publishing.places import place_of
from articles.text.html import plain_text, with_anchors
from articles.text.links import links_in
from articles.text.own_links import own_links_in
from articles.text.readability import FORMULAS, Schooling, has_words, sentences_in
from immunoportal.languages import TABLE, phrase, text_in

# Characters, but for the lead: words.
LONGEST_TITLE = 60
SHORTEST_DESCRIPTION, LONGEST_DESCRIPTION = 50, 160
LONGEST_ALTERNATIVE_TEXT = 125
LONGEST_LEAD = 60


class Stage(Enum):
    """When advice is of use."""

    # Something looks wrong on the page.
    PREVIEW = auto()
    # Readers would be served better.
    PUBLICATION = auto()


@dataclass(frozen=True)
class Advice:
    """Something that could be better.

    Attributes:
        message: a sentence for the editor.
        field: the form field that it is about, with its language suffix if it has one.
        block: the block it belongs to, or ``None`` for the article itself.
        passages: what to mark in the text.
    """

    message: str
    field: str
    block: Block | None
    stage: Stage
    passages: tuple[str, ...] = ()


class _Text(NamedTuple):
    """A rich text of a page, and where it stands."""

    html: str
    block: Block
    position: int
    field: str

    def place(self, **more: object) -> dict[str, object]:
        """Return what a sentence says of it."""
        return place_of(self.block, self.position) | more


def advice(copy: WorkingCopy, language: str) -> list[Advice]:
    """Return what could be better in a language of an article, in the order of the page."""
    return [item for check in CHECKS for item in check(copy, language)]


def _title(copy: WorkingCopy, language: str) -> Iterator[Advice]:
    length = len(text_in(copy.article, "title", language))
    if length > LONGEST_TITLE:
        message = _(
            "The title %(language)s has %(length)d characters: search engines show about %(most)d."
        )
        words = {"language": phrase(language), "length": length, "most": LONGEST_TITLE}
        yield Advice(message % words, f"title_{language}", None, Stage.PREVIEW)


def _blanks(copy: WorkingCopy, language: str) -> Iterator[Advice]:
    article = copy.article
    texts: list[tuple[str, str, Block | None]] = [
        *((text_in(article, name, language), name, None) for name in HEAD),
        *(
            (text_in(block, name, language), name, block)
            for block in copy.blocks_in(language)
            for name in block.texts
            if name not in block.files
        ),
    ]
    for text, name, block in texts:
        if "[" not in text:
            continue
        for blank in blanks_in(plain_text(text) if block and name in block.rich_texts else text):
            message = _(
                "%(blank)s is a blank that only the publisher can fill in. If the page is "
                "published as it is, readers see the blank %(language)s."
            )
            words = {"blank": blank, "language": phrase(language)}
            yield Advice(message % words, f"{name}_{language}", block, Stage.PREVIEW, (blank,))


def _lead(copy: WorkingCopy, language: str) -> Iterator[Advice]:
    length = len(text_in(copy.article, "lead", language).split())
    if length > LONGEST_LEAD:
        message = _(
            "The lead %(language)s has %(length)d words: up to %(most)d can be read at a glance."
        )
        words = {"language": phrase(language), "length": length, "most": LONGEST_LEAD}
        yield Advice(message % words, f"lead_{language}", None, Stage.PUBLICATION)


def _readability(copy: WorkingCopy, language: str) -> Iterator[Advice]:
    """Yield for whom the whole of a page is, if they are fewer than it is meant for."""
    formula = FORMULAS.get(TABLE[language].readability)
    if formula is None or copy.article.audience != Audience.PUBLIC:
        return
    lead = text_in(copy.article, "lead", language)
    text = "\n".join([lead, *(plain_text(text.html) for text in _prose(copy, language))])
    if not has_words(text):
        return
    value = formula.of(text)
    messages = {
        Schooling.UPPER_SECONDARY: _(
            "The text %(language)s is for readers with an upper secondary school diploma "
            "(%(formula)s %(value)s). Shorter sentences and simpler words reach more of them."
        ),
        Schooling.UNIVERSITY: _(
            "The text %(language)s is for readers with a university degree (%(formula)s "
            "%(value)s). Shorter sentences and simpler words reach more of them."
        ),
    }
    message = messages.get(formula.schooling(value))
    if message:
        words = {
            "language": phrase(language),
            "formula": formula.name,
            "value": localize(round(value, 1)),
        }
        first = next((text for text in _prose(copy, language)), None)
        field = first.field if first else f"lead_{language}"
        block = first.block if first else None
        yield Advice(message % words, field, block, Stage.PUBLICATION)


def _long_sentences(copy: WorkingCopy, language: str) -> Iterator[Advice]:
    for text in _prose(copy, language):
        long = [each for each in sentences_in(plain_text(text.html)) if each.is_long]
        if not long:
            continue
        message = ngettext(
            "%(block)s, block %(position)d: a sentence %(language)s has %(most)d words: “%(words)s "
            "…”",
            "%(block)s, block %(position)d: %(number)d sentences %(language)s have more than 25 "
            "words, the longest %(most)d: “%(words)s …”",
            len(long),
        )
        longest = max(long, key=lambda sentence: sentence.words)
        place = text.place(
            language=phrase(language),
            number=len(long),
            most=longest.words,
            words=" ".join(longest.text.split()[:6]),
        )
        passages = tuple(sentence.text for sentence in long)
        yield Advice(message % place, text.field, text.block, Stage.PUBLICATION, passages)


def _headings(copy: WorkingCopy, language: str) -> Iterator[Advice]:
    above = 1  # the title of the page
    for text in _texts(copy, language):
        for heading in with_anchors(text.html, set())[1]:
            if heading.level > above + 1:
                message = _(
                    "%(block)s, block %(position)d: the heading “%(words)s” %(language)s is a "
                    "subheading with no heading above it."
                )
                place = text.place(words=heading.text, language=phrase(language))
                yield Advice(message % place, text.field, text.block, Stage.PREVIEW)
            above = heading.level


def _link_words(copy: WorkingCopy, language: str) -> Iterator[Advice]:
    """Yield the links whose words do not tell where they lead, or not only that."""
    empty = TABLE[language].empty_links
    known: dict[str, str] = {}
    for text, target, words in _links_in(copy, language):
        said = " ".join(words.split()).strip(".:;,!>»→ ").casefold()
        if not said:
            continue
        place = text.place(words=words, language=phrase(language))
        if said in empty:
            message = _(
                "%(block)s, block %(position)d: the link “%(words)s” %(language)s does not tell "
                "where it leads. Screen readers read links out one by one: let its words name the "
                "page."
            )
            yield Advice(message % place, text.field, text.block, Stage.PREVIEW, (words,))
        elif known.setdefault(said, target) != target:
            message = _(
                "%(block)s, block %(position)d: another link %(language)s says “%(words)s” too, "
                "and leads elsewhere. Let their words tell them apart."
            )
            yield Advice(message % place, text.field, text.block, Stage.PREVIEW, (words,))


def _alternative_texts(copy: WorkingCopy, language: str) -> Iterator[Advice]:
    for position, block in enumerate(copy.blocks, start=1):
        if "alternative_text" not in block.texts or not block.is_in(language):
            continue
        is_heard = not getattr(block, "decorative", False)
        length = is_heard and len(text_in(block, "alternative_text", language))
        if length > LONGEST_ALTERNATIVE_TEXT:
            message = _(
                "%(block)s, block %(position)d: the alternative text %(language)s has %(length)d "
                "characters; up to %(most)d are easy to listen to. The rest may go into the "
                "caption."
            )
            words = {"language": phrase(language), "length": length}
            place = place_of(block, position) | words | {"most": LONGEST_ALTERNATIVE_TEXT}
            yield Advice(message % place, f"alternative_text_{language}", block, Stage.PREVIEW)


def _description(copy: WorkingCopy, language: str) -> Iterator[Advice]:
    description = text_in(copy.article, "description", language)
    length = len(description or text_in(copy.article, "lead", language))
    if length > LONGEST_DESCRIPTION:
        message = (
            _(
                "The description for search engines %(language)s has %(length)d characters: they "
                "show about %(most)d."
            )
            if description
            else _(
                "Search engines show the lead %(language)s, and cut it after about %(most)d "
                "characters: write a description of its own for them."
            )
        )
    elif description and length < SHORTEST_DESCRIPTION:
        message = _(
            "The description for search engines %(language)s has %(length)d characters: from "
            "%(fewest)d on, readers can tell what the page is about."
        )
    else:
        return
    words = {
        "language": phrase(language),
        "length": length,
        "most": LONGEST_DESCRIPTION,
        "fewest": SHORTEST_DESCRIPTION,
    }
    yield Advice(message % words, f"description_{language}", None, Stage.PUBLICATION)


def _sources(copy: WorkingCopy, language: str) -> Iterator[Advice]:
    """Yield the sources that are not to be relied on any more."""
    for source in (line.source for line in copy.citations):
        if source.status == SourceStatus.RETRACTED:
            message = _(
                "The page %(language)s cites a source that its journal has retracted: “%(source)s”"
            )
        elif source.status:
            message = _("The page %(language)s cites a source that is outdated: “%(source)s”")
        else:
            continue
        words = {"language": phrase(language), "source": shortened(source.citation)}
        yield Advice(message % words, "citations", None, Stage.PREVIEW)


CHECKS: list[Callable[[WorkingCopy, str], Iterable[Advice]]] = [
    _sources,
    _title,
    _blanks,
    _headings,
    _link_words,
    _alternative_texts,
    _lead,
    _readability,
    _long_sentences,
    _description,
]


def _texts(copy: WorkingCopy, language: str) -> Iterator[_Text]:
    for position, block in enumerate(copy.blocks, start=1):
        if block.is_in(language):
            for field in block.rich_texts:
                if html := text_in(block, field, language):
                    yield _Text(html, block, position, f"{field}_{language}")


def _prose(copy: WorkingCopy, language: str) -> Iterator[_Text]:
    """Yield the texts that are made of sentences: all but tables."""
    return (text for text in _texts(copy, language) if not text.html.startswith("<table"))


def _links_in(copy: WorkingCopy, language: str) -> Iterator[tuple[_Text, str, str]]:
    """Yield each link's text, target and words."""
    for text in _texts(copy, language):
        if "<a " not in text.html:
            continue
        for link in links_in(text.html):
            yield text, link.target, link.words
        for own, words in own_links_in(text.html):
            yield text, own.tag, plain_text(words)
