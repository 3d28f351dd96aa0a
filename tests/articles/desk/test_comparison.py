import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Edition, Figure, Quote, RichText, Snapshot
from tests.factories import (
    add_block,
    add_figure,
    logged_in,
    make_article,
    make_edition,
    make_image,
    publish,
    staff_with,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db


def compare(client, article, **asked):
    return client.get(reverse("admin:articles_article_compare", args=[article.pk]), asked)


def restore_url(edition):
    return reverse("admin:articles_article_restore", args=[edition.pk])


class TestComparing:
    def test_shows_what_differs_and_folds_away_what_does_not(self, editor_client):
        article = make_article()
        figure = add_figure(article, image=make_image(title="Microscope"))
        add_block(article, Quote, ordering=5, text_it="Detto")
        publish(article, "it")
        RichText.objects.update(text_it="<p>Un altro testo.</p>")
        Figure.objects.update(image=make_image(title="Umbrella"))

        page = page_of(compare(editor_client, article, language="it", old="1", new="now"))

        sections = list(page.all("section", **{"class": "compared"}))
        assert [section["data-how"] for section in sections] == ["changed", "changed"]
        assert [mark.words for mark in sections[0].all("ins")] == ["[new: altro]"]
        pictures = [picture["src"] for picture in sections[1].all("img")]
        thumbnails = [
            reverse("admin:articles_image_thumbnail", args=[pk])
            for pk in (figure.image_id, Figure.objects.get().image_id)
        ]
        assert pictures == thumbnails
        folded = [line.words for line in page.all("p", **{"class": "compared-same"})]
        assert folded == ["3 parts unchanged", "2 parts unchanged"]

    def test_compares_any_two_editions(self, editor_client):
        article = make_article(title_it="Uno")
        publish(article, "it")
        Article.objects.update(title_it="Due")
        publish(article, "it")

        page = page_of(compare(editor_client, article, language="it", old="1", new="2"))

        (section,) = page.all("section", **{"class": "compared"})
        assert section.one("del").words == "[gone: Uno]"
        assert page.one("select", id="compare-old").one("option", selected=None)["value"] == "1"
        links = [link["href"] for link in page.all("a")]
        assert [restore_url(edition) in links for edition in Edition.objects.all()] == [True, True]

    @pytest.mark.parametrize(
        "asked",
        [
            {"old": "99", "new": "now"},
            {"old": "x" * 5000, "new": "-1"},
            {"language": "xx"},
            {"language": "en"},
            {},
        ],
    )
    def test_shows_a_page_whatever_is_asked(self, editor_client, asked):
        article = make_article()
        publish(article, "it")
        response = compare(editor_client, article, **asked)
        assert response.status_code == 200
        assert ("There is no edition with that number" in response.text) == ("old" in asked)

    def test_says_what_a_newer_version_of_the_portal_has_written(self, editor_client):
        article = make_article()
        publish(article, "it")
        now = timezone.now()
        frozen = make_edition(article, content={"schema": 99}, valid_until=now, valid_from=now)

        response = compare(editor_client, article, language="it", old="1", new="2")
        assert "newer version of the portal" in response.text
        assert editor_client.get(restore_url(frozen)).status_code == 200

    def test_costs_as_many_queries_whatever_there_is(
        self, editor_client, django_assert_max_num_queries
    ):
        article = make_article()
        publish(article, "it")
        for number in range(30):
            add_figure(article, ordering=number)
            add_block(article, Quote, ordering=number, text_it="Detto")
        publish(article, "it")
        RichText.objects.update(text_it="<p>Altro.</p>")

        with django_assert_max_num_queries(16):
            compare(editor_client, article, language="it", old="1", new="now")

    def test_is_for_those_who_may_see_articles(self, client):
        article = make_article()
        edition = publish(article, "it")[0]
        logged_in(client, staff_with("view_image"))
        assert compare(client, article).status_code == 403
        assert client.get(restore_url(edition)).status_code == 403
        logged_in(client, staff_with("view_article"))
        assert restore_url(edition) not in compare(client, article).text
        assert client.post(restore_url(edition)).status_code == 403
        article.pk = 999
        assert compare(client, article).status_code == 404


class TestRestoring:
    def test_shows_what_will_change_and_can_be_undone(self, editor_client):
        article = make_article()
        edition = publish(article, "it")[0]
        RichText.objects.update(text_it="<p>Un altro testo.</p>")

        page = page_of(editor_client.get(restore_url(edition)))
        assert [mark.words for mark in page.one("section").all("del")] == ["[gone: altro]"]
        assert not Snapshot.objects.exists()
        version = page.one("input", name="version")["value"]
        told = editor_client.post(restore_url(edition), {"version": version}, follow=True)

        assert RichText.objects.get().text_it == "<p>Un testo.</p>"
        undo = reverse("admin:articles_article_put_back", args=[Snapshot.objects.get().pk])
        assert undo in told.text
        history = editor_client.get(reverse("admin:articles_article_history", args=[article.pk]))
        assert "Restored edition no. 1 in Italian." in history.text
        assert undo in history.text

        version = page_of(editor_client.get(undo)).one("input", name="version")["value"]
        editor_client.post(undo, {"version": version})
        assert RichText.objects.get().text_it == "<p>Un altro testo.</p>"
        assert "before-" in compare(editor_client, article, language="it").text

    def test_of_what_has_been_saved_meanwhile_shows_it_once_more(self, editor_client):
        article = make_article()
        edition = publish(article, "it")[0]
        RichText.objects.update(text_it="<p>Un altro testo.</p>")

        response = editor_client.post(restore_url(edition), {"version": "x"})

        assert "nothing has been restored yet" in response.text
        assert RichText.objects.get().text_it == "<p>Un altro testo.</p>"

    def test_of_what_is_there_says_so(self, editor_client):
        edition = publish(make_article(), "it")[0]
        assert "says the same already" in editor_client.get(restore_url(edition)).text
        posted = editor_client.post(restore_url(edition), {"version": "0"}, follow=True)
        assert "says the same already" in posted.text
        gone = reverse("admin:articles_article_put_back", args=[9])
        assert editor_client.get(gone).status_code == 404
