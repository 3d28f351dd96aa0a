"""What is asked about two languages of a page."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from articles.models import Event, Figure, ParityAnswer, RichText, Table, Term
from articles.models.language_versions import LanguageVersion
from articles.publishing import parity
from articles.publishing.freezing import read_working_copy
from immunoportal.guards import RowIsFrozen
from tests.factories import (
    add_block,
    add_figure,
    add_source,
    make_article,
    make_editor,
    make_image,
    make_user,
    marker,
    publish,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def say(article, italian: str, english: str) -> RichText:
    """Have the article's text say something in each language."""
    block = RichText.objects.get(parent=article)
    block.text_it, block.text_en = f"<p>{italian}</p>", f"<p>{english}</p>"
    block.save()
    return block


def asked(article, *chosen: str) -> list[parity.Disparity]:
    return parity.at_publication(read_working_copy(article), chosen or ("it", "en"))


def messages(found: list[parity.Disparity]) -> list[str]:
    return [doubt.message for disparity in found for doubt in disparity.doubts]


class TestQuestions:
    def test_name_the_part_and_what_stands_there(self):
        article = make_article()
        add_block(article, Figure, ordering=5, image=make_image(), decorative=True)
        block = say(article, "La dose è di 2,5 mg.", "The dose is 25 mg.")

        (disparity,) = asked(article)

        assert (disparity.part, disparity.kind) == (str(block.key), "richtext")
        assert messages([disparity]) == [
            "“2,5 mg” stands in Italian and not in English.",
            "“25 mg” stands in English and not in Italian.",
        ]
        assert [doubt.language for doubt in disparity.doubts] == ["it", "en"]
        assert disparity.doubts[0].before == "La dose è di "

    def test_are_about_titles_and_leads_too(self):
        article = make_article(lead_it="Dopo 5 anni.", lead_en="After 6 years.")

        (disparity,) = asked(article)

        assert disparity.part == "lead"

    def test_are_about_the_cells_of_a_table(self):
        article = make_article()
        table = "<table><tbody><tr><td>Dose</td></tr><tr><td>{} mg</td></tr></tbody></table>"
        add_block(
            article, Table, text_it=table.format(10), text_en=table.format(20),
            caption_it="Dosi", caption_en="Doses",
        )  # fmt: skip

        (disparity,) = asked(article)

        assert messages([disparity])[0] == (
            "Row 2, column 1: “10 mg” stands in Italian and not in English."
        )

    def test_are_about_sources_that_only_one_language_cites(self):
        article = make_article()
        source = add_source(article, "Hodi FS. 2010.")
        say(article, f"Vero{marker(source)}.", "True.")

        assert messages(asked(article)) == [
            "The source “Hodi FS. 2010.” is cited in Italian and not so in English."
        ]

    def test_are_about_blocks_that_only_one_language_has(self):
        article = make_article()
        add_block(article, RichText, text_it="<p>Solo qui.</p>")
        add_block(article, RichText, text_it="<p>Solo per l’Italia.</p>", only_in="it")

        assert messages(asked(article)) == ["It stands in Italian and not in English."]

    def test_are_about_words_that_nobody_has_translated(self):
        article = make_article()
        line = "Chiami subito il medico se ha tosse."
        say(article, f"Uno</p><p>{line}", f"One</p><p>{line}")

        (doubt,) = asked(article)[0].doubts

        assert (
            doubt.message == "The same words stand in Italian and in English: are they translated?"
        )
        assert doubt.words == line

    @pytest.mark.parametrize(
        "name",
        [
            "Fondazione Policlinico Universitario Agostino Gemelli IRCCS",
            "European Society for Medical Oncology (ESMO), www.esmo.org/for/patients/and/others",
        ],
    )
    def test_are_not_about_names(self, name):
        article = make_article()
        say(article, name, name)

        assert asked(article) == []

    def test_are_about_another_picture_over_there(self):
        article = make_article()
        figure = add_figure(article)
        publish(article)
        figure.image = make_image()
        figure.save()

        assert messages(asked(article, "it")) == [
            "What is shown in Italian is not what is shown in English."
        ]
        assert asked(article) == []


