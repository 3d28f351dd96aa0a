"""What stands in a text and not in its translation. Pure: takes text, returns text.

It asks, and is often answered "right as it is": what a translator may freely say in another way
(articles, "once", "half", Roman numerals) is not asked about.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from operator import itemgetter

from articles.text import tables
from articles.text.citations import keys_in
from articles.text.html import plain_text
from articles.text.number_rules import WEAK
from articles.text.numbers import (
    CODE,
    IDENTIFIER,
    MAIL,
    MONTH,
    NUMBER,
    PERIOD,
    TELEPHONE,
    TIME,
    WEB,
    YEAR,
    Fact,
    facts_in,
)
from articles.text.own_links import own_links_in

LINK, CITATION, TABLE = "link", "citation", "table"

_AROUND = 40  # characters on each side
# Words of a sentence: names have capitals, and few small words between them.
_SMALL_WORD = re.compile(r"(?<![\w.@/-])[^\W\d_A-Z][^\W\d_]+(?![\w@/-]|\.\w)")
_SENTENCE = 4
_LONGEST_SHOWN = 120  # characters
# What parts a number from the one in the brackets that follow.
_BRACKET = re.compile(r"[^().;\n]*\([^().;\n]*")
_MOST_BETWEEN = 40  # characters
_HREF = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
# A translation may say them more or less often.
_TOLD_ONCE = {CODE, IDENTIFIER, MAIL, MONTH, TELEPHONE, WEB, YEAR}
# A single one of them, said without a figure, is no other thing.
_ONE_OF = WEAK - {"s", "times", "dose", "cycle", "deg"}
# Of what is left of two texts that have little in common, no pairs are sought beyond that.
_MOST_COMPARED, _MOST_EXCHANGED = 10_000, 100
# Units of which one language says more than the other.
_PLAIN = {"degc": "deg", "iu": "u", "date": "day"}
# What they measure, and how many of the smallest each is.
_SIZES = {
    "ng": ("mass", 1), "ug": ("mass", 10**3), "mg": ("mass", 10**6), "g": ("mass", 10**9),
    "kg": ("mass", 10**12), "ul": ("volume", 1), "ml": ("volume", 10**3),
    "cl": ("volume", 10**4), "dl": ("volume", 10**5), "l": ("volume", 10**6),
    "mm": ("length", 1), "cm": ("length", 10), "m": ("length", 10**3), "km": ("length", 10**6),
    "s": ("time", 1), "min": ("time", 60), "h": ("time", 3600), "day": ("time", 86_400),
    "week": ("time", 7 * 86_400), "month": ("months", 1), "year": ("months", 12),
}  # fmt: skip
_SIGNS = {"<", "≤", ">", "≥"}
_RISING = {">", "≥", "more", "not more"}


@dataclass(frozen=True)
class Difference:
    """Something that stands in one of two texts and not in the other.

    Attributes:
        is_own: whether it stands in the first one.
        kind: as a fact has it, or ``LINK``, ``CITATION`` or ``TABLE``.
        words: as it is written; of a citation, the key of its source.
        before, after: the words around it.
        row, column: of the cell in a table, from 1; else 0.
    """

    is_own: bool
    kind: str
    words: str
    before: str = ""
    after: str = ""
    row: int = 0
    column: int = 0


@dataclass(frozen=True)
class Told:
    """What a text says, as far as a translation has to say it too."""

    text: str
    facts: Sequence[Fact] = ()
    links: Sequence[tuple[str, str]] = ()
    citations: Sequence[str] = ()
    cells: Sequence[Sequence["Told"]] = field(default=())


def told_in(text: str, language: str) -> Told:
    """Return what a plain text says."""
    return Told(text, facts_in(text, language))


def told_in_html(html: str, language: str) -> Told:
    """Return what clean HTML says."""
    text = plain_text(html)
    facts = list(facts_in(text, language))
    links = [
        (f"{link.kind} {link.key}", plain_text(words))
        for link, words in own_links_in(html)
        if link.kind
    ]
    for target, words in _HREF.findall(html):
        place = text.find(plain_text(words))
        address = target.removeprefix("mailto:").removeprefix("tel:")
        facts += [
            Fact(fact.kind, fact.value, max(place, 0), max(place, 0))
            for fact in facts_in(address, language)
            if fact.kind in (WEB, MAIL, TELEPHONE)
        ]
    return Told(text, facts, links, keys_in(html))


def told_in_rows(html: str, language: str) -> Told:
    """Return what the rows of a table say, cell by cell."""
    parts = tables.read(f"<table>{html}</table>")
    rows = [row for grid in parts if isinstance(grid, list) for row in grid]
    return Told("", cells=[[told_in_html(cell.html, language) for cell in row] for row in rows])


def differences(own: Told, other: Told) -> list[Difference]:
    """Return what stands in one of two texts and not in the other, in the order of the texts."""
    if own.cells or other.cells:
        return list(_of_tables(own, other))
    found = []
    mine, theirs = unmatched(own.facts, other.facts)
    for is_own, told, left in ((True, own, mine), (False, other, theirs)):
        facts = _without_repeated(told, left) if left else left
        # A date is three facts in one place.
        by_place = {(fact.start, fact.end): fact for fact in reversed(facts)}
        found += [_difference(is_own, told.text, by_place[place]) for place in sorted(by_place)]
    found += _of_keys(LINK, own.links, other.links)
    citations = [[(key, key) for key in told.citations] for told in (own, other)]
    found += _of_keys(CITATION, *citations)
    return found


def same_sentences(own: str, other: str) -> list[str]:
    """Return the lines of a text that stand in its translation as they are, each cut where it is
    long; names and titles of works are left alone."""
    there = set(other.split("\n"))
    return [
        line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN].rpartition(' ')[0]}…"
        for line in dict.fromkeys(own.split("\n"))
        if line in there and len(_SMALL_WORD.findall(line)) >= _SENTENCE
    ]


def _without_repeated(told: Told, left: Sequence[Fact]) -> Sequence[Fact]:
    """Return what is left of a text without the numbers that brackets say a second time, in another
    way: "10 (dieci)", "every 3 weeks (q3w)"."""
    missed = set(left)
    last: dict[Hashable, Fact] = {}
    repeated = set()
    for fact in sorted(told.facts, key=lambda fact: (fact.start, fact.end)):
        if fact.kind != NUMBER:
            continue
        before = last.get(fact.value)
        if before and _are_one(told.text, before, fact):
            # One of them has its counterpart.
            repeated |= {before, fact} if len({before, fact} & missed) == 1 else set()
        last[fact.value] = fact
    return [fact for fact in left if fact not in repeated]


def _are_one(text: str, fact: Fact, following: Fact) -> bool:
    between = text[fact.end : following.start]
    if len(between) > _MOST_BETWEEN or not _BRACKET.fullmatch(between):
        return False
    if fact.unit and following.unit and fact.unit != following.unit:
        return False
    return _way_of(text, fact) != _way_of(text, following)


def _way_of(text: str, fact: Fact) -> str:
    """Tell how a number is written: in figures, in words, or as "q3w"."""
    written = text[fact.start : fact.end]
    if not re.search(r"\d", written):
        return "words"
    return "q" if written[0] in "qQ" else "figures"


def _of_tables(own: Told, other: Told) -> Iterable[Difference]:
    shapes = [[len(row) for row in told.cells] for told in (own, other)]
    if shapes[0] != shapes[1]:
        sizes = [f"{len(shape)} × {max(shape, default=0)}" for shape in shapes]
        yield Difference(True, TABLE, sizes[0], after=sizes[1])
        return
    for row, (cells, others) in enumerate(zip(own.cells, other.cells, strict=True), start=1):
        for column, (cell, counterpart) in enumerate(zip(cells, others, strict=True), start=1):
            for each in differences(cell, counterpart):
                yield Difference(
                    each.is_own, each.kind, each.words, each.before, each.after, row, column
                )
            if bool(cell.text) != bool(counterpart.text):
                words = cell.text or counterpart.text
                yield Difference(bool(cell.text), TABLE, words, row=row, column=column)


def _of_keys(
    kind: str, own: Sequence[tuple[str, str]], other: Sequence[tuple[str, str]]
) -> list[Difference]:
    found = []
    for is_own, some, others in ((True, own, other), (False, other, own)):
        there = Counter(key for key, _words in others)
        for key, words in some:
            if there[key]:
                there[key] -= 1
            else:
                found.append(Difference(is_own, kind, words))
    return found


def _difference(is_own: bool, text: str, fact: Fact) -> Difference:
    before = text[max(0, fact.start - _AROUND) : fact.start]
    after = text[fact.end : fact.end + _AROUND]
    if fact.start > _AROUND:
        before = f"…{before.partition(' ')[2]}"
    if fact.end + _AROUND < len(text):
        after = f"{after.rpartition(' ')[0]}…"
    words = text[fact.start : fact.end] or str(fact.value)
    return Difference(is_own, fact.kind, words, before, after)


def unmatched(own: Sequence[Fact], other: Sequence[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Return the facts of each text that no fact of the other one says."""
    names = _only_here(own, other), _only_here(other, own)
    numbers = [[fact for fact in facts if fact.kind in (NUMBER, TIME)] for facts in (own, other)]
    # What is a name or a year in one text may be a number in the other.
    mine, theirs = _Pairing([*numbers[0], *names[0]], [*numbers[1], *names[1]]).left()
    for left, *more in zip(
        (mine, theirs), _periods(own, other), _intervals(own, other), strict=True
    ):
        left += [fact for facts in more for fact in facts if fact not in left]
    return mine, theirs


