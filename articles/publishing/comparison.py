"""What differs between two editions, part by part, words marked.

An edition that is not stored, frozen from the working copy, can be one of the two.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import (
    BLOCKS,
    Article,
    Byline,
    Document,
    Edition,
    Image,
    Recording,
    Source,
)
from articles.models.articles import Audience
from articles.publishing.content import FOR_DOCTOR, Frozen, read
from articles.publishing.parts import FUNDING, HEAD, SOURCES, Part, part_of, parts_of
from articles.text import html_diff
from articles.text.alignment import Effort, merged
from articles.text.html import plain_text

# What all languages share, or what is each one's own: a change of it asks nothing of the others.
BYLINES, PAGE = "bylines", "page"

ADDED, REMOVED, CHANGED, MOVED, SAME = "added", "removed", "changed", "moved", "same"

# How what an edition names by a key is called: a source, a picture, a file, an article.
Names = Mapping[str, str]

_MARKER = re.compile(r'<cite data-source="([^"]*)"></cite>')
# In characters.
_LONGEST_MARKER = 40
_LONGEST_EXCERPT = 90


@dataclass(frozen=True)
class Difference:
    """A field of a part that differs.

    Attributes:
        name: of the field, as the edition stores it.
        label: what people call it.
        html: what it says, with ``<ins>`` and ``<del>``.
        before, after: as they are stored; ``None`` of what is not there.
        is_unmarked: whether there was too much to be compared word by word: the old text comes
            first, as a whole, and then the new one.
    """

    name: str
    label: str
    html: SafeString
    before: Any
    after: Any
    is_unmarked: bool = False

    @property
    def shown(self) -> SafeString:
        """What it says, with words for those who hear it."""
        before = {"del": _("[gone: "), "ins": _("[new: ")}
        said = html_diff.with_words(self.html, before, "] ", "visually-hidden")
        return mark_safe(said)  # noqa: S308  # as safe as it was

    @property
    def is_only_formatting(self) -> bool:
        """Tell whether it says the same in the same words."""
        return not html_diff.has_marks(self.html)


@dataclass(frozen=True)
class PartDifference:
    """A part of two editions, and what became of it.

    Attributes:
        kind: as ``Part`` has it.
        label: what people call it.
        before, after: of a block, its place among those of each edition, from 1; 0 where it is
            not.
        how: "added", "removed", "changed", "moved" or "same". What was changed may have moved too.
        moved: whether it stands elsewhere among those that both have.
        excerpt: of what was only moved, its first words.
        fields: those that differ.
    """

    key: str
    kind: str
    label: str
    before: int
    after: int
    how: str
    moved: bool
    fields: list[Difference]
    excerpt: str = ""


def compare(
    old: Edition, new: Edition, names: Names | None = None, effort: Effort | None = None
) -> list[PartDifference]:
    """Return the parts of two editions of an article in the order of the new one, those that it
    lacks after what they followed.

    No query is made, but for the topics where they have not been read.

    Args:
        names: see ``names_of``.

    Raises:
        UnknownSchema: one of them was written by a newer version of the code.
    """
    names = names or {}
    effort = effort or Effort()
    first, second = _all_parts(old), _all_parts(new)
    places, new_places = _places(old), _places(new)
    stayed = _longest_in_order([places[key] for key in new_places if key in places])
    found = []
    for key in merged(first, second):
        before, after = first.get(key), second.get(key)
        moved = key in places and key in new_places and places[key] not in stayed
        part = after or first[key]
        how = _how(before, after, moved)
        found.append(
            PartDifference(
                key=key,
                kind=part.kind,
                label=label_of(part.kind),
                before=places.get(key, 0),
                after=new_places.get(key, 0),
                how=how,
                moved=moved,
                fields=differences(before, after, names, effort),
                excerpt=_first_words(part) if how == MOVED else "",
            )
        )
    return found


def differences(
    before: Part | None,
    after: Part | None,
    names: Names | None = None,
    effort: Effort | None = None,
) -> list[Difference]:
    """Return the fields of a part that differ.

    Args:
        before, after: the same part of two editions; ``None`` where an edition lacks it.
        names: see ``names_of``. What is not in it is shown by the beginning of its key.
        effort: what may be spent on it, where a page shows many parts.
    """
    if before and after and before.digest == after.digest:
        return []
    names = names or {}
    effort = effort or Effort()
    old, new = _fields_of(before), _fields_of(after)
    found = []
    for name in dict.fromkeys([*old, *new]):
        one, other = old.get(name), new.get(name)
        if one == other or name in _FACTS or not (one or other):
            continue
        label, show = _field(new.get("type") or old.get("type"), name)
        refusals = effort.refusals
        marked = _marked(one, other, show, names, effort)
        found.append(
            Difference(
                name=name,
                label=capfirst(str(label)),
                html=mark_safe(_with_names(marked, names)),  # noqa: S308  # clean texts, compared
                before=one,
                after=other,
                is_unmarked=effort.refusals > refusals,
            )
        )
    return found


def label_of(kind: str) -> str:
    """Return what people call a kind of part."""
    return capfirst(str(_LABELS.get(kind, kind)))


def names_of(*editions: Edition) -> dict[str, str]:
    """Read how that is called which some editions name by a key, in one query for each kind."""
    names: dict[str, str] = {}
    named: dict[Any, set[str]] = {Image: set(), Document: set(), Recording: set(), Article: set()}
    for edition in editions:
        content = read(edition)
        names |= {source["key"]: source["citation"] for source in content.sources}
        named[Image].update(content.images)
        named[Article].update(content.own_articles)
        for block in content.blocks:
            named[Document].update(filter(None, [block.get("document")]))
            named[Recording].update(filter(None, [block.get("recording")]))
    for library in (Image, Document, Recording):
        if named[library]:
            rows = library.objects.filter(digest__in=named[library])
            names |= dict(rows.values_list("digest", "title"))
    if named[Article]:
        articles = Article.objects.filter(key__in=named[Article])
        names |= {str(article.key): str(article) for article in articles}
    return names


def names_told(*editions: Edition) -> dict[str, str]:
    """Return how that is called which some editions name by a key, as their readers are told:
    without the titles that the libraries have for editors. No query is made."""
    names: dict[str, str] = {}
    for edition in editions:
        content = read(edition)
        names |= {source["key"]: source["citation"] for source in content.sources}
        for block in content.blocks:
            called = block.get("alternative_text") or block.get("title", "")
            for name in ("image", "document", "recording"):
                if name in block:
                    names[block[name]] = called
    return names


def _all_parts(edition: Edition) -> dict[str, Part]:
    content = read(edition)
    page = {
        "slug": edition.slug,
        "topic": str(edition.topic) if edition.topic else "",
        "audience": edition.audience,
    }
    bylines = [{**line, "key": ""} for line in content.bylines]
    return (
        parts_of(edition)
        | ({BYLINES: part_of(BYLINES, BYLINES, bylines)} if bylines else {})
        | {PAGE: part_of(PAGE, PAGE, page)}
    )


def _places(edition: Edition) -> dict[str, int]:
    return {block["key"]: place for place, block in enumerate(read(edition).blocks, start=1)}


def _longest_in_order(places: Sequence[int]) -> set[int]:
    """Return the longest of the sequences of places that are in order: what stayed where it was."""
    ends: list[int] = []  # the least end of a sequence of each length
    lengths = []
    for place in places:
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        lengths.append(length)
    stayed: set[int] = set()
    wanted = len(ends) - 1
    for place, length in zip(reversed(places), reversed(lengths), strict=True):
        if length == wanted:
            stayed.add(place)
            wanted -= 1
    return stayed


def _how(before: Part | None, after: Part | None, moved: bool) -> str:
    if before is None:
        return ADDED
    if after is None:
        return REMOVED
    if before.digest != after.digest:
        return CHANGED
    return MOVED if moved else SAME


# How a value of an edition is shown: as clean HTML.
Show = Callable[[Any, Names], str]


def _words(value: Any, _names: Names) -> str:
    return escape(str(value or ""), quote=False).replace("\n", "<br>")


def _html(value: str | None, _names: Names) -> str:
    return value or ""


def _table(value: str | None, _names: Names) -> str:
    # An edition holds the rows alone.
    return f"<table>{value}</table>" if value else ""


def _points(value: Sequence[str] | None, names: Names) -> str:
    return _list("ul", [_words(point, names) for point in value or ()])


def _citations(value: Sequence[Any] | None, _names: Names) -> str:
    items = []
    for citation, links in value or ():
        led = (f' <a href="{escape(link["url"])}">{escape(link["label"])}</a>' for link in links)
        items.append(escape(citation, quote=False) + "".join(led))
    return _list("ol", items)


def _people(value: Sequence[Frozen] | None, _names: Names) -> str:
    items = []
    for line in value or ():
        role = dict(Byline.Role.choices).get(line["role"], line["role"])
        who = ", ".join(filter(None, [line["name"], line["qualification"]]))
        none = _("no interests") if line["no_interests"] else ""
        said = ": ".join(filter(None, [f"{who} ({role})", line["interests"] or none]))
        items.append(escape(said, quote=False))
    return _list("ul", items)


def _list(tag: str, items: Sequence[str]) -> str:
    return f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>" if items else ""


def _named(value: str | None, names: Names) -> str:
    return escape(names.get(value) or value[:8], quote=False) if value else ""


def _choice(choices: Sequence[tuple[str, Any]]) -> Show:
    labels = dict(choices)
    return lambda value, _names: escape(str(labels.get(value, value or "")), quote=False)


_FIELDS: dict[str, tuple[Any, Show]] = {
    "html": (gettext_lazy("text"), _html),
    "title": (gettext_lazy("title"), _words),
    "text": (gettext_lazy("text"), _words),
    "caption": (gettext_lazy("caption"), _words),
    "alternative_text": (gettext_lazy("alternative text"), _words),
    "image": (gettext_lazy("picture"), _named),
    "document": (gettext_lazy("file"), _named),
    "recording": (gettext_lazy("recording"), _named),
    "transcript": (gettext_lazy("captions and transcript"), _named),
    "article": (gettext_lazy("article"), _named),
    "points": (gettext_lazy("key points"), _points),
    "source": (gettext_lazy("who said it"), _words),
    "when": (gettext_lazy("when"), _words),
    "hero_line": (gettext_lazy("hero line"), _words),
    "lead": (gettext_lazy("lead"), _words),
    "description": (gettext_lazy("description for search engines"), _words),
    "slug": (gettext_lazy("slug"), _words),
    "topic": (gettext_lazy("topic"), _words),
    "audience": (gettext_lazy("audience"), _choice(Audience.choices)),
    SOURCES: (gettext_lazy("sources"), _citations),
    BYLINES: (gettext_lazy("bylines"), _people),
    FUNDING: (gettext_lazy("funding"), _words),
}
# Where a kind of block calls something otherwise.
_OF_KIND: dict[tuple[str, str], tuple[Any, Show]] = {
    ("question", "title"): (gettext_lazy("question"), _words),
    ("question", "html"): (gettext_lazy("answer"), _html),
    ("question", "purpose"): (
        gettext_lazy("purpose"),
        _choice([(FOR_DOCTOR, gettext_lazy("to ask the doctor"))]),
    ),
    ("quote", "text"): (gettext_lazy("quotation"), _words),
    ("table", "html"): (gettext_lazy("table"), _table),
    ("player", "image"): (gettext_lazy("poster"), _named),
    ("player", "kind"): (gettext_lazy("kind"), _words),
}
# What an edition repeats of a file, which another file or its title tells.
_FACTS = {"type", "language", "bytes", "pages", "format", "milliseconds", "width", "height"}

# What people know a block by.
_TOLD = ("when", "title", "caption", "alternative_text", "text", "html", "points")

_KINDS = {model.__name__.lower(): model for model in BLOCKS}
_LABELS: dict[str, Any] = {
    **{kind: model._meta.verbose_name for kind, model in _KINDS.items()},
    **{name: _FIELDS[name][0] for name in HEAD},
    SOURCES: Source._meta.verbose_name_plural,
    BYLINES: Byline._meta.verbose_name_plural,
    FUNDING: _FIELDS[FUNDING][0],
    PAGE: gettext_lazy("address, topic and audience"),
}


def _marked(one: Any, other: Any, show: Show, names: Names, effort: Effort) -> str:
    before, after = show(one, names), show(other, names)
    if show is not _named:
        return html_diff.marked(before, after, effort)
    # Half a name says nothing, and two entries may be called the same.
    if before == after:
        before, after = f"{before} ({one[:8]})", f"{after} ({other[:8]})"
    return (before and f"<del>{before}</del>") + (after and f"<ins>{after}</ins>")


def _fields_of(part: Part | None) -> Frozen:
    """Return what a part says by the names of its fields."""
    if part is None:
        return {}
    return part.said if isinstance(part.said, dict) else {part.key: part.said}


def _first_words(part: Part) -> str:
    values = _fields_of(part)
    told = (
        plain_text(_field(part.kind, name)[1](values[name], {})) for name in _TOLD if name in values
    )
    words = " ".join(" ".join(told).split())
    return words if len(words) <= _LONGEST_EXCERPT else f"{words[:_LONGEST_EXCERPT].rstrip()}…"


def _field(kind: str | None, name: str) -> tuple[Any, Show]:
    """Return what people call a field of a part, and how it is shown."""
    known = _OF_KIND.get((kind or "", name)) or _FIELDS.get(name)
    if known:
        return known
    model = _KINDS.get(kind or "")
    columns = {column.name: column for column in model._meta.concrete_fields} if model else {}
    column = columns.get(name)
    if column is None:
        return name, _words
    return column.verbose_name, _choice(column.flatchoices) if column.choices else _words


def _with_names(html: str, names: Names) -> str:
    """Return a text in which a marker of a citation tells which source it cites."""

    def named(marker: re.Match[str]) -> str:
        citation = names.get(marker[1], _("source"))
        short = citation
        if len(citation) > _LONGEST_MARKER:
            short = f"{citation[:_LONGEST_MARKER].rstrip()}…"
        return f'<cite title="{escape(citation)}">[{escape(short, quote=False)}]</cite>'

    return _MARKER.sub(named, html)