class TestComparison:
    def test_is_with_what_the_other_language_shows_then(self):
        article = make_article()
        say(article, "10 mg", "10 mg")
        publish(article)
        say(article, "20 mg", "20 mg")

        assert len(asked(article, "it")) == 1
        assert len(asked(article, "en")) == 1
        assert asked(article) == []
        assert parity.between_live_pages(article) == []

    def test_is_with_nothing_where_the_other_language_has_no_page(self):
        article = make_article()
        say(article, "10 mg", "20 mg")

        assert asked(article, "it") == []

    def test_of_what_is_live(self):
        article = make_article()
        say(article, "10 mg", "20 mg")
        publish(article)

        assert len(parity.between_live_pages(article)) == 1

    def test_takes_three_queries_whatever_the_page_holds(self, django_assert_num_queries):
        article = make_article()
        publish(article)
        for _number in range(3):
            add_block(article, RichText, text_it="<p>10 mg</p>", text_en="<p>10 mg</p>")
        copy = read_working_copy(article)

        with django_assert_num_queries(3):
            parity.at_publication(copy, ["it"])


class TestAnswer:
    def test_is_remembered_for_this_pair_of_texts(self):
        article, editor = make_article(), make_editor()
        say(article, "10 mg", "20 mg")

        (row,) = parity.answer(article, asked(article), by=editor)

        assert row.by == editor
        assert asked(article) == []
        assert article.events.get().verb == Event.Verb.FOUND_RIGHT
        publish(article)
        assert parity.between_live_pages(article) == []
        say(article, "10 mg!", "20 mg")
        assert len(asked(article)) == 1
        say(article, "10 mg", "20 mg")
        assert asked(article) == []

    def test_counts_whichever_language_comes_first(self):
        article = make_article()
        say(article, "10 mg", "20 mg")
        copy = read_working_copy(article)

        parity.answer(article, parity.at_publication(copy, ["en", "it"]), by=make_editor())

        assert parity.at_publication(copy, ["it", "en"]) == []

    def test_given_twice_is_one(self):
        article, editor = make_article(), make_editor()
        say(article, "10 mg", "20 mg")
        found = asked(article)

        parity.answer(article, found, by=editor)
        again = parity.answer(article, found, by=editor)

        assert again == []
        assert (ParityAnswer.objects.count(), article.events.count()) == (1, 1)

    def test_is_for_those_who_may_publish(self):
        article = make_article()
        say(article, "10 mg", "20 mg")

        with pytest.raises(PermissionDenied):
            parity.answer(article, asked(article), by=make_user())

        assert not ParityAnswer.objects.exists()

    def test_never_changes(self):
        article = make_article()
        say(article, "10 mg", "20 mg")
        (row,) = parity.answer(article, asked(article), by=make_editor())

        row.part = "lead"

        with pytest.raises(RowIsFrozen):
            row.save()

    def test_goes_with_an_article_that_was_never_published(self):
        article = make_article()
        say(article, "10 mg", "20 mg")
        parity.answer(article, asked(article), by=make_editor())

        LanguageVersion.objects.filter(article=article).delete()
        article.delete()

        assert not ParityAnswer.objects.exists()


class TestTerms:
    @pytest.fixture
    def article(self):
        Term.objects.create(
            term_it="linfocito T",
            term_en="T lymphocyte",
            aliases_it="linfociti T",
            aliases_en="T cell\nT cells",
            forbidden_en="killer cells: frightens patients\nT-men\ncells: which?",
        )
        return make_article()

    @pytest.mark.parametrize(
        ("italian", "english", "message"),
        [
            ("I linfociti T.", "The T cells.", None),
            ("L’azione del linfocito T.", "What T-cells do.", None),
            (
                "I linfociti T.",
                "The defenders.",
                "“linfociti T” in Italian: “T lymphocyte”, as the glossary has it, does not stand "
                "in English.",
            ),
            (
                "I difensori.",
                "The T cells.",
                "“T cells” in English: “linfocito T”, as the glossary has it, does not stand in "
                "Italian.",
            ),
            (
                "I linfociti T.",
                "The killer cells, that is T cells.",
                "“linfociti T” in Italian: “killer cells” is not to be used for it in English "
                "(frightens patients). The glossary has “T lymphocyte”.",
            ),
            (
                "I linfociti T.",
                "The T-men.",
                "“linfociti T” in Italian: “T-men” is not to be used for it in English. The "
                "glossary has “T lymphocyte”.",
            ),
        ],
    )
    def test_are_asked_about_in_both_directions(self, article, italian, english, message):
        say(article, italian, english)

        found = messages(asked(article))

        assert (message in found) if message else (found == [])

    def test_that_have_changed_are_heeded_at_once(self, article):
        say(article, "I linfociti T.", "The defenders.")
        assert len(asked(article)) == 1

        Term.objects.update(aliases_en="defenders")

        assert asked(article) == []
