"""Markers, their numbers and their links, without a database."""

import pytest

from articles.text.citations import Numbering, keys_in, words_before

A, B, C, D = (f"{letter * 8}-0000-4000-8000-000000000000" for letter in "abcd")


def cite(*keys: str) -> str:
    return "".join(f'<cite data-source="{key}"></cite>' for key in keys)


def linked(*texts: str, listed=(A, B, C, D)) -> list[str]:
    """The texts of a page as readers see them."""
    numbering = Numbering.of(texts, listed)
    return [numbering.linked(text, "Source {}".format) for text in texts]


def shown(html: str) -> str:
    """What is seen of a text whose only tags are those of its numbers."""
    return "".join(part.rpartition(">")[2] for part in html.split("<"))


class TestNumbers:
    def test_follow_the_first_appearance_on_the_page(self):
        texts = [f"one{cite(C)}", f"two{cite(A)} three{cite(C)}"]

        assert list(map(shown, linked(*texts))) == ["one[1]", "two[2] three[1]"]
        assert Numbering.of(texts, [A, B, C, D]).numbers == {C: 1, A: 2, B: 3, D: 4}

    def test_an_early_citation_moves_the_others_and_leaves_their_texts(self):
        later = f"later{cite(A)}"

        assert list(map(shown, linked(f"early{cite(B)}", later))) == ["early[1]", "later[2]"]
        assert keys_in(later) == [A]

    @pytest.mark.parametrize(
        ("run", "seen"),
        [
            (cite(A, B), "[1, 2]"),
            (f"{cite(A)} {cite(B)}&nbsp;{cite(A)}", "[1, 2]"),
            (cite(C, A, B), "[1–3]"),
            (cite(A, B, C, D), "[1–4]"),
        ],
    )
    def test_of_neighbours_are_read_together(self, run, seen):
        assert shown(linked(f"x {run} y")[0]) == f"x{seen} y"

    def test_of_neighbours_skip_what_stands_between(self):
        first, second = linked(f"x{cite(A, B)}", f"y{cite(D, C, A)}")

        assert (shown(first), shown(second)) == ("x[1, 2]", "y[1, 3, 4]")

    def test_a_source_that_is_not_listed_has_none(self):
        assert shown(linked(f"x {cite(D)} y{cite(A)}", listed=[A])[0]) == "x y[1]"


class TestLinks:
    def test_lead_to_the_source_by_a_name_that_can_be_heard(self):
        assert linked(f"x{cite(B)}") == [
            'x<sup class="cited">[<a id="r1.1" href="#r1" role="doc-biblioref"'
            ' aria-label="Source 1">1</a>]</sup>'
        ]

    def test_every_place_has_an_anchor_also_within_a_range(self):
        texts = [f"x{cite(A, B, C)}", f"y{cite(B)}"]
        numbering = Numbering.of(texts, [A, B, C])

        html = "".join(numbering.linked(text, str) for text in texts)

        assert numbering.places == {A: ["r1.1"], B: ["r2.1", "r2.2"], C: ["r3.1"]}
        assert all(html.count(f'id="{anchor}"') == 1 for anchor in ("r1.1", "r2.1", "r2.2", "r3.1"))


class TestWordsBefore:
    def test_are_those_by_which_people_find_the_place(self):
        html = f"<p>It helps.{cite(A)}</p><p>Survival &amp; quality improved{cite(B)} a lot.</p>"

        assert words_before(html, A) == "It helps."
        assert words_before(html, B, 20) == "…& quality improved"
        assert words_before(cite(A), A) == ""
