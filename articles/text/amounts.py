"""What a text says of how much, how often and when, in its order: for two texts in one language.

Pure. A translation may say it in other words and in another order; who mends a letter changes
nothing of it. Between two languages see ``articles.text.parity``.
"""

import re
from collections.abc import Hashable, Iterator

from articles.text.number_rules import Rules, rules_in
from articles.text.numbers import MAIL, PERIOD, WEB, Fact
from articles.text.parity import Told

_NEXT_WORDS = re.compile(r"[\s'’-]*(\w+)(?:[\s'’-]+(\w+))?(?:[\s'’-]+(\w+))?")
_LAST_WORD = re.compile(r"(\w+)[\s-]+$")


def amounts(told: Told, language: str) -> list[Hashable]:
    """Return what a text says in numbers; that of a table with the row and the column of each."""
    if told.cells:
        return [
            (row, column, amount)
            for row, cells in enumerate(told.cells)
            for column, cell in enumerate(cells)
            for amount in amounts(cell, language)
        ]
    rules = rules_in(language)
    facts = sorted(told.facts, key=lambda fact: (fact.start, fact.end))
    return [
        (fact.kind, fact.value, fact.unit, fact.period, fact.bound, fact.moment)
        for fact in _each_once(facts)
        if fact.kind not in (WEB, MAIL) and _is_meant(fact, told.text, rules)
    ]


def _each_once(facts: list[Fact]) -> Iterator[Fact]:
    """Yield the facts; of a word that may be several numbers, what it mostly is."""
    before: Fact | None = None
    for fact in facts:
        is_another = not (before and before.loose and fact.loose and fact.kind == before.kind)
        if is_another or (before and (fact.start, fact.end) != (before.start, before.end)):
            yield fact
        before = fact


def _is_meant(fact: Fact, text: str, rules: Rules) -> bool:
    """Tell whether something is a number, and no mere word: "una" is one beside its unit."""
    if not fact.loose or fact.unit or fact.kind == PERIOD:
        return True
    word = text[fact.start : fact.end].lower()
    # What was read together with others is "double dose", "one or two".
    return " " in word or word in rules.telling or _has_unit(fact, text, rules)


def _has_unit(fact: Fact, text: str, rules: Rules) -> bool:
    """Tell whether a unit stands beside a word: "half a tablet", "dose doppia"."""
    before = _LAST_WORD.search(text[max(0, fact.start - 30) : fact.start])
    if before and before[1].lower() in rules.units:
        return True
    found = _NEXT_WORDS.match(text, fact.end)
    for word in filter(None, found.groups() if found else ()):
        if word.lower() in rules.units:
            return True
        if word.lower() not in rules.of and 1 not in rules.loose.get(word.lower(), ()):
            return False
    return False
