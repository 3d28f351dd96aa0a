"""What differs between two texts, word by word."""

import pytest

from articles.text.alignment import Effort
from articles.text.words_diff import changes


def told(before: str, after: str) -> str:
    """The changes as one text: [-gone-], {+new+}."""
    marks = {"same": "{}", "del": "[-{}-]", "ins": "{{+{}+}}"}
    return "".join(marks[kind].format(words) for kind, words in changes(before, after))


class TestChanges:
    @pytest.mark.parametrize(
        ("before", "after", "shown"),
        [
            ("La terapia dura poco.", "La cura dura poco.", "La [-terapia-]{+cura+} dura poco."),
            ("circa 2,5 anni", "circa 2,8 anni", "circa [-2,5-]{+2,8+} anni"),
            ("Uno.\nDue.", "Uno.\nDue.\nTre.", "Uno.\nDue.{+\nTre.+}"),
            ("", "Tutto", "{+Tutto+}"),
            ("Tutto", "", "[-Tutto-]"),
            ("", "", ""),
        ],
    )
    def test_are_marked_word_by_word(self, before, after, shown):
        assert told(before, after) == shown

    def test_give_back_both_texts(self):
        before, after = "Uno  due\ntre «quattro»", "uno due\n\ntre quattro!"

        found = changes(before, after)

        assert "".join(words for kind, words in found if kind != "ins") == before
        assert "".join(words for kind, words in found if kind != "del") == after

    def test_of_what_is_too_long_to_compare_show_it_as_a_whole(self):
        before, after = "x y " * 1000 + "x", "y x z " * 1000 + "y"

        assert changes(before, after) == [("del", before), ("ins", after)]

    def test_in_one_line_of_a_long_text_are_found_all_the_same(self):
        lines = [f"Riga {number}." for number in range(900)]

        found = changes("\n".join(lines), "\n".join([*lines[:500], "Altra 500.", *lines[501:]]))

        assert [change for change in found if change[0] != "same"] == [
            ("del", "Riga"),
            ("ins", "Altra"),
        ]

    def test_cost_no_more_than_a_page_has_to_spend(self):
        effort = Effort(pairs=10)

        first = changes("uno due", "due uno", effort)
        second = changes("tre quattro", "quattro tre", effort)

        assert ("same", "due") in first or ("same", "uno") in first
        assert second == [("del", "tre quattro"), ("ins", "quattro tre")]
        assert effort.refusals
