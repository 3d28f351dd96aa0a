"""Two who save the same article: what does not collide is put together, the rest is asked."""

import pytest
from django.test import Client

from articles.models import Article, RichText
from immunoportal.languages import text_in
from tests.articles.desk.steps import change_url, form_of
from tests.factories import add_block, logged_in, make_article, make_editor
from tests.pages import page_of

pytestmark = pytest.mark.django_db

TEXTS = "articles_richtext_set"


@pytest.fixture
def article():
    article = make_article(title_it="Prima", lead_it="Il sommario.", text=False)
    for number, word in enumerate(("Uno", "Due"), 1):
        words = {"text_it": f"<p>{word}.</p>", "text_en": f"<p>EN {word}.</p>"}
        add_block(article, RichText, ordering=number * 10, **words)
    return article


@pytest.fixture
def other_client():
    return logged_in(Client(), make_editor(first_name="Ugo", last_name="Neri"))


def opened(client, article, **changes) -> dict:
    """What a form that is opened now would post."""
    page = page_of(client.get(change_url(article)))
    base = page.one("input", type="hidden", name="base")["value"]
    return form_of(Article.objects.get(pk=article.pk), base=base, _save="1") | changes


def save(client, article, form):
    return client.post(change_url(article), form)


def again(response, form, **answers) -> dict:
    """What the form that came back posts, with answers."""
    page = page_of(response)
    hidden = {name: page.one("input", type="hidden", name=name)["value"] for name in BACK}
    asked = [field["value"] for field in page.all("input", name="_asked")]
    return form | hidden | {"_asked": asked} | answers


BACK = ("version", "base")


def texts(article, language="it") -> list[str]:
    return [text_in(row, "text", language) for row in RichText.objects.filter(parent=article.pk)]


class TestWhatDoesNotCollide:
    def test_is_put_together(self, editor_client, other_client, article):
        mine = opened(
            editor_client, article, title_it="Mio", **{f"{TEXTS}-0-text_it": "<p>Uno mio.</p>"}
        )
        theirs = opened(
            other_client, article, lead_it="Altrui.", **{f"{TEXTS}-0-text_en": "<p>Theirs.</p>"}
        )
        assert save(other_client, article, theirs).status_code == 302

        response = save(editor_client, article, mine)

        assert response.status_code == 302
        article.refresh_from_db()
        assert text_in(article, "title", "it") == "Mio"
        assert text_in(article, "lead", "it") == "Altrui."
        assert texts(article) == ["<p>Uno mio.</p>", "<p>Due.</p>"]
        assert texts(article, "en") == ["<p>Theirs.</p>", "<p>EN Due.</p>"]
        page = editor_client.get(response["Location"]).text
        assert "Ugo Neri saved this article" in page
        assert "stands together now" in page

    def test_takes_over_a_block_that_was_added_moved_or_removed(
        self, editor_client, other_client, article
    ):
        # moved here too, which is nothing that could be lost
        mine = opened(editor_client, article, title_it="Mio", **{f"{TEXTS}-0-ordering": 15})
        theirs = opened(
            other_client,
            article,
            **{
                f"{TEXTS}-0-DELETE": "on",
                f"{TEXTS}-1-ordering": 90,
                f"{TEXTS}-TOTAL_FORMS": 3,
                f"{TEXTS}-2-region": "main",
                f"{TEXTS}-2-ordering": 20,
                f"{TEXTS}-2-text_it": "<p>Tre.</p>",
            },
        )
        save(other_client, article, theirs)

        assert save(editor_client, article, mine).status_code == 302

        assert texts(article) == ["<p>Tre.</p>", "<p>Due.</p>"]

    def test_keeps_a_removed_block_that_was_changed_here(
        self, editor_client, other_client, article
    ):
        mine = opened(editor_client, article, **{f"{TEXTS}-0-text_it": "<p>Uno mio.</p>"})
        save(other_client, article, opened(other_client, article, **{f"{TEXTS}-0-DELETE": "on"}))

        assert save(editor_client, article, mine).status_code == 302

        assert texts(article) == ["<p>Uno mio.</p>", "<p>Due.</p>"]


