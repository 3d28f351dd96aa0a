"""Two versions and their base: what only one of the two has changed is not asked."""

import pytest

from articles.text.three_way import Outcome, digest, outcome


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
