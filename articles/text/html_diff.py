"""What differs between two texts of clean HTML, word by word, as HTML. Pure: takes HTML, returns
HTML.

The result is the second text with ``<ins>`` around the words that are new, and with the words that
are gone, in ``<del>``, at the places where they stood. Without what is in ``<del>`` it says what
the second text says, without what is in ``<ins>`` what the first one says: no word is lost, and
none is said twice. Lists, tables and links stay whole. See docs/decisions/0018-comparison.md.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape, unescape
from itertools import accumulate, takewhile, zip_longest
from operator import attrgetter, eq

from articles.text.alignment import Effort, Stretch, paired, stretches
from articles.text.paragraphs import LIKENESS, MOST_CANDIDATES, likeness_of
from articles.text.words_diff import GONE, NEW, SAME, WORD

_TAG = re.compile(r'(<cite data-source="[^"]*"></cite>|<[^>]*>)')
# Each with the blanks before it, and the blank at the end.
_WORDS = re.compile(rf"\s*+(?:{WORD}|[^\w\s])|\s+$")
_ANCHOR = re.compile(r' id="[^"]*"')
_INLINE = {"a", "strong", "em", "sub", "sup", "cite"}
# Where marked words begin and end; parts of them that are formatted otherwise are one.
_FORMATS = r"</?(?:a|strong|em|sub|sup)\b[^>]*>"
_END = re.compile(rf"</(ins|del)>(?!(?:{_FORMATS})*<\1>)")
_BEGIN = re.compile(rf"(?:</(ins|del)>(?:{_FORMATS})*)?<(ins|del)>")
# What changes what words say, not only how they look: where they lead, and what is raised.
_TELLING = ("<a ", "<sub>", "<sup>")
# One of these can become the other: what they hold is alike.
_SAME_KIND = {"h2": "p", "h3": "p", "th": "td"}
# Looking for a word in a bag takes as long as comparing so many pairs of words.
_COST = 3
# A thing within a text that is no word: a line break, the marker of a citation.
_THING = "\ufffc"

# Some words of one formatting as HTML, and the tags that they stand in.
Piece = tuple[str, tuple[str, ...]]
# Words with what became of them: the run that they stand in, and between which characters.
Change = tuple[str, "Run", int, int]


@dataclass
class Text:
    """A text of one formatting.

    Attributes:
        thing: itself as HTML, if it is none of words.
        tags: those that it stands in.
    """

    start: int
    words: str
    thing: str
    tags: tuple[str, ...]

    @property
    def told(self) -> str:
        """What it says beside its words."""
        return self.thing + "".join(tag for tag in self.tags if tag.startswith(_TELLING))


@dataclass
class Run:
    """Words that follow one another, with no block among them."""

    texts: list[Text] = field(default_factory=list)
    length: int = 0
    kind = ""

    def add(self, words: str, thing: str, tags: tuple[str, ...]) -> None:
        self.texts.append(Text(self.length, words, thing, tags))
        self.length += len(words)

    @cached_property
    def key(self) -> str:
        return "".join(f"{text.words}{text.thing}{text.tags}" for text in self.texts)

    @cached_property
    def keys(self) -> list[str]:
        """The words; those that lead somewhere or are raised, with what tells it."""
        words = list(map(str.strip, self._words))
        if not any(text.told for text in self.texts):
            return words
        places = zip(words, self.ends, self.ends[1:], strict=False)
        return [
            word + "".join(text.told for text in self._texts(start, end))
            for word, start, end in places
        ]

    @cached_property
    def ends(self) -> list[int]:
        """Where each word ends, and first where the first one begins."""
        return list(accumulate(map(len, self._words), initial=0))

    @cached_property
    def _words(self) -> list[str]:
        """The words, each with the blanks before it."""
        return _WORDS.findall("".join(text.words for text in self.texts))

    @cached_property
    def bag(self) -> Counter[str]:
        return Counter(self.keys)

    def blank_before(self, word: int) -> int:
        """Return how many blanks stand before a word."""
        return len(self._words[word]) - len(self._words[word].lstrip())

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        """Yield what stands between two characters, as HTML."""
        for text in self._texts(start, end):
            words = text.words[max(0, start - text.start) : end - text.start]
            yield text.thing or escape(words, quote=False), text.tags

    def _texts(self, start: int, end: int) -> Iterator[Text]:
        place = bisect_right(self.texts, start, key=attrgetter("start")) - 1
        for text in self.texts[place:]:
            if max(text.start, start) >= end:
                return
            yield text


@dataclass
class Element:
    """A block: its tag, and the blocks and runs of words in it."""

    tag: str
    children: "list[Element | Run]" = field(default_factory=list)

    @cached_property
    def name(self) -> str:
        return self.tag[1:-1].split(" ", 1)[0]

    @cached_property
    def kind(self) -> str:
        return _SAME_KIND.get(self.name, self.name)

    @cached_property
    def key(self) -> str:
        return f"{self.tag}{''.join(child.key for child in self.children)}</{self.name}>"

    @cached_property
    def bag(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for child in self.children:
            found.update(child.bag)
        return found

    def around(self, html: Iterable[str]) -> str:
        return f"{self.tag}{''.join(html)}</{self.name}>"


Node = Element | Run


def marked(before: str, after: str, effort: Effort | None = None) -> str:
    """Return the second text with the words marked in which it differs from the first.

    A word whose link leads elsewhere is another word; one that is only formatted otherwise is not.

    Args:
        before, after: clean HTML.
        effort: what may be spent on it, where one page shows many texts. What is too long to be
            compared word by word is shown as a whole.

    Returns:
        The HTML, without anchors; nothing is marked in it where no word differs.
    """
    return "".join(_compared(_parsed(before), _parsed(after), effort or Effort()))


def has_marks(html: str) -> bool:
    """Tell whether a word is marked in what ``marked`` has returned."""
    return "<ins>" in html or "<del>" in html


def with_words(html: str, before: Mapping[str, str], after: str, css_class: str) -> str:
    """Say in words too what is marked, for those who hear a text or print it without its looks.

    Args:
        html: from ``marked``.
        before: what is said before the words that are gone ("del") and that are new ("ins").
        after: what ends them.
        css_class: of what says it.
    """

    def said(words: str) -> str:
        return f'<span class="{css_class}">{escape(words)}</span>'

    ended = _END.sub(lambda tag: said(after) + tag[0], html)
    return _BEGIN.sub(
        lambda tags: tags[0] if tags[1] == tags[2] else tags[0] + said(before[tags[2]]), ended
    )


def _parsed(html: str) -> list[Node]:
    root = Element("<>")
    blocks = [root]
    formats: list[str] = []
    for number, part in enumerate(_TAG.split(html)):
        if number % 2 == 0:
            _add(blocks[-1], unescape(part), "", tuple(formats))
            continue
        name = part.strip("</>").split(" ", 1)[0]
        ends = part.startswith("</")
        if part == "<br>" or part.endswith("></cite>"):
            _add(blocks[-1], _THING, part, tuple(formats))
        elif name in _INLINE:
            if not ends:
                formats.append(part)
            elif formats:
                formats.pop()
        elif not ends:
            block = Element(_ANCHOR.sub("", part))
            blocks[-1].children.append(block)
            blocks.append(block)
        elif len(blocks) > 1:
            blocks.pop()
    return root.children


def _add(block: Element, text: str, thing: str, tags: tuple[str, ...]) -> None:
    if not text:
        return
    last = block.children[-1] if block.children else None
    if not isinstance(last, Run):
        last = Run()
        block.children.append(last)
    last.add(text, thing, tags)


def _compared(old: Sequence[Node], new: Sequence[Node], effort: Effort) -> Iterator[str]:
    keys = [node.key for node in old], [node.key for node in new]
    for is_equal, start, end, other_start, other_end in stretches(*keys, effort):
        first, second = old[start:end], new[other_start:other_end]
        if is_equal:
            yield from (_whole(node, SAME) for node in second)
            continue
        for one, other in _pairs(first, second, effort):
            yield _pair(one, other, effort)


def _pair(old: Node | None, new: Node | None, effort: Effort) -> str:
    if isinstance(old, Run) and isinstance(new, Run):
        return _written(_changes(old, new, effort))
    if isinstance(old, Element) and isinstance(new, Element) and old.kind == new.kind:
        return new.around(_compared(old.children, new.children, effort))
    gone = _whole(old, GONE) if old else ""
    return gone + (_whole(new, NEW) if new else "")


def _whole(node: Node, kind: str) -> str:
    if isinstance(node, Run):
        return _written([(kind, node, 0, node.length)])
    return node.around(_whole(child, kind) for child in node.children)


def _pairs(
    old: Sequence[Node], new: Sequence[Node], effort: Effort
) -> Iterator[tuple[Node | None, Node | None]]:
    """Yield which block became which: by their words, and those between them by their places."""
    # In a table the place tells it.
    in_cells = all(node.kind == "td" for node in [*old, *new])
    if in_cells or len(old) * len(new) > MOST_CANDIDATES or not _may_match(old, new, effort):
        yield from zip_longest(old, new)
        return
    likeness = [
        [likeness_of(one.bag, other.bag) if one.kind == other.kind else 0.0 for other in new]
        for one in old
    ]
    gone: list[Node] = []
    come: list[Node] = []
    for one, other in paired(likeness, len(new)):
        if one is not None and other is not None:
            yield from zip_longest(gone, come)
            gone, come = [], []
            yield old[one], new[other]
        elif one is not None:
            gone.append(old[one])
        elif other is not None:
            come.append(new[other])
    yield from zip_longest(gone, come)


def _may_match(old: Sequence[Node], new: Sequence[Node], effort: Effort) -> bool:
    """Tell whether the words of some blocks may be compared with those of each other one."""
    return effort.allows(_COST * sum(len(node.bag) for node in old) * len(new))


def _changes(old: Run, new: Run, effort: Effort) -> Iterator[Change]:
    """Yield the words of two runs with what became of them."""
    for is_equal, first, last, other_first, other_last in _stretches(old, new, effort):
        start, end = old.ends[first], old.ends[last]
        other_start, other_end = new.ends[other_first], new.ends[other_last]
        if is_equal:
            yield SAME, new, other_start, other_end
            continue
        if first < last and other_first < other_last:
            # The blank before both stays where it is.
            blank, other_blank = old.blank_before(first), new.blank_before(other_first)
            if blank and other_blank:
                yield SAME, new, other_start, other_start + other_blank
                start, other_start = start + blank, other_start + other_blank
        yield from ((GONE, old, start, end), (NEW, new, other_start, other_end))


def _stretches(old: Run, new: Run, effort: Effort) -> Iterator[Stretch]:
    shared = (old.bag & new.bag).total()
    if shared < LIKENESS * min(len(old.keys), len(new.keys)):
        # Small words in common would tear both apart.
        yield False, 0, len(old.keys), 0, len(new.keys)
        return
    yield from stretches(old.keys, new.keys, effort)


def _written(changes: Iterable[Change]) -> str:
    """Return words as HTML, each within its tags, and those innermost that mark it."""
    written: list[str] = []
    around: list[str] = []
    for kind, run, start, end in changes:
        mark = [] if kind == SAME else [f"<{kind}>"]
        for html, tags in run.pieces(start, end):
            _turn(written, around, [*tags, *mark])
            written.append(html)
    _turn(written, around, [])
    return "".join(written)


def _turn(written: list[str], around: list[str], wanted: list[str]) -> None:
    """Close and open tags until those are open that are wanted."""
    kept = sum(takewhile(bool, map(eq, around, wanted)))
    written += [f"</{tag[1:-1].split(' ', 1)[0]}>" for tag in reversed(around[kept:])]
    written += wanted[kept:]
    around[:] = wanted
