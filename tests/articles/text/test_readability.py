import pytest

from articles.text.readability import (
    FORMULAS,
    Schooling,
    flesch_kincaid,
    gulpease,
    sentences_in,
    syllables_in,
)
from immunoportal.languages import TABLE
from tests.articles.text.launch_texts import launch_text

CELLS = (
    "Il sistema immunitario difende il nostro corpo. I linfociti T riconoscono le cellule malate e "
    "le eliminano."
)


class TestGulpease:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("Il gatto dorme.", 100),
            (CELLS, 71.94),
            ("L’immunoterapia stimola il sistema immunitario.", 70.67),
            (launch_text("it", paragraphs=False), 49.00),
            (launch_text("it"), 39.78),
        ],
    )
    def test_of_texts_is_what_was_published(self, text, value):
        assert FORMULAS["gulpease"].of(text) == pytest.approx(value, abs=0.005)

    def test_goes_from_0_to_100(self):
        assert gulpease(words=1, sentences=1, letters=40) == 0
        assert gulpease(words=3, sentences=1, letters=12) == 100

    @pytest.mark.parametrize(
        ("value", "schooling"), [(80, 1), (79.9, 2), (60, 2), (59.9, 3), (40, 3), (39.78, 4)]
    )
    def test_says_for_whom_a_text_is(self, value, schooling):
        assert FORMULAS["gulpease"].schooling(value) == Schooling(schooling)


class TestFleschKincaid:
    @pytest.mark.parametrize(
        ("counts", "value"), [((6, 1, 6), -1.45), ((8, 1, 16), 11.13), ((752, 26, 1427), 18.1)]
    )
    def test_of_counts_is_what_was_published(self, counts, value):
        assert flesch_kincaid(*counts) == pytest.approx(value, abs=0.02)

    @pytest.mark.parametrize(
        ("text", "syllables"),
        [
            ("The cat sat on the mat.", 6),
            ("Immunotherapy helps the immune system find cancer cells.", 16),
            (launch_text("en"), 1427),
        ],
    )
    def test_counts_syllables_within_a_tenth(self, text, syllables):
        assert sum(map(syllables_in, text.split())) == pytest.approx(syllables, rel=0.1)

    def test_of_the_launch_article_is_near_what_was_published(self):
        assert FORMULAS["flesch-kincaid"].of(launch_text("en")) == pytest.approx(18.1, rel=0.1)

    @pytest.mark.parametrize(
        ("value", "schooling"), [(5, 1), (5.1, 2), (9, 2), (9.1, 3), (13, 3), (13.1, 4)]
    )
    def test_says_for_whom_a_text_is(self, value, schooling):
        assert FORMULAS["flesch-kincaid"].schooling(value) == Schooling(schooling)


class TestSentences:
    def test_have_their_places(self):
        text = "Un titolo\nChiami (subito!). Prenda 2.5 mg, i.e. poco… Va bene? Va bene?\n \n–\n"

        found = list(sentences_in(text))

        assert all(text[each.start :].startswith(each.text) for each in found)
        assert len({each.start for each in found}) == 5
        assert [(each.text, each.words) for each in found] == [
            ("Un titolo", 2), ("Chiami (subito!).", 2),
            ("Prenda 2.5 mg, i.e. poco…", 6), ("Va bene?", 2), ("Va bene?", 2),
        ]  # fmt: skip

    def test_are_long_from_26_words_on(self):
        found = sentences_in(f"{'a ' * 25}. {'B ' * 26}.")

        assert [each.is_long for each in found] == [False, True]


def test_languages_name_formulas_that_there_are():
    named = {entry.readability for entry in TABLE.values()}

    assert named - {""} == FORMULAS.keys()
