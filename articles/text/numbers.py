"""What a text says in numbers: doses, ranges, dates, times, telephone numbers, identifiers. Pure.

Each text is read by the rules of its language (see ``articles.text.number_rules``), and what is
read is the same in all of them: "2,5 mg/kg" and "2.5 mg/kg", "due volte al giorno" and "twice a
day", "ore 20" and "8 p.m.".

A number is *loose* where its word may be something else ("un", "one", "prima", "sei"): it can stand
for a number of the other text, and is never missed itself.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from articles.text.number_rules import COUNTED, TIMES, WEAK, Rules, rules_in

# Kinds of facts besides plain numbers.
NUMBER, YEAR, MONTH, TIME, PERIOD = "number", "year", "month", "time", "period"
TELEPHONE, IDENTIFIER, CODE, WEB, MAIL = "telephone", "identifier", "code", "web", "mail"

# One character for another, so that places stay what they are.
_SAME = str.maketrans(
    {
        "’": "'", "‘": "'", "ʼ": "'", "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-",
        "º": "°", "μ": "µ", "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ",
        "\N{THIN SPACE}": " ", "\N{HAIR SPACE}": " ", "\N{FIGURE SPACE}": " ",
        "\N{SOFT HYPHEN}": " ",
    }
)  # fmt: skip
# What has been understood; of times, until their ranges are.
_MASK, _TIME_MASK = "\0", "\1"
_VULGAR = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅛": (1, 8),
}  # fmt: skip
_RAISED = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")
_ROMAN = re.compile(r"(X{0,2}(?:IX|IV|V?I{0,3}))([A-Ca-c]?)")
_ROMAN_NUMERALS = {
    f"{ten}{one}{suffix}".lower()
    for ten in ("", "X", "XX")
    for one in ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    for suffix in ("", "A", "B", "C")
    if ten or one
}
_ALWAYS_KNOWN = _VULGAR.keys() | _ROMAN_NUMERALS
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}

_WEB = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'()\[\]]*[\w/]"
    r"|(?<![\w@.-])(?:[a-z0-9-]++\.)+(?:com|org|net|eu|int|info|edu|gov|uk|it|de|fr|es|ch)"
    r"(?:/[\w/.%?=&#-]*[\w/]|\b)(?!@)",
    re.IGNORECASE,
)
_HAS_HOST = re.compile(r"//|\.[a-zA-Z]")
_DIGIT = re.compile(r"\d")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+")
_IDENTIFIER = re.compile(
    r"\b(?:(?:NCT|ISRCTN|ACTRN|DRKS|UMIN|CTRI|ChiCTR)[- ]?\d{6,14}"
    r"|\d{4}-\d{6}-\d{2}(?:-\d{2})?"
    r"|EMEA/H/C/\d{4,6}(?:/\w+)*|EU/\d/\d\d/\d{3,4}(?:/\d{3}(?:-\d{3})?)?"
    r"|10\.\d{4,9}/[^\s<>]*\w)(?!\d)",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?<![\w.,-])(?![A-Z][a-z]{2,}-?\d)"
    r"[A-Z][A-Za-z]{0,9}(?:-[A-Z][A-Za-z]{0,6})*-?\d+[A-Za-z0-9]*(?:\.\d+)?(?![\w])"
)
# "q3w": every 3 weeks.
_EVERY = re.compile(r"(?<![\w.,-])q ?(\d{1,2}) ?([hdw])(?:ks?)?(?!\w)", re.IGNORECASE)
_EVERY_UNITS = {"h": "h", "d": "day", "w": "week"}
_DOTTED = re.compile(r"(?<![\w.,])\d{1,2}(?:\.\d{1,2}){2,}(?![\w])")
_NUMERIC_DATE = re.compile(
    r"(?<![\w.,/-])(?:(?P<iso>\d{4})-(?P<im>\d{2})-(?P<id>\d{2})"
    r"|(?P<a>\d{1,2})(?P<mark>[/.-])(?P<b>\d{1,2})(?P=mark)(?P<y>\d{4}|\d{2})"
    r"|(?P<m>0[1-9]|1[0-2])/(?P<my>(?:19|20)\d{2}))(?![\w/])"
)
_A_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DECADE = re.compile(r"(?<!\w)'(\d0)(?!\w)")
_TWO_YEARS = re.compile(r"(?<![\w.,/-])((?:19|20)\d)(\d)[/-](\d)(\d)(?![\w/-]|[.,]\d)")
_TELEPHONE = re.compile(r"(?<![\w.,/])(?:\+ ?)?\(?\d(?:[\d ()\-/]|\.(?! )){4,}\d(?!\w)")
# With the number of a country or of a town, or free of charge.
_CALLABLE = re.compile(r"\+|\(?0\d|800[ .-]?\d{3}[ .-]?\d{3}$")
_GROUPED = re.compile(r"\d{1,3}(?:[., ]\d{3})+")
_TOKEN = re.compile(
    r"(?P<power>(?:\d+(?:[.,]\d+)*\s?[x×*·]\s?)?(?<![\d.,])10(?:⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}|\^-?\d{1,2})(?!\d))"
    r"|(?P<number>(?<![\d.,])\d{1,3}(?: \d{3})+(?![.,]?\d)(?:[.,]\d+)?|\d+(?:[.,']\d+)*"
    r"|(?<![\w.,)])[.,]\d+)"
    r"|(?P<word>[^\W\d_⁰¹⁴-⁹]+)"
    r"|(?P<sign>[^\w\s])"
)
_RATIO = re.compile(r"(?<![\d/.,])([1-9])/([2-9]|10)(?![\d/]|[.,]\d)")
_LONGEST = 30  # characters of a number; what is longer is read as a name
_NEXT_WORD = re.compile(r" (\w+)")
# The first word after a number, or after the range that it begins.
_AFTER_NUMBER = re.compile(
    r"[\s,]*(?:(?:[-/]|\w{1,6}(?: \w{1,3})?)? ?\d+(?:[.,]\d+)?)?\s*([\w%°]+(?: \w+)?)"
)
# Of these, half of one is half a dose.
_SWALLOWED = COUNTED - {"times", "dose", "cycle", "deg", "date", "u"}
_MOST_BETWEEN = 5  # words between what is counted and "a day"
_MIXED = re.compile(r" (1/2|1/4|3/4)(?![\d/])")
_UNIT_BEFORE = re.compile(r"(?<!\w)(?<!\d )(€|£|\$|mg|ml|mcg|µg|UI|IU) ?$")
_SQUARED = re.compile(r"(?<![a-zA-Z])([cdk]?m|mm)([23])(?![\w])")
_DOTTED_UNITS = re.compile(r"\b([UI])\.\s?([UI])\.")
_SENTENCE_END = re.compile(r"[.!?;]\s|\n")
_COMPARED = re.compile(r"(<=|>=|=<|=>|[<>≤≥]) *$")
_SIGNS = {"<=": "≤", ">=": "≥", "=<": "≤", "=>": "≥"}


@dataclass(frozen=True)
class Fact:
    """One thing that a text says.

    Attributes:
        kind: one of this module's.
        value: a number, or normalised text.
        start, end: where it stands.
        unit: what is counted or measured ("mg/kg").
        period: per which time ("day").
        bound: "<", "≤", ">" or "≥"; "less" or "more" where words say so, "not more" where the
            sentence denies something.
        moment: of a time, "before" or "after" where it lies so much from something else, and
            "wait before" or "wait after" where somebody waits for so long.
        loose: whether nobody misses it.
        parts: other numbers that it may be read as ("3 200 mg").
        is_attached: whether its period stands right behind what is counted.
        is_shared: whether its unit stands behind another number ("5 or 10 mg").
        is_interval: whether something is done each time that it has passed ("every 3 weeks").
    """

    kind: str
    value: Fraction | str
    start: int
    end: int
    unit: str = ""
    period: str = ""
    bound: str = ""
    moment: str = ""
    loose: bool = False
    parts: tuple[Fraction, ...] = ()
    is_attached: bool = False
    is_shared: bool = False
    is_interval: bool = False

    @property
    def measure(self) -> str:
        """What it measures, where that must not be left out."""
        return "" if self.unit in WEAK else self.unit


class Token(NamedTuple):
    """A number, a word in small letters or a sign, and where it stands."""

    kind: str
    text: str
    start: int
    end: int


@lru_cache(maxsize=500)  # while somebody types, most texts of a page stay what they are
def facts_in(text: str, language: str) -> Sequence[Fact]:
    """Return what a plain text says, in its order."""
    facts = _Text(rules_in(language), text).facts()
    return tuple(sorted(facts, key=lambda fact: (fact.start, fact.end)))


class _Text:
    """One text as it is read: what has been understood is masked, and not read again."""

    def __init__(self, rules: Rules, text: str):
        self.rules = rules
        text = text.translate(_SAME)
        text = _SQUARED.sub(lambda found: found[1] + "²³"[int(found[2]) - 2], text)
        text = _DOTTED_UNITS.sub(lambda found: f"{found[1]}{found[2]}".ljust(len(found[0])), text)
        self.whole = self.text = text
        self.found: list[Fact] = []
        self.tokens: list[Token] = []
        self.labelled: list[bool] = []

    def facts(self) -> list[Fact]:
        if not self.text.strip():
            return []
        if "@" in self.text:
            self._take(_MAIL, lambda found: [self._fact(MAIL, found[0].lower(), found)])
        if _HAS_HOST.search(self.text):
            self._take(_WEB, lambda found: [self._fact(WEB, self._web(found[0]), found)])
        if self.rules.idioms:
            self._take(self.rules.idioms, self._idiom)
        if _DIGIT.search(self.text):
            self._read_figures()
        self._read_numbers()
        return self.found

    def _read_figures(self) -> None:
        """Read what is no plain number."""
        self._take(_IDENTIFIER, self._identifier)
        self._take(_DECADE, lambda found: [self._fact(YEAR, Fraction(f"19{found[1]}"), found)])
        self._take(_TWO_YEARS, self._two_years)
        self._take(_NUMERIC_DATE, self._numeric_date)
        if self.rules.month_first:
            self._take(self.rules.month_first, self._date)
        if self.rules.day_and_month:
            self._take(self.rules.day_and_month, self._date)
        if self.rules.month_and_year and _A_YEAR.search(self.text):
            self._take(self.rules.month_and_year, self._date)
        self._take(_TELEPHONE, self._telephone)
        self._read_times()
        self._take(_EVERY, self._every)
        self._take(_DOTTED, lambda found: [self._fact(CODE, found[0], found)])
        self._take(_CODE, lambda found: [self._fact(CODE, _code(found[0]), found)])

    def _take(
        self,
        pattern: re.Pattern[str],
        read: Callable[[re.Match[str]], list[Fact] | None],
        mask: str = _MASK,
    ) -> None:
        """Note the facts in what a pattern finds, and mask it; ``None`` leaves it to others."""

        def masked(found: re.Match[str]) -> str:
            facts = read(found)
            if facts is None:
                return found[0]
            self.found += facts
            return mask * len(found[0])

        self.text = pattern.sub(masked, self.text)

    def _fact(self, kind: str, value: Fraction | str, found: re.Match[str], **more: Any) -> Fact:
        return Fact(kind, value, found.start(), found.end(), **more)

    def _idiom(self, found: re.Match[str]) -> list[Fact]:
        values = self.rules.idiom_values[(found.lastindex or 1) - 1]
        following = _NEXT_WORD.match(self.text, found.end())
        unit = self.rules.units.get(following[1].lower(), "") if following else ""
        return [self._fact(NUMBER, value, found, unit=unit, loose=True) for value in values]

    def _web(self, address: str) -> str:
        """Return an address without what differs between the languages of a site."""
        address = re.sub(r"^https?://(?:www\.)?|^www\.", "", address.lower()).rstrip("/.")
        host, slash, path = address.partition("/")
        own = re.compile(rf"(?<![^/.=]){self.rules.language}(?:[-_]\w\w)?(?![^/.&])")
        name, dot, top = host.rpartition(".")
        return f"{own.sub('*', name)}{dot}{top}{slash}{own.sub('*', path)}"

    def _identifier(self, found: re.Match[str]) -> list[Fact] | None:
        return [self._fact(IDENTIFIER, re.sub(r"[- ]", "", found[0]).upper(), found)]

    def _every(self, found: re.Match[str]) -> list[Fact]:
        unit = _EVERY_UNITS[found[2].lower()]
        return [self._fact(NUMBER, Fraction(found[1]), found, unit=unit, is_interval=True)]

    # Dates and times

    def _two_years(self, found: re.Match[str]) -> list[Fact] | None:
        """Read "2024/25"."""
        first = int(found[1] + found[2])
        second = first // 100 * 100 + int(found[3] + found[4])
        if second <= first:
            return None
        return [self._fact(YEAR, Fraction(year), found) for year in (first, second)]

    def _numeric_date(self, found: re.Match[str]) -> list[Fact] | None:
        if found["iso"]:
            day, month, year = int(found["id"]), int(found["im"]), found["iso"]
        elif found["my"]:
            return self._date_facts(found, None, int(found["m"]), found["my"])
        else:
            day, month, year = int(found["a"]), int(found["b"]), found["y"]
            if month > 12 and self.rules.day_first is None:
                day, month = month, day
            if len(year) == 2:
                if found["mark"] != "/":
                    return None
                year = f"20{year}"
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        facts = self._date_facts(found, day, month, year)
        if self.rules.day_first is None and not found["iso"] and day <= 12 and day != month:
            # Whether the day or the month comes first, the other text may tell.
            facts[0] = replace(facts[0], parts=(Fraction(month),))
            facts[1] = replace(facts[1], parts=(Fraction(day),))
        return facts

    def _date(self, found: re.Match[str]) -> list[Fact] | None:
        named = found.groupdict()
        day = named.get("day")
        month = self.rules.months[named["month"].lower()]
        if day and not 1 <= int(day) <= 31:
            return None
        return self._date_facts(found, int(day) if day else None, month, named["year"])

    def _date_facts(
        self, found: re.Match[str], day: int | None, month: int, year: str | None
    ) -> list[Fact]:
        facts = [self._fact(NUMBER, Fraction(day), found, unit="date")] if day else []
        facts.append(self._fact(MONTH, Fraction(month), found))
        return facts + ([self._fact(YEAR, Fraction(year), found)] if year else [])

    def _read_times(self) -> None:
        count = len(self.found)
        for pattern in self.rules.times:
            self._take(pattern, self._time, _TIME_MASK)
        if len(self.found) > count:
            # The other end of a range: "ore 9.30-12.30", "2 to 6 pm".
            for pattern in self.rules.times_beside:
                self._take(pattern, self._time, _TIME_MASK)
            self.text = self.text.replace(_TIME_MASK, _MASK)

    def _time(self, found: re.Match[str]) -> list[Fact] | None:
        named = found.groupdict()
        hour, minutes = int(named["hour"]), int(named["minutes"] or 0)
        afternoon, morning = named.get("pm"), named.get("am")
        if not (morning or afternoon or named["minutes"]) and self._unit_follows(found.end()):
            return None
        if afternoon and hour < 12:
            hour += 12
        elif morning and hour == 12:
            hour = 0
        parts = (Fraction((hour + 12) * 60 + minutes),) if "open" in named and hour < 12 else ()
        return [self._fact(TIME, Fraction(hour * 60 + minutes), found, parts=parts)]

    def _unit_follows(self, place: int) -> bool:
        """Tell whether a number that ends here measures something, alone or in a range."""
        found = _AFTER_NUMBER.match(self.text, place)
        words = found[1].lower().split() if found else []
        return any(" ".join(words[:count]) in self.rules.units for count in (1, 2) if words)

    def _telephone(self, found: re.Match[str]) -> list[Fact] | None:
        digits = re.sub(r"\D", "", found[0])
        if 7 <= len(digits) <= 15 and self._is_telephone(found):
            return [self._fact(TELEPHONE, digits, found)]
        return None

    def _is_telephone(self, found: re.Match[str]) -> bool:
        if _CALLABLE.match(found[0]):
            return True
        if "." in found[0] and _GROUPED.fullmatch(found[0]):
            return False
        before = self.whole[max(0, found.start() - 40) : found.start()]
        return bool(self.rules.before_telephone.search(before))

    # Numbers

    def _read_numbers(self) -> None:
        self.tokens = [
            Token(found.lastgroup or "", found[0].lower(), found.start(), found.end())
            for found in _TOKEN.finditer(self.text)
        ]
        numbers: list[tuple[Fact, int, int]] = []  # with its first token, and the one after it
        place = 0
        while place < len(self.tokens):
            token = self.tokens[place]
            known = token.text in self.rules.known or token.text in _ALWAYS_KNOWN
            if token.kind == "word" and not known:
                place += 1
                continue
            self._period_at(place, distance=place - numbers[-1][2] if numbers else place + 99)
            read = self._number_at(place, numbers)
            if read is None:
                place += 1
                continue
            facts, end = read
            if self._token(place - 1).text in self.rules.every:
                facts = [replace(fact, is_interval=fact.unit in TIMES) for fact in facts]
            numbers += [(fact, place, end) for fact in facts]
            place = max(end, place + 1)
        self.found += self._with_shared_units(numbers)

    def _token(self, place: int) -> Token:
        if 0 <= place < len(self.tokens):
            return self.tokens[place]
        return Token("", "", -9, -9)

    def _touches(self, place: int) -> bool:
        """Tell whether a token follows the one before it at once."""
        return place > 0 and self._token(place).start == self._token(place - 1).end

    def _number_at(
        self, place: int, before: list[tuple[Fact, int, int]]
    ) -> tuple[list[Fact], int] | None:
        """Return the numbers that begin at a token, and the place of the token after them."""
        token = self.tokens[place]
        if token.kind in ("number", "power"):
            return self._figures_at(place)
        if token.kind == "word":
            return self._roman_at(place, before) or self._word_at(place)
        return None

    def _figures_at(self, place: int) -> tuple[list[Fact], int]:
        token = self.tokens[place]
        start = token.start
        follower = self._token(place + 1)
        if token.kind == "power":
            return self._finished(_power(token.text, self._value), start, place + 1)
        if len(token.text) > _LONGEST:
            return [Fact(CODE, token.text, start, token.end)], place + 1
        value, parts = self._value_and_parts(token.text)
        if self._is_negative(place):
            value, start = -value, self.tokens[place - 1].start
        end = place + 1
        touches = self._touches(end)
        if follower.text in _VULGAR:
            value += Fraction(*_VULGAR[follower.text])
            return self._finished(value, start, end + 1)
        if found := _RATIO.match(self.text, token.start):
            parts = (Fraction(found[1]), Fraction(found[2]))
            if parts[0] < parts[1]:
                return self._finished(parts[0] / parts[1], start, end + 2, parts=parts)
        below = self.rules.fractions.get(follower.text)
        if below and value.denominator == 1 and value < below:
            return self._finished(value / below, start, end + 1, parts=(value, Fraction(below)))
        mixed = _MIXED.match(self.text, token.end)
        if mixed and value.denominator == 1 and 0 < value < 10:
            return self._finished(value + Fraction(mixed[1]), start, end + 3)
        if touches and follower.kind == "word":
            if follower.text in self.rules.ordinal_marks and not self._is_label(place - 1):
                return [Fact(NUMBER, value, start, follower.end)], end + 1
            if follower.text in ("s", "x"):
                end += 1
            elif not self._unit_at(end)[0] and len(follower.text) <= 3:
                code = f"{token.text}{follower.text}".upper()
                return [Fact(CODE, code, start, follower.end)], end + 1
        elif touches and follower.text == "°" and not self._unit_at(end)[0]:
            end += 1
            if not (self._token(end).text == "-" or self._token(end).kind == "number"):
                return [Fact(NUMBER, value, start, follower.end)], end
        if after := self._after_half(end):
            value, end = value + Fraction(1, 2), after
        value, end = self._multiplied(value, end)
        if self._is_year(token.text, end):
            return [Fact(YEAR, value, start, token.end)], end
        facts, after = self._finished(value, start, end, parts=parts)
        if facts[0].unit and value.denominator != 1:
            facts = [replace(facts[0], parts=())]
        return facts, after

    def _is_year(self, written: str, end: int) -> bool:
        is_one = len(written) == 4 and written.isdigit() and 1900 <= int(written) <= 2100
        return is_one and not self._unit_at(end)[0]

    def _is_negative(self, place: int) -> bool:
        sign, before = self._token(place - 1), self._token(place - 2)
        if sign.text in self.rules.minus:
            return before.kind != "number"
        if sign.text != "-" or not self._touches(place):
            return False
        return (
            before.end < sign.start
            and before.kind != "number"
            and before.text not in ("%", "°", "c")
        )

    def _is_label(self, place: int) -> bool:
        return self._token(place).text in self.rules.labels

    def _value(self, written: str) -> Fraction:
        return self._value_and_parts(written)[0]

    def _value_and_parts(self, written: str) -> tuple[Fraction, tuple[Fraction, ...]]:
        """Return what figures mean in this language, and the numbers that they may be instead."""
        decimal = self.rules.decimal
        grouping = "," if decimal == "." else "."
        if " " in written:
            first, *groups = written.split(" ")
            whole = self._value(written.replace(" ", ""))
            return whole, (self._value(first), self._value(" ".join(groups)))
        written = written.replace("'", "")
        marks = {mark for mark in ".," if mark in written}
        pieces = re.split(r"[.,]", written)
        if not marks:
            return Fraction(written), ()
        if len(marks) == 2:
            last = max(marks, key=written.rfind)
            before, _mark, after = written.rpartition(last)
            return Fraction(f"{re.sub('[.,]', '', before)}.{after}"), ()
        (mark,) = marks
        are_groups = all(len(piece) == 3 for piece in pieces[1:]) and 1 <= len(pieces[0]) <= 3
        if are_groups and not pieces[0].startswith("0") and (mark == grouping or len(pieces) > 2):
            return Fraction("".join(pieces)), ()
        if len(pieces) > 2:
            return Fraction(pieces[0]), tuple(Fraction(piece) for piece in pieces)
        value = Fraction(f"{pieces[0] or 0}.{pieces[1]}")
        # "days 1,8": a comma that may part two numbers.
        return value, tuple(map(Fraction, pieces)) if mark == "," and pieces[0] else ()

    def _multiplied(self, value: Fraction, end: int) -> tuple[Fraction, int]:
        while factor := self.rules.multipliers.get(self._token(end).text):
            value *= factor
            end += 1
            if after := self._after_half(end):
                value, end = value + Fraction(factor, 2), after
            if self._token(end).text in self.rules.before_whole and self._unit_at(end + 1)[0]:
                return value, end + 1  # "2 miliardi di euro"
            rest = self._token(end + (self._token(end).text in self.rules.joiners)).text
            if factor == 100 and 0 < self.rules.words.get(rest, 0) < 100:
                end += 2 if self._token(end).text in self.rules.joiners else 1
                value += self.rules.words[rest]
        return value, end

    def _roman_at(
        self, place: int, before: list[tuple[Fact, int, int]]
    ) -> tuple[list[Fact], int] | None:
        token = self.tokens[place]
        written = self.text[token.start : token.end]
        roman = _ROMAN.fullmatch(written)
        if not roman or not roman[1]:
            return None
        value = Fraction(_roman(roman[1]))
        follows_one = bool(before) and self._are_joined(before[-1][2], place)
        follows_one = follows_one and before[-1][0].unit == "" and self._was_labelled(before)
        if self._is_label(place - 1) or follows_one:
            if roman[2]:
                code = f"{value}{roman[2]}".upper()
                return [Fact(CODE, code, token.start, token.end)], place + 1
            return [Fact(NUMBER, value, token.start, token.end, loose=value == 1)], place + 1
        if roman[2]:
            return None
        if self._is_label(place + 1) or self._are_roman(place + 1):
            return [Fact(NUMBER, value, token.start, token.end, loose=value == 1)], place + 1
        if len(written) > 1 and written not in ("IV", "XX"):
            return [Fact(NUMBER, value, token.start, token.end)], place + 1
        return None

    def _are_roman(self, place: int) -> bool:
        """Tell whether a sign or a word here is followed by another Roman numeral."""
        following = self._token(place + 1)
        written = self.text[following.start : following.end]
        roman = _ROMAN.fullmatch(written) if following.kind == "word" else None
        is_joined = self._token(place).text in self.rules.joiners
        return bool(is_joined and roman and roman[1] and written != "I")

    def _was_labelled(self, before: list[tuple[Fact, int, int]]) -> bool:
        """Tell whether the numbers just read, joined to one another, stand behind a label."""
        known = self.labelled  # of each number that was read, in turn: a list may be long
        for number in range(len(known), len(before)):
            _fact, first, _end = before[number]
            is_joined = number > 0 and self._are_joined(before[number - 1][2], first)
            known.append(self._is_label(first - 1) or (is_joined and known[-1]))
        return bool(known) and known[-1]

    def _word_at(self, place: int) -> tuple[list[Fact], int] | None:
        token = self.tokens[place]
        word, end = token.text, place + 1
        rules = self.rules
        if word in _VULGAR:
            parts = tuple(map(Fraction, _VULGAR[word]))
            return self._finished(parts[0] / parts[1], token.start, end, parts=parts)
        if fraction := self._fraction_at(place):
            return fraction
        following = self._token(end).text
        if following in rules.multipliers and 1 in rules.loose.get(word, ()):
            value, end = self._multiplied(Fraction(1), end)
            return self._finished(value, token.start, end)
        is_one = 1 in rules.loose.get(word, ())
        if (is_one or word in rules.words) and (after := self._after_half(end)):
            value = Fraction(rules.words.get(word, 1)) + Fraction(1, 2)
            value, end = self._multiplied(value, after)
            return self._finished(value, token.start, end)
        if word in rules.words_before_units and self._unit_at(end)[0]:
            return self._finished(Fraction(rules.words_before_units[word]), token.start, end)
        if word in rules.words:
            value = Fraction(rules.words[word])
            if rules.are_parted and value in range(20, 100, 10):
                dash = self._token(end).text == "-"
                if one := rules.ones.get(self._token(end + dash).text):
                    value, end = value + one, end + 1 + dash
            value, end = self._multiplied(value, end)
            return self._finished(value, token.start, end)
        if word in rules.times_words:
            value = Fraction(rules.times_words[word])
            return self._finished(value, token.start, end, unit="times")
        if Fraction(1, 2) in rules.loose.get(word, ()):
            whole = self._whole_at(end)
            unit, after = self._unit_at(whole)
            if unit in _SWALLOWED:
                return self._finished(Fraction(1, 2), token.start, after, unit)
        if word in rules.loose:
            unit, after = self._unit_at(end + (following == "'"))
            if unit and is_one and (behind := self._after_half(after)):
                return self._finished(Fraction(3, 2), token.start, behind, unit)
            is_period = bool(self.found) and self.found[-1].start == token.start
            facts = [
                Fact(
                    NUMBER,
                    value,
                    token.start,
                    self._token(after - 1).end if unit else token.end,
                    unit=unit if value == 1 and not is_period else "",
                    moment=self._moment(unit, token.start, self._token(after - 1).end),
                    loose=True,
                )
                for value in rules.loose[word]
            ]
            return facts, end
        return None

    def _after_half(self, place: int) -> int:
        """Return the place behind "and a half", if a token begins that; else 0."""
        half = self.rules.and_a_half
        found = half.match(self.text, self._token(place - 1).end) if half else None
        if not found:
            return 0
        while place < len(self.tokens) and self._token(place).start < found.end():
            place += 1
        return place

    def _fraction_at(self, place: int) -> tuple[list[Fact], int] | None:
        """Read "two thirds" and "a third of"."""
        word, rules = self.tokens[place].text, self.rules
        above = rules.words.get(word) or (1 if 1 in rules.loose.get(word, ()) else 0)
        below = rules.fractions.get(self._token(place + 1).text, 0)
        if not 0 < above < below:
            return None
        if above == 1 and self._token(place + 2).text not in rules.before_whole:
            return None
        parts = (Fraction(above), Fraction(below))
        start, end = self.tokens[place].start, place + 2
        # "tre quarti d'ora", "a quarter of an hour"
        whole = self._whole_at(end)
        if self._unit_at(whole)[0] in TIMES:
            end = whole
        return self._finished(parts[0] / parts[1], start, end, parts=parts)

    def _whole_at(self, place: int) -> int:
        """Return the place of what a fraction is a part of: "of an hour", "a tablet"."""
        place += self._token(place).text in self.rules.of
        article = self._token(place).text
        return place + (article == "'" or 1 in self.rules.loose.get(article, ()))

    def _finished(
        self,
        value: Fraction,
        start: int,
        end: int,
        unit: str = "",
        parts: tuple[Fraction, ...] = (),
    ) -> tuple[list[Fact], int]:
        """Return a number with the unit and the period that follow it."""
        number_end = self._token(end - 1).end
        if not unit:
            unit, end = self._unit_at(end)
            if unit and (after := self._after_half(end)):
                value, end = value + Fraction(1, 2), after
        unit = unit or self._unit_before(start)
        unit, period, end = self._with_denominators(unit, end)
        last = reach = max(number_end, self._token(end - 1).end)
        if not unit:
            unit, after = self._unit_ahead(end)
            if unit:
                reach = self._token(after - 1).end
                period = period or self._with_denominators(unit, after)[1]
        bound = self._bound(start, reach)
        attached = bool(period)
        moment = self._moment(unit, start, reach)
        fact = Fact(
            NUMBER, value, start, last, unit, period, bound, moment, parts=parts,
            is_attached=attached,
        )  # fmt: skip
        return [fact], end

    def _unit_at(self, place: int) -> tuple[str, int]:
        """Return the unit that begins at a token, and the place of the token after it."""
        if self._token(place).text == "-" and self._touches(place) and self._touches(place + 1):
            place += 1
        token = self._token(place)
        if token.text not in self.rules.first_of_units or _MASK in self._gap_before(place):
            return "", place
        if self._token(place + 1).text == "'" and self._touches(place + 1):
            return "", place
        written = self.text[token.start : token.end]
        if len(token.text) == 1 and written in "MGHS":
            return "", place
        for length in (3, 2, 1):
            tokens = self.tokens[place : place + length]
            unit = self.rules.units.get(" ".join(each.text for each in tokens))
            if unit and len(tokens) == length:
                return unit, place + length
        return "", place

    def _unit_before(self, start: int) -> str:
        """Return the unit that stands before a number: "€ 50", "mg 5"."""
        found = _UNIT_BEFORE.search(self.text[max(0, start - 6) : start])
        return self.rules.units[found[1].lower()] if found else ""

    def _unit_ahead(self, place: int) -> tuple[str, int]:
        """Return a unit that one or two words part from its number: "3 consecutive days"."""
        for ahead in range(2):
            token = self._token(place + ahead)
            is_passed = token.text == "-" or (token.kind == "word" and len(token.text) > 3)
            if not is_passed or token.text in self.rules.not_between:
                break
            following = self._token(place + ahead + 1)
            if len(following.text) > 2 and following.text in self.rules.first_of_units:
                unit, end = self._unit_at(place + ahead + 1)
                if unit in WEAK:
                    return unit, end
        return "", place

    def _with_denominators(self, unit: str, place: int) -> tuple[str, str, int]:
        """Return a unit with what it is divided by ("mg/kg"), the period, and the next place."""
        below: list[str] = []
        period = ""
        while True:
            token = self._token(place)
            if token.text in self.rules.periods:
                period = period or self.rules.periods[token.text]
                place += 1
                continue
            if token.text not in self.rules.per_after_units:
                break
            article = self._token(place + 1).text == "'"
            divisor, after = self._unit_at(place + 1 + article)
            if not divisor and self._token(place + 1).text in self.rules.per:
                divisor, after = self._unit_at(place + 2)
            if not divisor:
                break
            if divisor in TIMES:
                is_single = self._token(after - 1).text in self.rules.single_times
                if not is_single or self._token(after).kind == "number":
                    break
                period = period or divisor
            elif divisor in COUNTED:
                pass  # "of lactose per tablet": where it stands differs
            else:
                below.append(divisor)
            place = after
        return "/".join([unit, *sorted(below)]), period, place

    def _gap_before(self, place: int) -> str:
        return self.text[self._token(place - 1).end : self._token(place).start]

    def _period_at(self, place: int, *, distance: int) -> None:
        """Note a period or a divisor that stands by itself: "every day", "of lactose per ml".

        Args:
            distance: how many tokens stand between it and the last number.
        """
        token, before = self.tokens[place], self._token(place - 1)
        rules = self.rules
        if token.text in rules.periods:
            period = rules.periods[token.text]
            self.found.append(Fact(PERIOD, period, token.start, token.end, loose=True))
            return
        if token.text not in rules.per_after_units or before.text in rules.not_per:
            return
        after = place + 1 + (self._token(place + 1).text == "'")
        unit, end = self._unit_at(after)
        if unit and unit not in WEAK:
            end_of_unit = self._token(end - 1).end
            fact = Fact(NUMBER, Fraction(1), token.start, end_of_unit, unit, loose=True)
            self.found.append(fact)
        period = rules.single_times.get(self._token(after).text, "")
        is_meant = token.text in rules.per_anywhere or distance <= 1
        if token.text in rules.per:
            # "2 litres of water a day", and not "it lasts an hour".
            is_meant = is_meant or (before.text not in ",.;:" and distance <= _MOST_BETWEEN)
        # "alla settimana 12" is a moment.
        if period and is_meant and self._token(after + 1).kind != "number":
            where = token.start, self._token(after).end
            self.found.append(Fact(PERIOD, period, *where, loose=True, is_attached=True))

    def _bound(self, start: int, end: int) -> str:
        before = self.text[max(0, start - 36) : start]
        if sign := _COMPARED.search(before):
            return _SIGNS.get(sign[1], sign[1])
        bound = next((b for b, pattern in self.rules.bounds_before if pattern.search(before)), "")
        if not bound:
            after = self.rules.bounds_after
            bound = next((b for b, pattern in after if pattern.match(self.text, end)), "")
        if bound and self.rules.negation:
            sentence = (
                _SENTENCE_END.split(self.whole[max(0, start - 120) : start])[-1]
                + _SENTENCE_END.split(self.whole[start : end + 120])[0]
            )
            if self.rules.negation.search(sentence):
                return f"not {bound}"
        return bound

    def _moment(self, unit: str, start: int, end: int) -> str:
        if unit not in TIMES:
            return ""
        after = self.rules.moments_after
        moment = next((m for m, pattern in after if pattern.match(self.text, end)), "")
        if not moment and self.rules.later.search(self.text[max(0, start - 30) : start]):
            moment = "after"
        # To wait 2 hours before something is to do it after 2 hours.
        is_wait = moment and self.rules.waiting.search(self.text[max(0, start - 40) : start])
        return f"wait {moment}" if is_wait else moment

    def _are_joined(self, place: int, until: int) -> bool:
        """Tell whether two numbers belong together, with a sign or small words between them."""
        between = self.tokens[place:until]
        if len(between) > 4:
            return False
        if _MASK in self.text[self._token(place - 1).end : self._token(until).start]:
            return False
        return all(token.text in self.rules.joiners for token in between)

    def _with_shared_units(self, numbers: list[tuple[Fact, int, int]]) -> Iterator[Fact]:
        """Give the numbers of a list or of a range the unit that stands behind the last one."""
        following: tuple[Fact, int] | None = None
        for fact, first, end in reversed(numbers):
            if fact.kind == NUMBER and not fact.unit and not fact.loose and following:
                other, other_first = following
                if self._are_joined(end, other_first):
                    fact = self._with_shared(fact, other, other_first)
            if not fact.loose:
                following = (fact, first) if fact.kind == NUMBER else None
            yield fact

    def _with_shared(self, fact: Fact, other: Fact, place: int) -> Fact:
        """Return a number with what stands behind another one that begins at a token."""
        factor = self.rules.multipliers.get(self._token(place + 1).text)
        parts = (Fraction(fact.value) * factor,) if factor else fact.parts
        if not other.unit:
            return replace(fact, parts=parts)
        period = fact.period or other.period
        return replace(fact, unit=other.unit, period=period, is_shared=True, parts=parts)


def _code(written: str) -> str:
    return re.sub(r"[-/ ]", "", written).upper()


def _power(written: str, value: Any) -> Fraction:
    factor, _x, rest = (
        re.sub(r"\s", "", written)
        .replace("×", "x")
        .replace("*", "x")
        .replace("·", "x")
        .rpartition("x")
    )
    exponent = int(rest.removeprefix("10").removeprefix("^").translate(_RAISED))
    return (value(factor) if factor else Fraction(1)) * Fraction(10) ** exponent


def _roman(written: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in written]
    return sum(
        -value if any(value < later for later in values[place + 1 : place + 2]) else value
        for place, value in enumerate(values)
    )