class TestWhatCollides:
    @pytest.mark.parametrize(
        ("answer", "kept"),
        [
            ("theirs", "<p>Uno <em>altrui</em>.</p>"),
            ("both", "<p>Uno <em>altrui</em>.</p><p>Uno mio.</p>"),
        ],
    )
    def test_is_shown_with_its_words_marked_and_asked(
        self, editor_client, other_client, article, answer, kept
    ):
        field = f"{TEXTS}-0-text_it"
        mine = opened(editor_client, article, title_it="Mio", **{field: "<p>Uno mio.</p>"})
        theirs = opened(
            other_client, article, lead_it="Altrui.", **{field: "<p>Uno <em>altrui</em>.</p>"}
        )
        save(other_client, article, theirs)

        response = save(editor_client, article, mine)

        assert response.status_code == 200
        page = page_of(response)
        collision = page.one("fieldset", class_="collision")
        assert [words.text for words in collision.all("mark")] == ["mio", "altrui"]
        assert collision.one("legend").words == "Text: text in Italian Paragraph 1"
        # what did not collide stands in the form already, and nothing is stored
        assert page.one("textarea", name="lead_it").words == "Altrui."
        article.refresh_from_db()
        assert text_in(article, "title", "it") == "Prima"

        form = again(response, mine, lead_it="Altrui.")
        unanswered = save(editor_client, article, form)
        answered = save(editor_client, article, form | {f"_answer-{form['_asked'][0]}": answer})

        assert (unanswered.status_code, answered.status_code) == (200, 302)
        assert texts(article)[0] == kept
        article.refresh_from_db()
        assert text_in(article, "title", "it") == "Mio"
        assert text_in(article, "lead", "it") == "Altrui."

    def test_is_only_the_paragraph_that_both_have_changed(
        self, editor_client, other_client, article
    ):
        field = f"{TEXTS}-0-text_it"
        base = "<p>Uno.</p><h2>Dosi</h2><ul><li>2 mg</li><li>4 mg</li></ul><p>Fine.</p>"
        RichText.objects.filter(pk=form_of(article)[f"{TEXTS}-0-id"]).update(text_it=base)
        of_mine = base.replace("Uno.", "Uno mio.").replace("2 mg", "3 mg")
        of_theirs = base.replace("2 mg", "5 mg").replace("Fine.", "Fine loro.")
        mine = opened(editor_client, article, **{field: of_mine})
        save(other_client, article, opened(other_client, article, **{field: of_theirs}))

        response = save(editor_client, article, mine)

        page = page_of(response)
        collision = page.one("fieldset", class_="collision")
        assert collision.one("legend").words.endswith("Under “Dosi”, item 1")
        assert [words.text for words in collision.all("mark")] == ["3", "5"]
        merged = of_mine.replace("Fine.", "Fine loro.")
        assert page.one("textarea", name=field).text.strip() == merged

        form = again(response, mine, **{field: merged.replace("4 mg", "4 mg al giorno")})
        save(editor_client, article, form | {f"_answer-{form['_asked'][0]}": "theirs"})
        told = "<p>Uno mio.</p><h2>Dosi</h2><ul><li>5 mg</li><li>4 mg al giorno</li></ul>"
        assert texts(article)[0] == f"{told}<p>Fine loro.</p>"

    @pytest.mark.parametrize(
        ("answer", "left"),
        [("mine", ["<p>Due.</p>"]), ("theirs", ["<p>Uno altrui.</p>", "<p>Due.</p>"])],
    )
    def test_may_be_a_block_that_is_removed_here_and_changed_there(
        self, editor_client, other_client, article, answer, left
    ):
        field = f"{TEXTS}-0-text_it"
        mine = opened(editor_client, article, **{f"{TEXTS}-0-DELETE": "on"})
        save(other_client, article, opened(other_client, article, **{field: "<p>Uno altrui.</p>"}))

        response = save(editor_client, article, mine)

        assert "Uno altrui." in page_of(response).one("fieldset", class_="collision").words
        pk = mine[f"{TEXTS}-0-id"]
        form = again(response, mine) | {field: "<p>Uno altrui.</p>"}
        assert save(editor_client, article, form).status_code == 200
        answered = save(editor_client, article, form | {f"_answer-{TEXTS}:{pk}": answer})
        assert answered.status_code == 302
        assert texts(article) == left

    def test_is_asked_once_more_if_a_third_version_comes_before_the_answer(
        self, editor_client, other_client, article
    ):
        field = f"{TEXTS}-0-text_it"
        mine = opened(editor_client, article, title_it="Mio", **{f"{TEXTS}-0-DELETE": "on"})
        second = {"title_it": "Altrui", field: "<p>Uno altrui.</p>"}
        save(other_client, article, opened(other_client, article, **second))
        row = f"{TEXTS}:{mine[f'{TEXTS}-0-id']}"
        answers = {"_answer-title_it": "mine", f"_answer-{row}": "mine"}
        form = again(save(editor_client, article, mine), mine) | answers
        third = {"title_it": "Terzo", field: "<p>Terzo testo.</p>"}
        save(other_client, article, opened(other_client, article, **third))

        response = save(editor_client, article, form)

        assert response.status_code == 200
        asked = [each.words for each in page_of(response).all("fieldset", class_="collision")]
        assert "Terzo" in asked[0]
        assert "Terzo testo." in asked[1]
        article.refresh_from_db()
        assert text_in(article, "title", "it") == "Terzo"


class TestABaseThatIsNotOurs:
    def test_is_as_good_as_none_and_each_difference_is_asked(
        self, editor_client, other_client, article
    ):
        another = opened(editor_client, make_article(title_it="Prima"))["base"]
        mine = opened(editor_client, article)
        save(other_client, article, opened(other_client, article, title_it="Altrui"))

        later = opened(editor_client, article)["base"]

        for base in ("forged", another, later):
            page = page_of(save(editor_client, article, mine | {"base": base}))
            assert [field["value"] for field in page.all("input", name="_asked")] == ["title_it"]

        assert save(editor_client, article, mine).status_code == 302
        article.refresh_from_db()
        assert text_in(article, "title", "it") == "Altrui"
