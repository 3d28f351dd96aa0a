import pytest

from articles.text.watched_words import found_in, is_watchable


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("rivoluzione", "Una Rivoluzione!", ["Rivoluzione"]),
        ("rivoluzione", "Controrivoluzione, rivoluzioni", []),
        ("miracolò", "miracolo MIRACOLO’", ["miracolo"]),
        ("…mab", "L’ipilimumab e l'Ipilimumab; mab, mabel", ["ipilimumab"]),
        ("…mab", "nivolumab, anti-PD1-tremelimumab", ["nivolumab", "tremelimumab"]),
        ("rivoluzion…", "rivoluzionario, rivoluzion", ["rivoluzionario", "rivoluzion"]),
        ("…mir…", "amiri", ["amiri"]),
        ("senza effetti", "senza\xa0 effetti\ncollaterali", ["senza\xa0 effetti"]),
        ("senza effetti", "essenza effetti, senza effettivi", []),
        ("5-fu", "il 5-FU.", ["5-FU"]),
        ("…mab", "ipilimu\xadmab e nivolu\u200bmab", ["ipilimumab", "nivolumab"]),
        ("…mab", "¹ipilimumab²³, nivolumab™", ["ipilimumab", "nivolumab"]),
        ("keytruda", "Keytruda¹, Keytruda2", ["Keytruda"]),
        ("¹³¹i", "lo ¹³¹I", ["¹³¹I"]),
    ],
)
def test_words_are_found_as_they_stand(word, text, found):
    assert found_in(text, ["altro", word]) == [(each, word) for each in found]


def test_each_is_named_once_and_by_the_first_that_finds_it():
    assert found_in("Nivolumab nivolumab", ["nivolumab", "…mab"]) == [("Nivolumab", "nivolumab")]
    assert found_in("Nivolumab", []) == []


@pytest.mark.parametrize(
    ("word", "can_be"),
    [("…mab", True), ("a b", True), ("5-fu", True), ("…", False), ("", False), ("a…b", False),
     ("(a)", False), ("… mab…", True)],
)  # fmt: skip
def test_what_can_be_looked_for(word, can_be):
    assert is_watchable(word) is can_be
