"""Two editors who have saved the same article: what both wrote is put together, field by field.

A form carries the digests of what it was filled with (``base``). When somebody else has saved
meanwhile, they tell what has changed on either side. What only one of the two has changed is taken
over; what both have changed is asked, and until it is answered nothing is saved. Of a text, each
paragraph is looked at by itself (``articles.text.paragraphs``). The digests come back signed, for
one version of one article, so that a form is believed only about what it was filled with. A form
without them, of before a new release perhaps, is asked about each difference.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core import signing
from django.db import models
from django.forms.formsets import DEFAULT_MAX_NUM, TOTAL_FORM_COUNT
from django.http import QueryDict
from django.utils.text import capfirst

from articles.desk import values
from articles.desk.history import parted
from articles.desk.kept_rows import row_key, rows_put_back_once
from articles.models import Article
from articles.models.fields import RichTextField
from articles.text import html, words_diff
from articles.text.paragraphs import Paragraph, join, places, split
from articles.text.three_way import Asked, Outcome, Part, answered, digest, merge, outcome
from immunoportal.text import is_row_number

SALT = "articles.base.paragraphs"

# What is posted besides the fields: the digests, what was asked, and the answers.
BASE, ASKED, ANSWER = "base", "_asked", "_answer-"
MINE, THEIRS, BOTH = "mine", "theirs", "both"
# Set by us, so that the form refuses to be saved.
UNSETTLED = "_unsettled"

# What no editor types. Where a row stands is nothing to ask about either: mine counts.
SILENT = {"id", "parent", "article", "region", "block_key", "version", BASE}
ORDERING = "ordering"

# By row (empty for the article itself) and field: the digest of the text, and the addresses of its
# paragraphs.
Digests = Mapping[str, Mapping[str, list[str]]]


class Rows(NamedTuple):
    """The rows of one kind that a form has.

    Attributes:
        prefix: of their formset.
        names: of the fields that the form has of each.
        stored: the rows as they are in the database.
    """

    prefix: str
    names: list[str]
    stored: list[models.Model]


class Words(NamedTuple):
    """Some words of a version, and whether the other version lacks them."""

    text: str
    is_own: bool


@dataclass(frozen=True)
class Collision:
    """A field that both have changed, or a row that one has removed and the other changed.

    Attributes:
        address: what the answer is posted under.
        label: its name for people.
        place: of the paragraph within its text; empty where it is about all of it.
        language: of its text; empty where it has none.
        mine, theirs: the words of both versions.
        is_removal: whether mine is to have removed the row.
        can_have_both: whether both fit below each other.
    """

    address: str
    label: str
    language: str
    mine: list[Words]
    theirs: list[Words]
    is_removal: bool = False
    can_have_both: bool = False
    place: str = ""

    @property
    def differs_in_words(self) -> bool:
        """Tell whether more than the formatting differs."""
        return any(words.is_own for words in (*self.mine, *self.theirs))


@dataclass
class Settled:
    """What has become of a form that was sent.

    Attributes:
        data: to be read in its place.
        was_outdated: whether somebody else has saved meanwhile.
        collisions: what has to be asked.
    """

    data: QueryDict
    was_outdated: bool = False
    collisions: list[Collision] = field(default_factory=list)


def text_of(row: models.Model, name: str) -> str:
    """Return the value of a row's field as a form posts it."""
    value = row._meta.get_field(name).value_from_object(row)  # type: ignore[union-attr]
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value).replace("\r\n", "\n")


def _names(row: models.Model | type[models.Model], names: Iterable[str]) -> list[str]:
    columns = {column.name for column in row._meta.concrete_fields}
    return [name for name in names if name in columns and name not in SILENT]


def base_of(article: Article, names: Iterable[str], kinds: Iterable[Rows]) -> str:
    """Return the digests of what a form is filled with, signed."""

    def digests(row: models.Model, wanted: Iterable[str]) -> dict[str, list[str]]:
        return {name: _digests_of(row, name) for name in _names(row, wanted)}

    found = {"": digests(article, names)}
    for kind in kinds:
        found |= {f"{kind.prefix}:{row.pk}": digests(row, kind.names) for row in kind.stored}
    return signing.dumps([article.pk, str(article.version), found], salt=SALT, compress=True)


def _digests_of(row: models.Model, name: str) -> list[str]:
    text = text_of(row, name)
    addresses = [each.address for each in split(text)] if values.is_rich(row, name) else []
    return [digest(text), *addresses]