def _only_here(some: Sequence[Fact], others: Sequence[Fact]) -> list[Fact]:
    """Return the facts that are told once for all, each once, of which the others have none."""
    first = {(fact.kind, fact.value): fact for fact in reversed(some) if fact.kind in _TOLD_ONCE}
    values = {(fact.kind, fact.value) for fact in others}
    instead = {(fact.kind, fact.parts[0]) for fact in others if len(fact.parts) == 1}
    numbers = {str(fact.value) for fact in others if fact.kind == TELEPHONE}

    def is_there(fact: Fact) -> bool:
        if fact.kind == TELEPHONE:
            return any(_is_same_line(str(fact.value), number) for number in numbers)
        own = (fact.kind, fact.value)
        is_other_value = len(fact.parts) == 1 and (fact.kind, fact.parts[0]) in values
        return own in values or own in instead or is_other_value

    return [fact for fact in reversed(first.values()) if not is_there(fact)]


def _is_same_line(number: str, other: str) -> bool:
    """Tell whether two telephone numbers are one, with the country's number or without."""
    short, long = sorted((number, other), key=len)
    return long == short or long.endswith(short.lstrip("0"))


def _may_be(fact: Fact, other: Fact) -> bool:
    """Tell whether a fact has one other value that it may have instead, and it is the other's."""
    return fact.parts == (other.value,)


