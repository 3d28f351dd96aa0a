"""The blocks of the form: their keys, and the image of a figure."""

import pytest

from articles.desk.kept_rows import token_of
from articles.models import RichText
from tests.articles.desk.steps import change_url, form_of
from tests.factories import add_block, add_figure, make_article
from tests.pages import page_of

pytestmark = pytest.mark.django_db


class TestKeys:
    """By its key an edition knows a block for ever."""

    def test_survive_a_save_and_a_new_order(self, editor_client):
        article = make_article()
        add_block(article, RichText, ordering=20, text_it="<p>Due</p>", text_en="<p>Two</p>")
        keys = dict(RichText.objects.values_list("text_it", "key"))
        form = form_of(article, _save="1")
        form["articles_richtext_set-0-ordering"] = 30

        editor_client.post(change_url(article), form)

        assert dict(RichText.objects.values_list("text_it", "key")) == keys
        assert [event.detail["changed"][0]["how"] for event in article.events.all()] == ["moved"]

    def test_of_a_block_that_is_there_already_is_not_given_twice(self, editor_client):
        article = make_article()
        key = RichText.objects.get().key
        form = form_of(article, _save="1")
        form |= {
            "articles_richtext_set-TOTAL_FORMS": 2,
            "articles_richtext_set-1-region": "main",
            "articles_richtext_set-1-ordering": 20,
            "articles_richtext_set-1-text_it": "<p>Altro</p>",
            "articles_richtext_set-1-block_key": token_of(key),
        }

        response = editor_client.post(change_url(article), form)

        assert response.status_code == 302
        first, second = RichText.objects.order_by("pk")
        assert first.key == key != second.key


class TestFigure:
    def test_has_one_way_to_choose_its_image_and_none_to_change_or_delete_it(self, editor_client):
        article = make_article()
        add_figure(article)

        page = page_of(editor_client.get(change_url(article)))

        ids = [element.attributes.get("id", "") for element in page.all("a")]
        links = [each for each in ids if each.endswith("_articles_figure_set-0-image")]
        assert links == [
            "lookup_id_articles_figure_set-0-image",
            "add_id_articles_figure_set-0-image",
        ]