def read_base(data: QueryDict, article: Article) -> Digests:
    """Return the digests that a form carries; none if we have not signed them for its version of
    this article."""
    try:
        pk, version, digests = signing.loads(data.get(BASE, ""), salt=SALT)
    except signing.BadSignature:
        return {}
    return digests if (pk, version) == (article.pk, data.get("version")) else {}


def needs_settling(data: QueryDict, article: Article) -> bool:
    """Tell whether somebody else has saved since a form was opened, or an answer has come."""
    return data.get("version") != str(article.version) or ASKED in data


def settle(data: QueryDict, article: Article, names: list[str], kinds: list[Rows]) -> Settled:
    """Put what was posted together with what somebody else has saved meanwhile.

    Args:
        data: as posted.
        article: as it is stored.
        names: the fields of the article that the form has.
        kinds: its rows that the form has.
    """
    for kind in kinds:
        keys = {str(key): str(row.pk) for row in kind.stored if (key := row_key(row))}
        data = rows_put_back_once(data, kind.prefix, keys)
    settled = Settled(data.copy(), was_outdated=data.get("version") != str(article.version))
    settling = _Settling(settled, read_base(data, article), data.getlist(ASKED))
    settling.fields(article, "", "", names)
    for kind in kinds:
        settling.rows(kind)
    settled.data["version"] = str(article.version)
    settled.data[BASE] = base_of(article, names, kinds)
    settled.data[UNSETTLED] = "1" if settled.collisions else ""
    return settled


class _Settling:
    def __init__(self, settled: Settled, base: Digests, asked: list[str]):
        self.settled = settled
        self.data = settled.data
        self.base = base
        self.asked = set(asked)

    def rows(self, kind: Rows) -> None:
        stored = {str(row.pk): row for row in kind.stored}
        for form in self._forms(kind.prefix):
            pk = self.data.get(f"{form}-id", "")
            if pk in stored:
                self._row(kind, form, stored[pk])
            elif is_row_number(pk) and self._is_untouched(kind, form, pk):
                # Somebody else has removed it, and nothing of it was changed here.
                self.data[f"{form}-DELETE"] = "on"

    def _forms(self, prefix: str) -> Iterator[str]:
        total = self.data.get(f"{prefix}-{TOTAL_FORM_COUNT}", "")
        count = int(total) if is_row_number(total) else 0
        return (f"{prefix}-{index}" for index in range(min(count, DEFAULT_MAX_NUM)))

    def _is_untouched(self, kind: Rows, form: str, pk: str) -> bool:
        base = self.base.get(f"{kind.prefix}:{pk}")
        return base is not None and all(
            digest(self.data.get(f"{form}-{name}", "")) == was[0]
            for name, was in base.items()
            if name != ORDERING
        )

    def _row(self, kind: Rows, form: str, row: models.Model) -> None:
        address = f"{kind.prefix}:{row.pk}"
        if f"{form}-DELETE" not in self.data:
            self.fields(row, f"{form}-", address, kind.names)
            return
        base = self.base.get(address, {})
        names = [name for name in _names(row, kind.names) if name != ORDERING]
        is_changed = any([digest(text_of(row, name))] != base.get(name, [])[:1] for name in names)
        answer = self.data.get(ANSWER + address, "")
        if address in self.asked and not is_changed and answer in (MINE, THEIRS):
            if answer == THEIRS:
                del self.data[f"{form}-DELETE"]
                self.fields(row, f"{form}-", address, kind.names)
        elif is_changed or address in self.asked:
            texts = [
                shown for name in names if (shown := values.shown(row, name, text_of(row, name)))
            ]
            self.settled.collisions.append(
                Collision(
                    address=address,
                    label=capfirst(str(row._meta.verbose_name)),
                    language="",
                    mine=[],
                    theirs=[Words("\n".join(texts), is_own=True)],
                    is_removal=True,
                )
            )

    def fields(self, row: models.Model, prefix: str, address: str, names: Iterable[str]) -> None:
        """Settle the fields of the article, or of one of its rows."""
        base = self.base.get(address, {})
        for name in _names(row, names):
            posted = prefix + name
            column = row._meta.get_field(name)
            is_tick = isinstance(column, models.BooleanField)
            if posted not in self.data and not is_tick:
                continue
            mine = self.data.get(posted, "")
            mine = "on" if is_tick and mine else mine
            theirs = text_of(row, name)
            its_address = f"{address}:{name}" if address else name
            was = base.get(name)
            result = outcome(mine, theirs, was[0] if was else None)
            if values.is_rich(row, name):
                questions = self._questions(its_address)
                if result is Outcome.ASK or (questions and mine != theirs):
                    self.data[posted] = self._merged(row, name, its_address, mine, theirs, was)
                elif result is Outcome.THEIRS:
                    self.data[posted] = theirs
                continue
            answer = self.data.get(ANSWER + its_address, "")
            if result is Outcome.MINE and its_address in self.asked and mine != theirs:
                self._answer(row, name, posted, its_address, mine, theirs, answer)
            elif result is Outcome.THEIRS:
                self.data[posted] = theirs
            elif result is Outcome.ASK and name != ORDERING:
                self._ask(row, name, its_address, *_shown(row, name, mine, theirs))

    def _questions(self, address: str) -> list[Asked]:
        """Return what has been asked of a text."""
        found = [each.removeprefix(f"{address}:") for each in self.asked if each != address]
        return sorted(filter(None, map(Asked.read, found)))

    def _merged(
        self,
        row: models.Model,
        name: str,
        address: str,
        mine: str,
        theirs: str,
        base: list[str] | None,
    ) -> str:
        """Return two versions of a text put together; where both have changed it, mine stands until
        that is answered."""
        questions = self._questions(address)
        versions = split(_cleaned(row, name, mine)), split(theirs)
        if questions and base and base[0] == digest(theirs):
            parts = answered(*versions, questions)
        else:
            parts = merge(*versions, base and base[1:], questions)
        whole: list[Paragraph] = []
        for part in parts:
            answer = self.data.get(f"{ANSWER}{address}:{part.asked}", "") if part.asked else ""
            if part.outcome is Outcome.THEIRS or answer == THEIRS:
                whole += part.theirs
            elif answer == BOTH and _can_have_both(row, name):
                whole += [*part.theirs, *part.mine]
            else:
                if part.outcome is Outcome.ASK and answer != MINE and part.mine != part.theirs:
                    question = Asked.of(part, whole)
                    self._ask_paragraphs(row, name, f"{address}:{question}", part, versions[1])
                whole += part.mine
        return join(whole)

    def _ask_paragraphs(
        self,
        row: models.Model,
        name: str,
        address: str,
        part: Part,
        theirs: list[Paragraph],
    ) -> None:
        standing = [*theirs[: part.start], *(part.theirs or part.mine)]
        mine = "\n".join(each.words for each in part.mine)
        others = "\n".join(each.words for each in part.theirs)
        place = values.place_name(places(standing)[part.start])
        self._ask(row, name, address, mine, others, place)

    def _answer(
        self,
        row: models.Model,
        name: str,
        posted: str,
        address: str,
        mine: str,
        theirs: str,
        answer: str,
    ) -> None:
        if answer == THEIRS:
            self.data[posted] = theirs
        elif answer == BOTH and _can_have_both(row, name):
            self.data[posted] = f"{theirs}\n\n{mine}"
        elif answer != MINE:
            self._ask(row, name, address, *_shown(row, name, mine, theirs))

    def _ask(
        self, row: models.Model, name: str, address: str, mine: str, theirs: str, place: str = ""
    ) -> None:
        own, other = _marked(mine, theirs)
        self.settled.collisions.append(
            Collision(
                address=address,
                label=_label(row, name),
                language=parted(name)[1],
                mine=own,
                theirs=other,
                can_have_both=bool(mine and theirs) and _can_have_both(row, name),
                place=place,
            )
        )


