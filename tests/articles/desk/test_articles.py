"""The article's page without a browser: saving, rights, and hostile input."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from articles.models import Article, Edition, Presence, RichText, presence
from immunoportal.languages import text_in
from tests.articles.desk.steps import change_url, form_of
from tests.factories import (
    add_figure,
    logged_in,
    make_article,
    make_contributor,
    make_user,
    staff_with,
)
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db


class TestSaving:
    def test_stores_the_article_and_publishes_nothing(self, editor_client):
        article = make_article()

        response = editor_client.post(
            change_url(article), form_of(article, title_it="Nuovo", _save="1")
        )

        assert response.status_code == 302
        article.refresh_from_db()
        assert (text_in(article, "title", "it"), article.version) == ("Nuovo", 1)
        assert not Edition.objects.exists()

    def test_takes_as_much_as_a_very_long_article(self, editor_client):
        article = make_article()
        data = form_of(article, _save="1", more="x" * 4_000_000)

        response = editor_client.post(
            change_url(article), data | {f"more-{number}": "" for number in range(2_000)}
        )

        assert response.status_code == 302

    def test_cleans_hostile_html(self, editor_client):
        article = make_article()
        hostile = '<p onclick="x()">Ciao<script>alert(1)</script></p><a href="javascript:x">l</a>'

        editor_client.post(
            change_url(article),
            form_of(article, _save="1") | {"articles_richtext_set-0-text_it": hostile},
        )

        assert RichText.objects.get().text_it == "<p>Ciao</p>l"


class TestDeletedMeanwhile:
    def test_what_was_typed_becomes_a_new_article(self, editor_client):
        article = make_article()
        data = form_of(article, title_it="Salvato", _save="1")
        data["articles_richtext_set-0-text_it"] = "<p>Anche questo.</p>"
        url = change_url(article)
        article.delete()

        response = editor_client.post(url, data, follow=True)

        assert "it is now an article of its own" in response.text
        assert text_in(Article.objects.get(), "title", "it") == "Salvato"
        assert RichText.objects.get().text_it == "<p>Anche questo.</p>"


class TestDeleting:
    def test_speaks_of_the_article_alone(self, client, editor_client):
        article = make_article(title_it="Prima")
        presence.beat(article.pk, make_user(), "a1")
        Presence.objects.get()

        client = logged_in(client, staff_with("view_article", "delete_article"))
        page = page_of(client.get(reverse("admin:articles_article_delete", args=[article.pk])))

        main = page.one("main").words
        assert "Prima" in main
        assert "resence" not in main
        client.post(reverse("admin:articles_article_delete", args=[article.pk]), {"post": "yes"})
        assert not Article.objects.exists()


class TestReadingOnly:
    def test_shows_the_article_and_no_way_to_change_it(self, client):
        reader = make_user(is_staff=True)
        reader.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
        logged_in(client, reader)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

        response = client.get(change_url(make_article()))

        assert response.status_code == 200
        assert "You may read this article, and not change it." in response.text
        assert "content_editor/index.js" not in response.text


class TestBadInput:
    @pytest.mark.parametrize(
        "path",
        [
            "/admin/articles/article/abc/change/",
            "/admin/articles/article/%00/change/",
            "/admin/articles/article/1/x/change/",
            "/admin/articles/article/99999999999999999999/change/",
            "/admin/articles/article/99999999999999999999/withdraw/it/",
            "/admin/articles/article/1/withdraw/xx/",
            "/admin/articles/article/edition/0/",
            "/admin/articles/image/0/thumbnail/",
            "/admin/articles/article/?q=%00&state_it=nonsense&p=-1&o=x",
            "/admin/articles/article/abc/history/",
            "/admin/articles/article/%C2%B2/history/",
            "/admin/articles/edition/?language__exact=%00",
            "/admin/autocomplete/?app_label=articles&model_name=byline&field_name=contributor&term=%00",
        ],
    )
    def test_is_never_a_server_error(self, editor_client, path):
        assert editor_client.get(path).status_code < 500

    def test_history_cannot_be_posted_to(self, editor_client):
        article = make_article()

        response = editor_client.post(reverse("admin:articles_article_history", args=[article.pk]))

        assert response.status_code < 500

    def test_nonsense_in_the_form_is_refused_with_the_form(self, editor_client):
        article = make_article()
        add_figure(article)
        nonsense = {
            "topic": "x",
            "version": "y",
            "articles_richtext_set-0-ordering": "z",
            "articles_richtext_set-0-id": "99999999999999999999",
            "title_it": "a\x00b",
            "articles_figure_set-0-image": "²",
            "_save": "1",
        }

        response = editor_client.post(change_url(article), form_of(article) | nonsense)

        assert response.status_code == 200
        refusal = page_of(response).one("div", class_="error-list")
        assert "This is not saved yet." in refusal.words
        assert "#id_title_it" in links_of(refusal).values()

    def test_a_figure_without_an_image_is_refused_with_the_form(self, editor_client):
        article = make_article()
        add_figure(article)

        response = editor_client.post(
            change_url(article),
            form_of(article, _save="1", **{"articles_figure_set-0-image": "7777"}),
        )

        assert response.status_code == 200
        assert make_contributor().pk  # the connection is still usable