class _Pairing:
    """The numbers of two texts, put together in pairs that say the same, the surest first."""

    def __init__(self, own: Sequence[Fact], other: Sequence[Fact]):
        self.own, self.other = list(own), list(other)
        self.pairs: dict[Hashable, list[tuple[Fact, Fact]]] = defaultdict(list)
        self.units = [{fact.unit for fact in facts} for facts in (own, other)]

    def left(self) -> tuple[list[Fact], list[Fact]]:
        """Return what has no counterpart."""
        for rule in (self.is_exact, self.is_firm):
            self._take_away(rule, lambda fact: fact.value)
        self._exchange()
        self._take_away(_are_as_much, _amount)
        for rule in (self.is_loose_with_unit, self.is_loose):
            self._take_away(rule, lambda fact: fact.value)
        if len(self.own) * len(self.other) <= _MOST_COMPARED:
            self._take_away(_is_same_in_another_way, lambda _fact: None)
        own, other = _without_parts(self.own, self.other), _without_parts(self.other, self.own)
        # "a week" is one of what "un giorno" is not.
        are_units = all(any(map(_is_one_of, facts)) for facts in (own, other))
        left = [
            [fact for fact in facts if not fact.loose or (are_units and _is_one_of(fact))]
            for facts in (own, other)
        ]
        return left[0], left[1]

    def _take_away(
        self, rule: Callable[[Fact, Fact], bool], key: Callable[[Fact], Hashable]
    ) -> None:
        """Take away the pairs for which a rule holds, among those that have the same key."""
        # What says the same is tried once: there may be thousands of it.
        alike: dict[Hashable, dict[Fact, deque[int]]] = defaultdict(dict)
        for place, fact in enumerate(self.other):
            alike[key(fact)].setdefault(_anywhere(fact), deque()).append(place)
        left: list[Fact] = []
        taken = set()
        matching: dict[Fact, list[deque[int]]] = {}
        for fact in self.own:
            said = _anywhere(fact)
            if said not in matching:
                groups = alike[key(fact)].items()
                matching[said] = [places for other, places in groups if rule(said, other)]
            found = min(filter(None, matching[said]), key=itemgetter(0), default=None)
            if found is None:
                left.append(fact)
            else:
                place = found.popleft()
                taken.add(place)
                self.pairs[fact.value].append((fact, self.other[place]))
        self.own = left
        self.other = [fact for place, fact in enumerate(self.other) if place not in taken]

    def _exchange(self) -> None:
        """Take away what agrees once a pair that was found first gives up its partner: "2 and
        2 years" agrees with "2 months and 2", and not in this order."""
        rivals: dict[Hashable, deque[int]] = defaultdict(deque)
        for place, fact in enumerate(self.other):
            if not fact.loose:
                rivals[fact.value].append(place)
        left: list[Fact] = []
        taken = set()
        known: dict[tuple[Fact, Fact], bool] = {}
        for fact in self.own:
            places = rivals[fact.value] if not fact.loose else None
            if places:
                rival = self.other[places[0]]
                said = _anywhere(fact), _anywhere(rival)
                if said not in known:
                    pairs = self.pairs[fact.value][:_MOST_EXCHANGED]
                    known[said] = any(
                        self.is_firm(fact, two) and self.is_firm(one, rival) for one, two in pairs
                    )
                if known[said]:
                    taken.add(places.popleft())
                    continue
            left.append(fact)
        self.own = left
        self.other = [fact for place, fact in enumerate(self.other) if place not in taken]

    def is_exact(self, fact: Fact, other: Fact) -> bool:
        same = (fact.unit, fact.period) == (other.unit, other.period)
        return same and self.is_firm(fact, other)

    def is_firm(self, fact: Fact, other: Fact) -> bool:
        return (
            not (fact.loose or other.loose)
            and fact.kind == other.kind
            and fact.value == other.value
            and self.are_compatible(fact, other)
            and len({fact.period, other.period} - {""}) < 2
            and not _are_opposed(fact.bound, other.bound)
            and {fact.moment, other.moment} != {"before", "after"}
        )

    def is_loose_with_unit(self, fact: Fact, other: Fact) -> bool:
        is_loose = fact.loose or other.loose
        return is_loose and fact.value == other.value and fact.unit == other.unit != ""

    def is_loose(self, fact: Fact, other: Fact) -> bool:
        return (
            fact.loose != other.loose
            and fact.value == other.value
            and (not (fact.unit and other.unit) or self.are_compatible(fact, other))
        )

    def are_compatible(self, fact: Fact, other: Fact) -> bool:
        """Tell whether two numbers may measure the same."""
        if fact.unit and other.unit:
            is_near = _plain(fact.unit) == _plain(other.unit)
            return is_near or fact.is_shared or other.is_shared or self._are_divided(fact, other)
        missing = fact.measure or other.measure
        # "34 against 28%": said once, it counts for both.
        return not missing or missing in self.units[1 if fact.unit else 0]

    def _are_divided(self, fact: Fact, other: Fact) -> bool:
        """Tell whether one unit is the other with what it is divided by, which stands somewhere
        else in the other text: "25 mg/ml" and "25 mg of it per ml"."""
        shorter, longer = sorted((fact.unit, other.unit), key=len)
        base, _slash, divisor = longer.partition("/")
        return base == shorter and divisor in self.units[1 if longer == fact.unit else 0]


