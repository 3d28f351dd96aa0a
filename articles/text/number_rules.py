"""How texts in one language write numbers: its marks, words, units, months. Pure.

The rules of a language are data, ``number_words/<code>.json``; another language is a file there.

``decimal``
    the mark before decimals. The other one of "." and "," parts thousands.
``day_first``
    whether "3/4/2026" is a day in April; null where it may be either.
``numbers``
    words of cardinal and ordinal numbers, which must be there in the other language too.
    ``numbers_before_units`` are such only before a unit ("sei mesi"), ``numbers_of_times`` say how
    often ("twice"), and ``ones`` are put together with tens: "ventuno", or, with
    ``tens_are_parted``, "twenty-one".
``loose``
    words that may be numbers, with the numbers that they may be.
``telling``
    those of them that say how much or how often wherever they stand.
``fractions``, ``of``, ``and_a_half``, ``multipliers``, ``ordinal_marks``, ``minus``
    what makes another number of a number.
``idioms``
    phrases, as patterns, with the numbers that they may be.
``units``, ``months``
    their names, in small letters. A month that has a capital is none without it.
``per``, ``per_anywhere``, ``per_after_units``, ``not_per``, ``single_times``, ``periods``,
``every``
    how often something is done: "a day" after what is counted, "each day" anywhere, not "for a
    day"; "daily".
``joiners``
    what stands between the numbers of a list or a range; ``not_between``, what never parts a number
    from its unit.
``clock``, ``labels``, ``telephone``, ``of_age``
    what stands around times, Roman numerals, telephone numbers and ages.
``later``, ``later_after``, ``earlier_after``, ``waiting``
    what stands before or after a time that has passed, or will: "after 2 hours", "2 hours before";
    and what says that somebody waits, for whom both are the same.
``more``, ``more_after``, ``less``, ``less_after``, ``not``
    bounds, before or after their number, and what denies them.
"""

import json
import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).resolve().parent / "number_words"

# As they are written in every language, in small letters, with what they are called here.
_SYMBOLS = {
    **{symbol: symbol for symbol in (
        "mg", "ug", "ng", "pg", "g", "kg", "l", "dl", "cl", "ml", "ul", "m", "cm", "mm", "km",
        "iu", "u", "miu", "mol", "mmol", "umol", "nmol", "pmol", "meq", "mosm", "mmhg", "kpa",
        "gy", "cgy", "mgy", "mbq", "gbq", "kbq", "msv", "kcal", "kj", "hz", "khz", "bpm", "ppm",
        "kda", "%", "s", "min", "h",
    )},
    "mcg": "ug", "µg": "ug", "µl": "ul", "µmol": "umol", "ui": "iu", "mui": "miu", "mu": "miu",
    "m²": "m2", "cm²": "cm2", "mm²": "mm2", "mm³": "ul", "cm³": "ml", "cc": "ml", "‰": "permille",
    "° c": "degc", "° f": "degf", "€": "eur", "£": "gbp", "$": "usd",
}  # fmt: skip
TIMES = {"s", "min", "h", "day", "week", "month", "year", "decade"}
COUNTED = {
    "times", "tablet", "capsule", "drop", "puff", "vial", "sachet", "syringe", "pen", "patch",
    "suppository", "teaspoon", "tablespoon", "dose", "cycle", "deg", "date", "u",
}  # fmt: skip
# What may be left out in one language: "aged 12 to 17", "2 times".
WEAK = TIMES | COUNTED


@lru_cache
def rules_in(language: str) -> "Rules":
    """Return how texts in a language are read.

    One that has no rules of its own is read by its figures alone.
    """
    path = DIRECTORY / f"{language}.json"
    rules = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return Rules(language, rules)


