import pytest
from django.urls import reverse

from articles.models import Article
from immunoportal.languages import codes, text_in
from tests.articles.desk.steps import change_url, form_of
from tests.factories import (
    make_article,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db


class TestPreview:
    def test_says_for_whom_it_will_be(self, editor_client):
        article = make_article()

        preview = editor_client.post(
            change_url(article), form_of(article, audience="professional", _preview="en")
        )

        assert "health professionals only" in page_of(preview).one("dl", class_="trust").words
        article.refresh_from_db()
        assert article.audience == "public"

    def test_says_what_looks_wrong_in_its_language_to_the_editor_in_theirs(self, editor_client):
        article = make_article(title_it="x" * 61, lead_it="x " * 61)

        preview = {
            code: page_of(editor_client.post(change_url(article), form_of(article, _preview=code)))
            for code in codes()
        }

        looks = preview["it"].one("section", class_="preview-bar", lang="en")
        assert looks.words.startswith("What looks wrong (1) The title in Italian has 61 characters")
        assert not list(preview["en"].all("details"))

    def test_of_a_new_article_stores_nothing(self, editor_client):
        data = form_of(Article(title_en="Never stored", slug_en="never", lead_en="In short."))

        response = editor_client.post(
            reverse("admin:articles_article_add"), data | {"_preview": "en"}
        )

        assert response.status_code == 200
        assert "<h1>Never stored</h1>" in response.text
        assert "no-store" in response.headers["Cache-Control"]
        assert 'content="noindex"' in response.text
        assert not Article.objects.exists()

    def test_that_is_not_possible_says_why_in_its_own_tab(self, editor_client):
        article = make_article()

        response = editor_client.post(
            change_url(article), form_of(article, slug_en="not a slug", _preview="en")
        )

        assert "Close this tab" in response.text
        assert "valid" in response.text
        assert "<form" not in response.text.split('id="content"')[1].split("</footer>")[0]

    def test_in_an_unknown_language_is_refused_and_stores_nothing(self, editor_client):
        article = make_article(title_it="Prima")

        response = editor_client.post(
            change_url(article), form_of(article, title_it="Dopo", _preview="xx")
        )

        assert response.status_code == 400
        article.refresh_from_db()
        assert text_in(article, "title", "it") == "Prima"

    def test_of_one_language_shows_nothing_of_the_other(self, editor_client):
        article = make_article(title_it="Soltanto italiano", title_en="")

        response = editor_client.post(change_url(article), form_of(article, _preview="en"))

        page = page_of(response).one("main").words
        assert "In short." in page
        assert "A text." in page
        assert not [
            words
            for words in ("Soltanto italiano", "In breve.", "Un testo.")
            if words in response.text
        ]