def _anywhere(fact: Fact) -> Fact:
    """Return what a fact says, wherever it stands."""
    return replace(fact, start=0, end=0)


def _is_same_in_another_way(fact: Fact, other: Fact) -> bool:
    """Tell whether what is read in two ways may be the same: "alle 20" and "at 8"."""
    if fact.kind == other.kind:
        return _may_be(fact, other) or _may_be(other, fact)
    for one, two in ((fact, other), (other, fact)):
        if two.kind != NUMBER:
            continue
        if one.kind == TIME:
            hour, minutes = divmod(int(one.value), 60)
            return two.unit in ("", "h", "date") and not minutes and two.value in (hour, hour - 12)
        if one.kind == YEAR:
            return one.value == two.value
        if one.kind == CODE:
            digits = re.search(r"\d+$", str(one.value))
            return bool(digits) and str(two.value) == digits[0].lstrip("0")  # type: ignore[index]
    return False


def _plain(unit: str) -> str:
    return "/".join(_PLAIN.get(part, part) for part in unit.split("/"))


def _amount(fact: Fact) -> Hashable:
    """Return how much a number is, in the smallest unit of its kind."""
    kind, size = _SIZES.get(fact.unit, (fact.unit, 1))
    return kind, fact.value * size if isinstance(fact.value, Fraction) else fact.value