class Rules:
    """How texts in one language are read.

    Args:
        rules: as they are written down; see the module.
    """

    def __init__(self, language: str, rules: Mapping[str, Any]):
        self.language = language
        self.decimal: str = rules.get("decimal", ".")
        self.day_first: bool | None = rules.get("day_first")
        self.loose = {
            word: tuple(map(Fraction, values)) for word, values in rules.get("loose", {}).items()
        }
        self.telling = set(rules.get("telling", ()))
        # "twenty-one", and not "ventuno".
        self.are_parted: bool = rules.get("tens_are_parted", False)
        self.words = self._with_compounds(rules)
        self.words_before_units: dict[str, int] = rules.get("numbers_before_units", {})
        self.ones = {word: n for n, word in enumerate(rules.get("ones", ()), start=1)}
        self.times_words: dict[str, int] = rules.get("numbers_of_times", {})
        self.fractions: dict[str, int] = rules.get("fractions", {})
        # What follows a fraction: "of", or the end of what is said.
        self.of = set(rules.get("of", ()))
        self.before_whole = {"", ".", ",", ")", ";", *self.of}
        self.multipliers: dict[str, int] = rules.get("multipliers", {})
        self.ordinal_marks = set(rules.get("ordinal_marks", ["°"]))
        self.minus = set(rules.get("minus", ()))
        self.units = _SYMBOLS | {
            form: unit for unit, forms in rules.get("units", {}).items() for form in forms
        }
        self.first_of_units = {form.split()[0] for form in self.units}
        self.per = {"/", *rules.get("per", ())}
        self.per_anywhere = {"/", *rules.get("per_anywhere", ())}
        self.per_after_units = {*self.per, *rules.get("per_after_units", ())}
        self.single_times = {"h": "h", "min": "min"} | {
            word: unit for unit, words in rules.get("single_times", {}).items() for word in words
        }
        self.every = set(rules.get("every", ()))
        self.not_per = set(rules.get("not_per", ()))
        self.periods = {
            word: period for period, words in rules.get("periods", {}).items() for word in words
        }
        # Any other word says nothing here.
        self.known = {
            *self.words, *self.loose, *self.words_before_units, *self.times_words, *self.periods,
            *self.per_after_units,
        }  # fmt: skip
        self.joiners = {*rules.get("joiners", ()), *"-/,;~()±'°"}
        self.not_between = set(rules.get("not_between", ())) | self.words.keys()
        self.labels = set(rules.get("labels", ()))
        idioms = rules.get("idioms", ())
        self.idiom_values = [tuple(map(Fraction, values)) for _form, values in idioms]
        forms = "|".join(f"({form})" for form, _values in idioms)
        self.idioms = _words(forms) if forms else None
        half = rules.get("and_a_half")
        self.and_a_half = re.compile(rf"[\s-]*(?:{half})\b", re.IGNORECASE) if half else None
        self._read_dates_by(rules)
        self._read_times_by(rules.get("clock", {}))
        self._read_bounds_by(rules)
        told = rules.get("telephone", "tel|fax")
        self.before_telephone = re.compile(rf"\b(?:{told})\b[^.\n]{{0,25}}[. ]*$", re.IGNORECASE)

    def _with_compounds(self, rules: Mapping[str, Any]) -> dict[str, int]:
        words: dict[str, int] = dict(rules.get("numbers", {}))
        if not self.are_parted:
            simple = words | rules.get("numbers_before_units", {})
            tens = [(word, n) for word, n in simple.items() if n in range(20, 100, 10)]
            for ten, n in tens:
                for one, word in enumerate(rules.get("ones", ()), start=1):
                    words[ten + word] = words[ten[:-1] + word] = n + one
        return words

    def _read_dates_by(self, rules: Mapping[str, Any]) -> None:
        months: list[list[str]] = rules.get("months", [])
        self.months = {form.lower(): n for n, forms in enumerate(months, 1) for form in forms}
        self.day_and_month = self.month_and_year = self.month_first = None
        if not months:
            return
        forms = sorted((form for forms in months for form in forms), key=len, reverse=True)
        # Where months have a capital, "may" is none.
        month = "|".join(f"[{form[0]}{form[0].upper()}]{form[1:]}" for form in forms)
        marks = "|".join(map(re.escape, sorted(self.ordinal_marks)))
        joiner = rules.get("year_joiner", "of")
        # "Mar." is a month, and "May." the end of a sentence.
        whole = "".join(rf"(?<!\b{forms[0]})" for forms in months if len(forms[0]) == 3)
        short = rf"(?:(?<=\b\w\w\w){whole}\.)?"
        year = rf"(?:{short},? (?:(?:{joiner}) )?(?P<year>(?:19|20)\d\d)\b)"
        self.day_and_month = re.compile(
            rf"(?<![\d.,])(?P<day>\d{{1,2}})(?:{marks})? ?(?:of )?(?P<month>{month})\b{year}?"
        )
        self.month_and_year = re.compile(rf"\b(?P<month>{month})\b{year}")
        if rules.get("month_first"):
            self.month_first = re.compile(
                rf"\b(?P<month>{month})\b{short} (?P<day>\d{{1,2}})(?:{marks})?\b(?!\d|[.,]\d|%)"
                rf"{year}?"
            )

    def _read_times_by(self, clock: Mapping[str, Any]) -> None:
        morning, evening = clock.get("morning") or "a\\.?m", clock.get("evening") or "p\\.?m"
        half = rf"(?: ?(?:(?P<am>(?:{morning}))|(?P<pm>(?:{evening})))(?!\w))"
        after = rf"|(?: ?(?:{clock['after']})\b)" if clock.get("after") else ""
        before = clock.get("before")
        hour, minutes = r"(?P<hour>[01]?\d|2[0-4])", r"[:.](?P<minutes>[0-5]\d)"
        patterns = [
            rf"(?<![\d.,:/]){hour}(?:{minutes})?(?![\d:]|[.,]\d)(?:{half}{after})",
            rf"(?<![\d.,:/]){hour}:(?P<minutes>[0-5]\d)(?![\d:])(?: ?h\b)?",
        ]
        if before:
            patterns.insert(0, rf"\b(?:{before}) {hour}(?:{minutes})?(?![\d:]|[.,]\d)(?:{half})?")
        self.times = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]
        between = rf" *(?:-|\b(?:{clock.get('between') or '-'})\b) *"
        self.times_beside = [
            re.compile(pattern, re.IGNORECASE)
            for pattern in (
                rf"(?<=\x01){between}{hour}(?:{minutes})?(?![\d:]|[.,]\d)(?:{half})?",
                rf"(?<![\d.,:/\x01-]){hour}(?:{minutes})?(?P<open>){between}(?=\x01)",
            )
        ]

    def _read_bounds_by(self, rules: Mapping[str, Any]) -> None:
        self.bounds_before = [
            (bound, re.compile(rf"\b(?:{rules[name]})\s*$", re.IGNORECASE))
            for bound, name in (("more", "more"), ("less", "less"))
            if name in rules
        ]
        of_age = rules.get("of_age", "")
        self.bounds_after = [
            (bound, re.compile(rf"(?: (?:{of_age}))? *(?:{rules[name]})\b", re.IGNORECASE))
            for bound, name in (("more", "more_after"), ("less", "less_after"))
            if name in rules
        ]
        self.later = re.compile(rf"\b(?:{rules.get('later', '(?!)')}) *$", re.IGNORECASE)
        self.waiting = re.compile(rf"\b(?:{rules.get('waiting', '(?!)')})\b", re.IGNORECASE)
        self.moments_after = [
            (moment, re.compile(rf" (?:{rules[name]})\b", re.IGNORECASE))
            for moment, name in (("before", "earlier_after"), ("after", "later_after"))
            if name in rules
        ]
        self.negation = _words(rules["not"]) if "not" in rules else None


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)
