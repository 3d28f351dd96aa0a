"""What differs between two texts of HTML: nothing is lost, and nothing is said twice."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as some

from articles.text.alignment import Effort
from articles.text.html_diff import has_marks, marked, with_words

WORDS = some.lists(
    some.sampled_from(
        ["la", "dose", "2,5", "mg/kg", "<strong>non</strong>", '<a href="/x">qui</a>', "&lt;5"]
    ),
    min_size=1,
    max_size=6,
).map(" ".join)
LISTS = some.lists(WORDS, min_size=1, max_size=3).map(
    lambda items: f"<ul>{''.join(f'<li><p>{item}</p></li>' for item in items)}</ul>"
)
ROWS = some.lists(some.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=3).map(
    lambda rows: "<table><tbody>{}</tbody></table>".format(
        "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    )
)
BLOCKS = some.one_of(WORDS.map("<p>{}</p>".format), WORDS.map("<h2>{}</h2>".format), LISTS, ROWS)
TEXTS = some.lists(BLOCKS, max_size=4).map("".join)


def said(html: str, *, without: str = "nothing") -> str:
    """The words of a text, but for those in one kind of element."""
    rest = re.sub(rf"<{without}>.*?</{without}>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", rest)).split())


class TestMarked:
    @pytest.mark.parametrize(
        ("before", "after", "shown"),
        [
            ("<p>circa 2,5 mg</p>", "<p>circa 2,8 mg</p>",
             "<p>circa <del>2,5</del><ins>2,8</ins> mg</p>"),
            ("<p>a b 16-20 mg/kg</p>", "<p>a b 16-22 mg/m</p>",
             "<p>a b <del>16-20 mg/kg</del><ins>16-22 mg/m</ins></p>"),
            # A number that is raised says something else; what is only bold does not.
            ("<p>a b 10<sup>9</sup></p>", "<p>a b 109</p>",
             "<p>a b <del>10</del><sup><del>9</del></sup><ins>109</ins></p>"),
            ("<p>a b</p>", "<p>a <strong>b</strong></p>", "<p>a <strong>b</strong></p>"),
            # So does a link that leads elsewhere, or another source.
            ('<p>a d e <a href="/x">b c</a></p>', '<p>a d e <a href="/y">b c</a></p>',
             '<p>a d e <a href="/x"><del>b c</del></a><a href="/y"><ins>b c</ins></a></p>'),
            ('<p>a<cite data-source="1"></cite></p>', '<p>a<cite data-source="2"></cite></p>',
             '<p>a<del><cite data-source="1"></cite></del>'
             '<ins><cite data-source="2"></cite></ins></p>'),
            ('<p><a data-article="k">a b</a></p>', '<p><a data-article="k">a c</a></p>',
             '<p><a data-article="k">a <del>b</del><ins>c</ins></a></p>'),
            # Blocks are found by what they say.
            ("<p>uno a</p><p>due b</p><p>tre c</p>", "<p>uno a</p><p>tre d</p>",
             "<p>uno a</p><p><del>due b</del></p><p>tre <del>c</del><ins>d</ins></p>"),
            ("<ul><li>uno</li><li>due</li></ul>", "<ul><li>due</li><li>tre</li></ul>",
             "<ul><li><del>uno</del></li><li>due</li><li><ins>tre</ins></li></ul>"),
            ("<table><tbody><tr><td>a</td><td>2,5</td></tr></tbody></table>",
             "<table><tbody><tr><td>a</td><td>3</td></tr><tr><td>b</td><td>4</td></tr></tbody></table>",
             "<table><tbody><tr><td>a</td><td><del>2,5</del><ins>3</ins></td></tr>"
             "<tr><td><ins>b</ins></td><td><ins>4</ins></td></tr></tbody></table>"),
            ('<h2 id="a-b">a b</h2>', "<p>a b c</p>", "<p>a b<ins> c</ins></p>"),
            ("", "<p>a &amp; b<br>c</p>", "<p><ins>a &amp; b<br>c</ins></p>"),
        ],
    )  # fmt: skip
    def test_marks_words(self, before, after, shown):
        assert marked(before, after) == shown
        assert has_marks(shown) == (said(before) != said(after) or "<del>" in shown)

    @given(TEXTS, TEXTS)
    def test_says_both_texts(self, before, after):
        shown = marked(before, after)

        assert said(shown, without="del").split() == said(after).split()
        assert said(shown, without="ins").split() == said(before).split()
        assert shown.count("<table>") >= after.count("<table>")

    def test_shows_as_a_whole_what_shares_too_little_or_takes_too_long(self):
        effort = Effort(pairs=10)

        assert marked("<p>la a b c d e</p>", "<p>la f g h i j</p>") == (
            "<p><del>la a b c d e</del><ins>la f g h i j</ins></p>"
        )
        assert not effort.refusals
        assert marked("<p>x a b c y e</p>", "<p>z c a b y f</p>", effort) == (
            "<p><del>x a b c y e</del><ins>z c a b y f</ins></p>"
        )
        assert effort.refusals


def test_marks_are_said_once_for_words_of_several_formats():
    shown = marked("<p>a b</p>", "<p>a b c <em>d</em> e</p><p>f</p>")
    said = with_words(shown, {"ins": "new: ", "del": "gone: "}, ".", "heard")
    assert re.sub("<[^>]*>", "", said) == "a bnew:  c d e.new: f."
    assert said.count("<ins>") == 4
