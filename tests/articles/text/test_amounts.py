"""What changes between two texts in one language."""

import pytest

from articles.text.amounts import amounts
from articles.text.parity import told_in


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("it", "Adulti: 10 mg. Bambini: 5 mg.", "Adulti: 5 mg. Bambini: 10 mg."),
        ("it", "mezza compressa", "una compressa"),
        ("it", "una fiala e mezza", "una fiala"),
        ("it", "dose doppia", "dose tripla"),
        ("it", "la metà", "il doppio"),
        ("it", "un’ora prima", "un’ora dopo"),
        ("it", "2 mg al giorno", "2 mg alla settimana"),
        ("en", "half a tablet", "one tablet"),
        ("en", "a double dose", "a triple dose"),
        ("en", "every other day", "every day"),
        ("en", "fortnightly", "weekly"),
        ("en", "2 hours before", "2 hours after"),
        ("en", "after waiting 2 hours before food", "after waiting 2 hours after food"),
        ("en", "below 38 °C", "above 38 °C"),
    ],
)
def test_a_change_is_seen(language, before, after):
    told = [amounts(told_in(f"Prenda {text}.", language), language) for text in (before, after)]

    assert told[0] != told[1]


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("it", "1.000 mg in 2 volte", "1000 milligrammi in due volte"),
        ("it", "Una persona, secondo il medico", "La persona, per il medico"),
        ("en", "No risk for other people", "Without risk for people"),
        ("en", "See www.example.org/a1", "See www.example.org/a2"),
    ],
)
def test_what_says_the_same_is_not(language, before, after):
    told = [amounts(told_in(text, language), language) for text in (before, after)]

    assert told[0] == told[1]
