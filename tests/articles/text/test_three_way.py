"""Two versions and their base: what only one of the two has changed is not asked."""

from random import Random

import pytest

from articles.text.paragraphs import Paragraph
from articles.text.three_way import Asked, Outcome, answered, digest, merge, outcome


@pytest.mark.parametrize(
    ("mine", "theirs", "base", "expected"),
    [
        ("a", "a", "a", Outcome.MINE),
        ("b", "a", "a", Outcome.MINE),
        ("a", "b", "a", Outcome.THEIRS),
        ("b", "b", "a", Outcome.MINE),
        ("b", "c", "a", Outcome.ASK),
    ],
)
def test_the_one_that_has_changed_stays(mine, theirs, base, expected):
    assert outcome(mine, theirs, digest(base)) is expected


def test_without_a_base_every_difference_is_asked():
    assert outcome("a", "b", None) is Outcome.ASK
    assert outcome("a", "a", None) is Outcome.MINE


def paragraphs(letters: str) -> list[Paragraph]:
    """A text whose paragraphs are letters."""
    return [Paragraph(f"<p>{letter}</p>") for letter in letters]


def letters(found) -> str:
    return "".join(each.words for each in found)


def merged(mine: str, theirs: str, base: str | None, asked=()) -> str:
    """What becomes of two texts: what is asked is "(mine|theirs)"."""
    known = None if base is None else [each.address for each in paragraphs(base)]
    told = ""
    for part in merge(paragraphs(mine), paragraphs(theirs), known, asked):
        one, other = letters(part.mine), letters(part.theirs)
        told += {"MINE": one, "THEIRS": other, "ASK": f"({one}|{other})"}[part.outcome.name]
    return told


class TestMerge:
    @pytest.mark.parametrize(
        ("mine", "theirs", "base", "told"),
        [
            ("aXc", "abY", "abc", "aXY"),
            ("Xbc", "aYc", "abc", "XYc"),
            ("aXc", "aYc", "abc", "a(X|Y)c"),
            ("aXc", "aXc", "abc", "aXc"),
            ("abXc", "aYbc", "abc", "aYbXc"),
            ("abXc", "aYc", "abc", "aYXc"),
            ("aXbc", "aYbc", "abc", "a(X|Y)bc"),
            ("ac", "aYc", "abc", "a(|Y)c"),
            ("aXYc", "ac", "abc", "a(XY|)c"),
            ("c", "abY", "abc", "Y"),
            ("aXc", "abc", None, "a(X|b)c"),
        ],
    )
    def test_takes_over_what_only_one_has_changed(self, mine, theirs, base, told):
        assert merged(mine, theirs, base) == told

    def test_asks_again_what_was_not_settled_before_a_third_version(self):
        question = Asked(1, 2, 1, 1, digest("X"))

        assert merged("aXc", "abY", "abc", [question]) == "a(X|b)Y"
        assert merged("abX", "aYc", "abc", [question]) == "aYX"

    def test_finds_what_was_asked_whatever_stands_around_it(self):
        random = Random(1)

        def edited(text: str) -> str:
            some = [random.choice(("", each, each, each, "X", f"Y{each}")) for each in text]
            return "".join(some)

        for base in ["abcdef"] * 300:
            mine, theirs = edited(base), edited(base)
            known = [each.address for each in paragraphs(base)]
            parts = merge(paragraphs(mine), paragraphs(theirs), known)
            assert letters(each for part in parts for each in part.mine) == mine
            assert letters(each for part in parts for each in part.theirs) == theirs
            asked: list[tuple] = []
            whole: list[Paragraph] = []
            for part in parts:
                if part.outcome is Outcome.ASK:
                    asked.append((str(Asked.of(part, whole)), part.mine, part.theirs))
                whole += part.theirs if part.outcome is Outcome.THEIRS else part.mine

            again = answered(
                whole,
                paragraphs(theirs),
                list(filter(None, (Asked.read(each[0]) for each in asked))),
            )

            found = [part for part in again if part.outcome is Outcome.ASK]
            assert [(str(part.asked), part.mine, part.theirs) for part in found] == asked
            assert [each for part in again for each in part.mine] == whole

    @pytest.mark.parametrize(
        ("mine", "told"), [("aXYc", "a(X|b)Yc"), ("aZc", "a(Z|b)c"), ("a", "a(|b)"), ("", "(|b)")]
    )
    def test_finds_it_where_it_has_been_changed_since(self, mine, told):
        question = Asked(1, 2, 1, 1, digest(paragraphs("X")[0].address))

        parts = answered(paragraphs(mine), paragraphs("abc"), [question])

        shown = {Outcome.MINE: "{}", Outcome.ASK: "({}|{})"}
        assert told == "".join(
            shown[part.outcome].format(letters(part.mine), letters(part.theirs)) for part in parts
        )

    @pytest.mark.parametrize("text", ["", "1-2", "1-2-3-4-xyz", f"{'9' * 7}-1-1-1-{'a' * 18}"])
    def test_knows_no_question_that_is_none_of_ours(self, text):
        assert Asked.read(text) is None
