"""The paragraphs of a text, found again in another version of it."""

import pytest

from articles.text.paragraphs import Place, differing, join, places, split

WHOLE = (
    "<p>Uno.</p><h2>Dosi</h2><p>Prima<br>poi</p>"
    "<ul><li><p>a</p><ol><li>dentro</li></ol></li><li>b</li></ul>"
    '<ol start="3"><li>c</li></ol><p>Fine</p>'
)


class TestSplit:
    def test_tells_paragraphs_headings_and_items_apart(self):
        found = [(each.kind, each.words) for each in split(WHOLE)]

        assert found == [
            ("p", "Uno."), ("h2", "Dosi"), ("p", "Prima\npoi"), ("li", "a\ndentro"), ("li", "b"),
            ("li", "c"), ("p", "Fine"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "html",
        [
            WHOLE,
            "",
            "sciolto <em>così</em><p>b</p>coda",
            "<ul><li>a</li></ul><ul><li>b</li></ul>",  # two lists, and not one
            "<table><tbody><tr><td><p>a</p></td></tr></tbody></table>",
            "</p><ul><li>mai pulito",
        ],
    )
    def test_loses_nothing(self, html):
        assert join(split(html)) == html

    def test_gives_addresses_that_do_not_follow_from_the_other_paragraphs(self):
        before, after = split(WHOLE), split(f"<p>Nuovo.</p>{WHOLE.replace('Fine', 'Altro')}")

        assert [each.address for each in before[:-1]] == [each.address for each in after[1:-1]]
        assert before[-1].address != after[-1].address
        # An item of another list is another one: its number is what it says, too.
        assert split("<ul><li>c</li></ul>")[0].address != before[5].address


def test_places_are_counted_from_the_heading_before():
    found = places(split(WHOLE))

    assert found == [
        Place("p", 1, ""), Place("h2", 1, "Dosi"), Place("p", 1, "Dosi"), Place("li", 1, "Dosi"),
        Place("li", 2, "Dosi"), Place("li", 3, "Dosi"), Place("p", 2, "Dosi"),
    ]  # fmt: skip


class TestDiffering:
    @pytest.mark.parametrize(
        ("old", "new", "pairs"),
        [
            ("<p>a</p><p>b</p>", "<p>a</p><p>b</p>", []),
            ("<p>a</p><p>b</p><p>c</p>", "<p>a</p><p>x</p><p>c</p>", [(1, 1)]),
            ("<p>a</p>", "<p>a</p><p>b</p>", [(None, 1)]),
            ("<p>a</p><p>b</p>", "<p>b</p>", [(0, None)]),
            # What was changed is found by its words.
            (
                "<p>La cura dura due anni.</p>",
                "<p>Una riga nuova qui.</p><p>La cura dura tre anni.</p>",
                [(None, 0), (0, 1)],
            ),
        ],
    )
    def test_pairs_what_stands_in_one_place(self, old, new, pairs):
        assert differing(split(old), split(new)) == pairs

    def test_pairs_by_place_where_there_is_too_much(self):
        old = split("".join(f"<p>a{number}</p>" for number in range(40)))
        new = split("".join(f"<p>b{number}</p>" for number in range(41)))

        assert differing(old, new) == [*((place, place) for place in range(40)), (None, 40)]
