"""What stands in a text and not in its translation."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from articles.text import number_rules
from articles.text.number_rules import rules_in
from articles.text.numbers import Fact, facts_in
from articles.text.parity import (
    Difference,
    _Pairing,
    differences,
    told_in,
    told_in_html,
    told_in_rows,
)

PAIRS = Path(__file__).with_name("parity_pairs.txt")
KEYS = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(3)]


def pairs(mark: str) -> Iterator[tuple[str, str]]:
    """The pairs of the table that have a mark."""
    for line in PAIRS.read_text("utf-8").splitlines():
        if line.startswith(mark):
            italian, _bar, english = line.removeprefix(mark).partition(" | ")
            yield italian.strip(), english.strip()


def found(italian: str, english: str) -> list[Difference]:
    return differences(told_in(italian, "it"), told_in(english, "en"))


def found_in_html(italian: str, english: str) -> list[Difference]:
    return differences(told_in_html(italian, "it"), told_in_html(english, "en"))


def found_in_rows(italian: str, english: str) -> list[Difference]:
    return differences(told_in_rows(italian, "it"), told_in_rows(english, "en"))


def words(differences: list[Difference]) -> list[tuple[bool, str]]:
    return [(difference.is_own, difference.words) for difference in differences]


class TestTable:
    def test_has_no_false_alarm(self):
        right = list(pairs("="))

        assert len(right) >= 60
        assert [pair for pair in right if found(*pair)] == []

    def test_misses_at_most_two(self):
        wrong = list(pairs("≠"))

        assert len(wrong) >= 60
        assert len([pair for pair in wrong if not found(*pair)]) <= 2


class TestDifferences:
    def test_say_on_which_side_and_where(self):
        (italian, english) = found(
            "Alla prima visita il medico del centro prescrive 25 mg al giorno, con acqua.",
            "At the first visit the doctor prescribes 50 mg a day, with water.",
        )

        assert (italian.is_own, italian.words) == (True, "25 mg al giorno")
        assert italian.before.endswith("medico del centro prescrive ")
        assert italian.before.startswith("…")
        assert italian.after == ", con acqua."
        assert (english.is_own, english.words) == (False, "50 mg a day")

    def test_are_the_same_whichever_text_comes_first(self):
        italian, english = told_in("2 mg o 3 mg", "it"), told_in("2 mg", "en")

        assert words(differences(italian, english)) == [(True, "3 mg")]
        assert words(differences(english, italian)) == [(False, "3 mg")]

    def test_of_a_date_whose_order_is_open_heed_the_other_text(self):
        assert found("Il 4 marzo 2026", "On 03/04/2026") == []
        assert found("Il 3 aprile 2026", "On 03/04/2026") == []
        assert words(found("Il 5 maggio 2026", "On 03/04/2025")) == [
            (True, "5 maggio 2026"),
            (False, "03/04/2025"),
        ]

    def test_of_numbers_no_computer_can_hold_are_found_quickly(self):
        assert found("9" * 5000, "9" * 5001)
        assert found("10^99999999", "10^99999998")
        assert found("1, 2; " * 1000, "1, 3; " * 1000)

    def test_of_many_equal_numbers_are_found_without_trying_each_with_each(self, monkeypatch):
        tried = []
        is_firm = _Pairing.is_firm

        def counted(pairing: _Pairing, fact: Fact, other: Fact) -> bool:
            tried.append(fact)
            return is_firm(pairing, fact, other)

        monkeypatch.setattr(_Pairing, "is_firm", counted)

        assert len(found("1 mg; " * 500 + "2; " * 500, "1 kg; " * 500 + "2 mg; " * 500)) == 1000
        assert len(tried) < 1000

    def test_of_words_without_an_end_are_found_quickly(self):
        assert found("a-" * 50_000 + " e.g.", "a") == []
        assert found("a" * 100_000 + " a@", "a") == []

    def test_of_a_language_without_rules_are_those_of_its_figures(self):
        german = told_in("Alle 3 Wochen 200 mg", "xx")

        assert differences(told_in("200 mg ogni 3 settimane", "it"), german) == []
        assert words(differences(told_in("250 mg ogni 3 settimane", "it"), german)) == [
            (True, "250 mg"),
            (False, "200 mg"),
        ]


class TestLinks:
    def test_of_our_own_are_known_by_what_they_lead_to(self):
        one, two = (f'<p><a data-article="{key}">qui</a></p>' for key in KEYS[:2])

        assert found_in_html(one, one.replace("qui", "here")) == []
        assert words(found_in_html(one, two)) == [(True, "qui"), (False, "qui")]

    def test_to_a_page_in_the_language_of_the_text_are_the_same(self):
        link = '<p><a href="https://www.ema.europa.eu/{}/medicines">EMA</a></p>'

        assert found_in_html(link.format("it"), link.format("en")) == []
        assert found_in_html(link.format("it"), link.format("en/about"))

    def test_may_be_written_out_in_one_text(self):
        link = '<p><a href="mailto:a@example.org">scriva</a></p>'

        assert found_in_html(link, "<p>Write to a@example.org</p>") == []
        assert [each.kind for each in found_in_html(link, "<p>Write</p>")] == ["mail"]


class TestCitations:
    def test_must_stand_in_both_as_often(self):
        first, second = (f'<cite data-source="{key}"></cite>' for key in KEYS[:2])

        assert found_in_html(f"<p>A{first}{second}</p>", f"<p>B{second} C{first}</p>") == []
        assert words(found_in_html(f"<p>A{first} B{first}</p>", f"<p>A{first}</p>")) == [
            (True, KEYS[0])
        ]


class TestTables:
    ROWS = "<thead><tr><th scope='col'>Dose</th></tr></thead><tr><td>{}</td><td>{}</td></tr>"

    def test_are_compared_cell_by_cell(self):
        italian, english = self.ROWS.format("2,5 mg", "10"), self.ROWS.format("2.5 mg", "12")

        differences = found_in_rows(italian, english)

        assert words(differences) == [(True, "10"), (False, "12")]
        assert {(each.row, each.column) for each in differences} == {(2, 2)}

    def test_with_an_empty_cell_in_one_language_differ(self):
        (difference,) = found_in_rows(self.ROWS.format("sì", "no"), self.ROWS.format("yes", ""))

        assert (difference.kind, difference.words, difference.row) == ("table", "no", 2)

    def test_of_another_shape_are_told_by_their_sizes(self):
        rows = self.ROWS.format("a", "b")

        (difference,) = found_in_rows(rows, rows + "<tr><td>c</td></tr>")

        assert (difference.words, difference.after) == ("2 × 2", "3 × 2")


class TestAnotherLanguage:
    def test_is_a_file_of_words(self, monkeypatch, tmp_path):
        rules = {
            "decimal": ",",
            "numbers": {"drei": 3},
            "ordinal_marks": ["."],
            "units": {"week": ["wochen"]},
            "months": [["Januar"], ["Februar"], ["März"]],
        }
        rules_in("en")  # which is remembered
        (tmp_path / "xy.json").write_text(json.dumps(rules), "utf-8")
        monkeypatch.setattr(number_rules, "DIRECTORY", tmp_path)
        german = told_in("Ab 4. März 2026 alle drei Wochen 2,5 mg/kg", "xy")

        english = told_in("From 4 March 2026, 2.5 mg/kg every three weeks", "en")
        assert differences(german, english) == []
        english = told_in("From 4 May 2026, 2.5 mg/kg every four weeks", "en")
        assert words(differences(german, english)) == [
            (True, "4. März 2026"), (True, "drei Wochen"),
            (False, "4 May 2026"), (False, "four weeks"),
        ]  # fmt: skip


class TestReading:
    @pytest.mark.parametrize(
        ("text", "value"),
        [("1.000", 1000), ("2.500", 2500), ("2,500", 2.5), ("0.125", 0.125), ("1.250,50", 1250.5)],
    )
    def test_heeds_the_marks_of_the_language(self, text, value):
        assert [fact.value for fact in facts_in(text, "it")] == [value]
