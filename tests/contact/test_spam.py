"""What makes a message suspicious."""

from typing import Any

import pytest

from contact import spam

FINE: dict[str, Any] = {
    "honeypot": "", "seconds": 60.0, "name": "Anna", "text": "Buongiorno.",
    "from_same_network": 0, "same_text": 0,
}  # fmt: skip


class TestReasons:
    def test_there_are_none_for_an_ordinary_message(self):
        assert spam.reasons(**FINE) == []

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"honeypot": "http://x.example"}, "honeypot"),
            ({"seconds": 2.9}, "speed"),
            ({"seconds": -5.0}, "speed"),
            ({"text": "http://a.it http://b.it https://c.it"}, "links"),
            ({"name": "Anna https://x.example"}, "name"),
            ({"name": "www.x.example"}, "name"),
            ({"name": "Win at Casino.COM now"}, "name"),
            ({"name": "promo.it"}, "name"),
            ({"name": "Anna bit.ly/3xYz"}, "name"),
            ({"name": "t.me/x"}, "name"),
            ({"name": "example.co.uk"}, "name"),
            ({"from_same_network": 5}, "rate"),
            ({"same_text": 1, "text": "Lo stesso testo. " * 4}, "repetition"),
        ],
    )
    def test_each_stands_alone(self, change, reason):
        assert spam.reasons(**FINE | change) == [reason]

    @pytest.mark.parametrize(
        "change",
        [
            {"honeypot": " \t"},
            {"seconds": 3.0},
            {"seconds": 86_399.0},
            {"text": "Vedi http://a.it e www.b.it, http e https. 3 < 4, <alt> url"},
            {"name": "Dott.ssa A.Rossi (ASL/1), prof. Orgiu"},
            {"name": "Sig.ra M.Bianchi, DR.LO MONACO, g.verdi, Dr.Rossi"},
            {"from_same_network": 4},
            {"same_text": 3, "text": "Mi richiami, per favore."},
            {"text": "Si veda https://www.aiom.it e https://www.iss.it"},
        ],
    )
    def test_none_at_the_edge(self, change):
        assert spam.reasons(**FINE | change) == []

    @pytest.mark.parametrize(
        "link", ["http://x.example", "HTTPS://x.example", "www.x.example", "[url=x]", "<a href=x>"]
    )
    def test_a_link_is_known_in_every_dress(self, link):
        assert spam.reasons(**FINE | {"text": f"{link} {link} {link}"}) == ["links"]

    def test_all_of_them_are_told(self):
        found = spam.reasons(
            honeypot="x",
            seconds=0,
            name="http://x.example",
            text="www. www. www." + "x" * 60,
            from_same_network=9,
            same_text=9,
        )

        assert found == list(spam.REASONS)


class TestFingerprint:
    def test_is_the_same_for_the_same_words(self):
        assert spam.fingerprint("Buy  NOW,\nStraße") == spam.fingerprint(" buy now,\tSTRASSE ")

    def test_differs_with_the_words(self):
        assert spam.fingerprint("Buy now") != spam.fingerprint("Buy  no w")


class TestKeyed:
    def test_tells_whether_two_are_the_same_and_not_what_they_are(self):
        digest = spam.keyed("203.0.113.7", "key")

        assert digest == spam.keyed("203.0.113.7", "key")
        assert digest != spam.keyed("203.0.113.8", "key")
        assert digest != spam.keyed("203.0.113.7", "another key")
        assert len(digest) == 64