def _are_as_much(fact: Fact, other: Fact) -> bool:
    """Tell whether two numbers are the same in other units: "un’ora" and "60 minutes"."""
    return fact.unit != other.unit and _amount(fact) == _amount(other)


def _without_parts(some: Sequence[Fact], others: Sequence[Fact]) -> list[Fact]:
    """Return facts without those that the others say in several numbers, or as one."""
    own_values, values = ({fact.value for fact in facts} for facts in (some, others))
    whole = {part for each in others if own_values.issuperset(each.parts) for part in each.parts}
    return [
        fact
        for fact in some
        if not (fact.parts and values.issuperset(fact.parts)) and fact.value not in whole
    ]


def _is_one_of(fact: Fact) -> bool:
    """Tell whether it is one of a measured or counted thing, such as "a week" or "one tablet"."""
    return fact.loose and fact.value == 1 and fact.unit in _ONE_OF


def _are_opposed(bound: str, other: str) -> bool:
    if not bound or not other or bound == other:
        return False
    if bound in _SIGNS and other in _SIGNS:
        return True
    if bound.startswith("not ") != other.startswith("not "):
        return False
    return (bound in _RISING) != (other in _RISING)


def _periods(own: Sequence[Fact], other: Sequence[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Return the periods of one text that the other does not have, where another is in its place
    or none is left."""
    mine, theirs = (
        {
            fact.period or str(fact.value): fact
            for fact in facts
            if fact.kind == PERIOD or fact.period
        }
        for facts in (own, other)
    )
    left = [
        [fact for name, fact in some.items() if name not in others]
        for some, others in ((mine, theirs), (theirs, mine))
    ]
    if not all(left):
        left = [
            [fact for fact in facts if fact.is_attached and not others]
            for facts, others in zip(left, (theirs, mine), strict=True)
        ]
    return left[0], left[1]


def _intervals(own: Sequence[Fact], other: Sequence[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Return the intervals that follow another dose in the other text, which has them all."""
    doses = [_doses_by_interval(facts) for facts in (own, other)]
    if any(len(found) < 2 for found in doses) or doses[0].keys() != doses[1].keys():
        return [], []
    if sorted(dose for dose, _fact in doses[0].values()) != sorted(
        dose for dose, _fact in doses[1].values()
    ):
        return [], []
    changed = [key for key in doses[0] if doses[0][key][0] != doses[1][key][0]]
    return [doses[0][key][1] for key in changed], [doses[1][key][1] for key in changed]


def _doses_by_interval(
    facts: Sequence[Fact],
) -> dict[tuple[Fraction | str, str], tuple[tuple[Fraction | str, str], Fact]]:
    """Return the dose before each interval of a text, and the fact that says the interval."""
    found = {}
    dose: Fact | None = None
    for fact in facts:
        if fact.is_interval and dose:
            found[fact.value, fact.unit] = (dose.value, dose.unit), fact
        elif fact.kind == NUMBER and fact.measure:
            dose = fact
    return found
