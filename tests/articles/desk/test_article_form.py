"""The article's own fields: title and slug, and two editors at once."""

import pytest
from django.urls import reverse

from articles.models import Topic
from immunoportal.languages import text_in
from tests.articles.desk.steps import change_url, form_of
from tests.factories import (
    make_article,
)

pytestmark = pytest.mark.django_db


class TestTitleAndSlug:
    def test_needs_a_title_in_one_language_only(self, editor_client):
        article = make_article()

        response = editor_client.post(
            change_url(article), form_of(article, title_it="", title_en="", _save="1")
        )

        assert response.status_code == 200
        assert "Give the article a title" in response.text

    def test_makes_the_missing_slug_from_the_title(self, editor_client):
        article = make_article()

        editor_client.post(
            change_url(article), form_of(article, title_en="Why so?", slug_en="", _save="1")
        )

        article.refresh_from_db()
        assert text_in(article, "slug", "en") == "why-so"

    def test_parts_the_words_of_an_elision_in_a_new_slug_only(self, editor_client):
        article = make_article(slug_en="lelisir")
        changes = {"title_it": "Forza dell’immuno", "slug_it": "", "title_en": "L’elisir"}

        editor_client.post(change_url(article), form_of(article, **changes, _save="1"))
        add_topic = reverse("admin:articles_topic_add")
        editor_client.post(add_topic, {"name_it": "L'immunità", "ordering": 1})

        article.refresh_from_db()
        assert (text_in(article, "slug", "it"), text_in(article, "slug", "en")) == (
            "forza-dell-immuno",
            "lelisir",
        )
        assert text_in(Topic.objects.get(), "slug", "it") == "l-immunita"

    def test_tells_of_a_slug_that_is_taken(self, editor_client):
        make_article(slug_en="taken", title_it="Altro")
        article = make_article()

        response = editor_client.post(
            change_url(article), form_of(article, slug_en="taken", _save="1")
        )

        assert response.status_code == 200
        assert "“Altro” already has the slug “taken”." in response.text
        assert 'href="#id_slug_en"' in response.text


class TestTwoEditors:
    def test_a_form_that_is_out_of_date_is_not_stored(self, editor_client):
        article = make_article(title_it="Prima")
        stale = form_of(article, title_it="Mio", _save="1")
        editor_client.post(change_url(article), form_of(article, title_it="Altrui", _save="1"))

        response = editor_client.post(change_url(article), stale)

        assert response.status_code == 200
        assert "Elena Rossi saved this article (" in response.text
        assert 'value="Mio"' in response.text
        article.refresh_from_db()
        assert text_in(article, "title", "it") == "Altrui"

    def test_a_form_without_its_version_is_not_stored(self, editor_client):
        article = make_article(title_it="Prima")
        data = form_of(article, title_it="Dopo", _save="1")
        del data["version"]

        response = editor_client.post(change_url(article), data)

        assert response.status_code == 200
        article.refresh_from_db()
        assert text_in(article, "title", "it") == "Prima"
