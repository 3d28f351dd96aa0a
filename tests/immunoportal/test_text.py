"""Cleaning what people type."""

import pytest

from immunoportal.text import clean_line, clean_text


class TestNothingToSee:
    @pytest.mark.parametrize(
        "nothing",
        [
            "\u200b", "\u200c\u200d", "\u2060", "\ufeff", "\u00ad", "\u200b \u200b\t", "\u3164",
            "\u2800", "\U0001d159", "\ufe0f", "\u0301", "\U000e0041", "\u200b\n\u200b", "\u180e",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("clean", [clean_line, clean_text])
    def test_is_nothing(self, clean, nothing):
        assert clean(nothing) == ""

    @pytest.mark.parametrize(
        "text",
        [
            "\U0001f469\u200d\u2695\ufe0f",  # a woman, joined to a staff of Aesculapius
            "\u0915\u094d\u200d\u0937",  # a Devanagari half-form
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian
            "?", "7", "Immuno\u00adterapia",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("clean", [clean_line, clean_text])
    def test_within_a_text_stays(self, clean, text):
        assert clean(text) == text
