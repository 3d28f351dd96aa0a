import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from articles.models import Figure
from articles.publishing import verbs
from tests.articles.desk.steps import change_url, form_of
from tests.factories import (
    add_figure,
    make_article,
    make_editor,
    publish,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db


class TestHistory:
    def test_lists_the_editions_and_shows_each_as_it_was(self, editor_client):
        article = make_article(title_en="First title")
        edition = publish(article, "en")[0]
        editor_client.post(
            change_url(article),
            form_of(article, title_en="Second title", _publish="en", _severity="2"),
        )

        history = editor_client.get(reverse("admin:articles_article_history", args=[article.pk]))
        past = editor_client.get(reverse("admin:articles_article_edition", args=[edition.pk]))

        assert history.text.count("See it") == 2
        assert "<h1>First title</h1>" in past.text
        assert "Readers do not see it any more" in past.text
        assert "not published" not in past.text

    def test_tells_what_was_done_in_the_language_of_the_editor(self, editor_client):
        article = make_article()
        removed = add_figure(article)
        form = form_of(article, title_it="Nuovo", lead_en="New.", _save="1")
        form["articles_richtext_set-0-text_it"] = "<p>Nuovo testo.</p>"
        form["articles_figure_set-0-DELETE"] = "on"
        editor_client.post(change_url(article), form)
        article.refresh_from_db()
        publish(article, "it", notes={"it": "Un titolo nuovo"})
        verbs.withdraw(article, "it", by=make_editor(), note="Per prova")

        assert not Figure.objects.filter(pk=removed.pk).exists()
        assert not article.editions.get().images.exists()
        assert self.told(editor_client, article, "it") == [
            "Ha ritirato l’edizione n. 1 in italiano. Per prova",
            "Ha pubblicato in italiano l’edizione n. 1. Un titolo nuovo",
            "Ha cambiato: titolo in italiano; sommario in inglese; testo; figura (eliminazione).",
        ]
        assert self.told(editor_client, article, "en") == [
            "Withdrew edition no. 1 in Italian. Per prova",
            "Published edition no. 1 in Italian. Un titolo nuovo",
            "Changed: title in Italian; lead in English; text; figure (removed).",
        ]

    def told(self, client, article, language) -> list[str]:
        """What the history says, the newest first."""
        get_user_model().objects.update(preferred_language=language)
        url = reverse("admin:articles_article_history", args=[article.pk])
        page = page_of(client.get(url))
        rows = page.one("div", id="events").one("tbody").all("tr")
        return [list(row.all("td"))[2].words for row in rows]

    def test_of_an_article_that_does_not_exist(self, editor_client):
        response = editor_client.get("/admin/articles/article/9999/history/")

        assert response.status_code == 302