def _shown(row: models.Model, name: str, *texts: str) -> list[str]:
    return [values.shown(row, name, text) for text in texts]


def _marked(mine: str, theirs: str) -> tuple[list[Words], list[Words]]:
    """Return the words of two versions, those marked that the other one lacks."""
    changes = words_diff.changes(theirs, mine)
    return (
        [Words(text, kind == words_diff.NEW) for kind, text in changes if kind != words_diff.GONE],
        [Words(text, kind == words_diff.GONE) for kind, text in changes if kind != words_diff.NEW],
    )


def _can_have_both(row: models.Model, name: str) -> bool:
    """Tell whether a field is a text to which another can be added; a table is none."""
    column = row._meta.get_field(name)
    config: dict[str, Any] = getattr(column, "config", {})
    return isinstance(column, models.TextField) and "Table" not in config.get("extensions", {})


def _cleaned(row: models.Model, name: str, text: str) -> str:
    """Return a text as it would be stored; as it is, if the form is going to refuse it."""
    column = row._meta.get_field(name)
    assert isinstance(column, RichTextField)
    try:
        return column.sanitize(text)
    except html.Refused:
        return text


def _label(row: models.Model, name: str) -> str:
    """Return the name of a field with that of its row: "Text: text in Italian"."""
    label = values.label(row, name)
    if isinstance(row, Article):
        return capfirst(label)
    return f"{capfirst(str(row._meta.verbose_name))}: {label}"
