"""Questions that readers may ask their doctor."""

import pytest

from articles.models import Question, RichText
from articles.publishing.comparison import compare
from articles.publishing.restore import restore
from tests.factories import (
    add_block,
    fields_of,
    freeze,
    make_article,
    make_editor,
    missing,
    publish,
)
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    article = make_article(english=False, slug_it="pagina", text=False)
    add_block(article, RichText, ordering=1, text_it="<h2>A</h2><p>x</p><h2>B</h2><p>x</p>")
    for number, (question, for_doctor) in enumerate(
        [("Fa male?", False), ("Quanto dura?", True), ("E poi?", True)]
    ):
        answer = "<p>Dipende.</p>" if number < 2 else ""
        add_block(
            article, Question, ordering=2 + number,
            question_it=question, answer_it=answer, for_doctor=for_doctor,
        )  # fmt: skip
    return article


class TestQuestionsForTheDoctor:
    def test_stand_together_and_need_no_answer(self, client, article):
        publish(article, "it")

        page = page_of(client.get("/it/articoli/pagina/"))

        box = page.one("div", class_="for-doctor")
        assert [item.words for item in box.all("li")] == ["Quanto dura?Dipende.", "E poi?"]
        assert [each.words for each in page.all("summary")] == ["Fa male?"]
        contents = links_of(page.one("nav", class_="contents"))
        assert contents["Domande da fare al suo medico"] == f"#{box.one('h2')['id']}"

    def test_are_nowhere_on_other_pages(self, client, article):
        Question.objects.update(for_doctor=False, answer_it="<p>No.</p>")
        publish(article, "it")

        assert "Domande da fare" not in client.get("/it/articoli/pagina/").text

    def test_are_questions_nevertheless(self, article):
        Question.objects.filter(question_it="E poi?").update(question_it="", answer_it="<p>x</p>")

        assert [field.rpartition("-")[2] for field in fields_of(missing(article, "it"))] == [
            "question_it"
        ]

    def test_are_compared_and_restored(self, article):
        first = publish(article, "it")[0]
        Question.objects.update(for_doctor=False, answer_it="<p>No.</p>")
        second = publish(article, "it")[0]

        told = [part for part in compare(first, second, {}) if part.how != "same"]
        restore(first, by=make_editor())

        gone = [field.html for part in told for field in part.fields if field.name == "purpose"]
        assert gone == ["<del>da fare al medico</del>"] * 2
        assert "purpose" not in freeze(article, "it").content["blocks"][1]
        assert list(Question.objects.order_by("ordering").values_list("for_doctor", flat=True)) == [
            False, True, True,
        ]  # fmt: skip
