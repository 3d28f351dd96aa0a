"""The publication panel: notes, buttons, refusals, withdrawing."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from articles.models import Edition
from immunoportal.languages import text_in
from tests.articles.desk.steps import change_url, form_of
from tests.factories import (
    add_figure,
    logged_in,
    make_article,
    make_user,
    publish,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db


class TestNotes:
    def test_that_were_not_used_are_kept(self, editor_client):
        article = make_article(lead_en="")
        publish(article, "it")

        response = editor_client.post(
            change_url(article),
            form_of(article, _publish="en", _note_en="Why it changed", _severity="3"),
            follow=True,
        )

        assert "Saved, but not published" in response.text
        page = page_of(response)
        assert page.one("textarea", name="_note_en").words == "Why it changed"
        chosen = [radio["value"] for radio in page.all("input", name="_severity", checked=None)]
        assert chosen == ["3"]

    @pytest.mark.parametrize("button", [{"_save": "1"}, {"_publish": "it"}])
    def test_that_are_far_too_long_come_back_and_keep_nothing_from_being_saved(
        self, editor_client, button
    ):
        article = make_article()
        publish(article)
        long = dict.fromkeys(["_note_it", "_note_en", "_clearance_it"], "x" * 10_000)
        changed = form_of(article, title_it="Salvato", _severity="9" * 10_000, **long, **button)

        response = editor_client.post(change_url(article), changed)

        assert len(response["Location"]) < 200
        page = page_of(editor_client.get(response["Location"]))
        assert page.one("textarea", name="_note_en").words == long["_note_en"]
        is_told = "What readers are told in Italian is too long." in page.words
        assert is_told == ("_publish" in button)
        article.refresh_from_db()
        assert text_in(article, "title", "it") == "Salvato"
        assert article.editions.count() == 2
        # What was typed of one article shows on that alone, and only then.
        assert (
            page_of(editor_client.get(change_url(article))).one("textarea", name="_note_en").words
            == ""
        )

    def test_are_cleaned(self, editor_client):
        article = make_article()
        editor_client.post(
            change_url(article), form_of(article, _publish="it", _note_it="a\x00b\r\nc" + "d" * 400)
        )
        url = reverse("admin:articles_article_withdraw", args=[article.pk, "it"])
        editor_client.post(url, {"note": "e\x00f"})

        edition = Edition.objects.get()
        assert edition.change_note == "a b c" + "d" * 400
        assert edition.withdrawal_note == "e f"


class TestPublishing:
    def test_saves_and_publishes_with_the_note(self, editor_client):
        article = make_article()

        editor_client.post(
            change_url(article),
            form_of(article, title_it="Pubblicato", _publish="it", _note_it="Prima edizione"),
        )

        edition = Edition.objects.get()
        assert (edition.title, edition.language) == ("Pubblicato", "it")
        assert edition.change_note == "Prima edizione"
        assert str(edition.published_by) == "Elena Rossi"

    def test_both_at_once(self, editor_client):
        article = make_article()

        editor_client.post(change_url(article), form_of(article, _publish="all"))

        assert set(Edition.objects.values_list("language", flat=True)) == {"it", "en"}

    def test_twice_makes_one_edition(self, editor_client):
        article = make_article()
        editor_client.post(change_url(article), form_of(article, _publish="it"))
        article.refresh_from_db()

        response = editor_client.post(
            change_url(article), form_of(article, _publish="it"), follow=True
        )

        assert Edition.objects.count() == 1
        assert "the live page already says the same" in response.text

    def test_a_refusal_links_to_the_fields_and_still_saves(self, editor_client):
        article = make_article(lead_en="")
        add_figure(article)
        add_figure(article, alternative_text_en="", ordering=30)

        response = editor_client.post(
            change_url(article), form_of(article, title_en="Saved", _publish="en"), follow=True
        )

        assert 'href="#id_lead_en"' in response.text
        assert 'href="#id_articles_figure_set-1-alternative_text_en"' in response.text
        assert 'id="id_articles_figure_set-1-alternative_text_en"' in response.text
        article.refresh_from_db()
        assert text_in(article, "title", "en") == "Saved"
        assert not Edition.objects.exists()

    def test_of_one_language_for_other_readers_is_refused_at_the_audience(self, editor_client):
        article = make_article()
        publish(article)

        page = editor_client.post(
            change_url(article),
            form_of(article, audience="professional", _publish="en"),
            follow=True,
        )

        article.refresh_from_db()
        link = page_of(page).one("a", href="#id_audience")
        assert link.words.startswith("The page in Italian is still open to everyone")
        assert page_of(page).one("select", id="id_audience")
        assert article.audience == "professional"
        assert {edition.audience for edition in Edition.objects.all()} == {"public"}

    def test_for_professionals_leads_to_the_page_that_editors_see(self, editor_client):
        article = make_article()

        page = editor_client.post(
            change_url(article),
            form_of(article, audience="professional", _publish="all"),
            follow=True,
        )

        addresses = {
            link["href"] for link in page_of(page).all("a") if link.words == "See the page"
        }
        assert len(addresses) == 2
        for address in addresses:
            assert editor_client.get(address).status_code == 200

    def test_an_unknown_language_publishes_nothing(self, editor_client):
        article = make_article()

        response = editor_client.post(change_url(article), form_of(article, _publish="xx"))

        assert response.status_code == 302
        assert not Edition.objects.exists()


class TestWithoutThePermissionToPublish:
    @pytest.fixture
    def author_client(self, client):
        author = make_user(is_staff=True)
        author.user_permissions.set(
            Permission.objects.filter(content_type__app_label="articles").exclude(
                codename="publish_article"
            )
        )
        return logged_in(client, author)

    def test_the_buttons_are_not_there(self, author_client):
        article = make_article()

        response = author_client.get(change_url(article))

        assert 'name="_save"' in response.text
        assert 'name="_publish"' not in response.text

    def test_a_forged_request_saves_and_does_not_publish(self, author_client, monkeypatch):
        article = make_article()
        # Nor does it have two pages compared, which takes a while.
        monkeypatch.setattr("articles.desk.publication.concerns", None)

        response = author_client.post(
            change_url(article), form_of(article, title_it="Mio", _publish="it"), follow=True
        )

        assert "Saved, but not published." in response.text
        assert not Edition.objects.exists()

    def test_withdrawing_is_refused(self, author_client):
        article = make_article()
        publish(article)
        url = reverse("admin:articles_article_withdraw", args=[article.pk, "it"])

        assert author_client.get(url).status_code == 403
        assert author_client.post(url).status_code == 403
        assert Edition.objects.live().count() == 2
