"""Rows that somebody else has deleted meanwhile."""

import pytest

from articles.desk.kept_rows import token_of
from articles.models import Article, Byline, Callout, Citation, Edition, RichText, Source
from articles.publishing.content import read
from articles.publishing.states import State, state_of, versions_of
from tests.articles.desk.steps import change_url, form_of
from tests.factories import (
    add_block,
    freeze,
    logged_in,
    make_article,
    make_contributor,
    publish,
    staff_with,
)

pytestmark = pytest.mark.django_db


class TestVanishedRows:
    def test_text_in_a_block_that_somebody_deleted_is_stored_anew(self, editor_client):
        article = make_article()
        key = RichText.objects.get().key
        stale = form_of(article, **{"articles_richtext_set-0-text_it": "<p>Mio.</p>"})
        editor_client.post(
            change_url(article),
            form_of(article, _save="1", **{"articles_richtext_set-0-DELETE": "on"}),
        )
        assert not RichText.objects.exists()

        accepted = editor_client.post(change_url(article), stale | {"_save": "1"})

        assert accepted.status_code == 302
        assert RichText.objects.get().text_it == "<p>Mio.</p>"
        assert RichText.objects.get().key == key

    def test_a_block_that_was_put_back_already_is_that_one(self, editor_client):
        article = make_article()
        stale = form_of(article, **{"articles_richtext_set-0-text_it": "<p>Mio.</p>"})
        editor_client.post(
            change_url(article),
            form_of(article, _save="1", **{"articles_richtext_set-0-DELETE": "on"}),
        )

        for _time in range(2):
            editor_client.post(change_url(article), stale | {"_save": "1"})

        assert RichText.objects.get().text_it == "<p>Mio.</p>"

    def test_a_new_block_of_an_article_that_is_gone_is_stored_too(self, editor_client):
        article = make_article()
        form = form_of(article, _save="1")
        form |= {
            "articles_callout_set-TOTAL_FORMS": 1,
            "articles_callout_set-0-parent": article.pk,
            "articles_callout_set-0-region": "main",
            "articles_callout_set-0-ordering": 20,
            "articles_callout_set-0-kind": "warning",
            "articles_callout_set-0-title_it": "Chiami subito",
        }
        url = change_url(article)
        article.delete()

        response = editor_client.post(url, form, follow=True)

        assert "it is now an article of its own" in response.text
        assert Callout.objects.get().parent == Article.objects.get()

    def test_a_preview_of_an_article_that_is_gone_says_nothing_of_a_new_one(self, editor_client):
        article = make_article()
        form = form_of(article, _preview="it")
        url = change_url(article)
        article.delete()

        assert editor_client.post(url, form).status_code == 200
        after = editor_client.get("/admin/articles/article/")

        assert not Article.objects.exists()
        assert "an article of its own" not in after.text


class TestRowsThatAUserMayNotSee:
    def test_are_part_of_what_is_published_all_the_same(self, client):
        article = make_article()
        add_block(article, Callout, title_it="Chiami subito", title_en="Call at once")
        source = Source.objects.create(citation="Hodi 2010")
        Citation.objects.create(article=article, source=source)
        rights = ["view_article", "change_article", "publish_article"]
        rights += [f"{verb}_{row}" for verb in ("view", "change") for row in ("richtext", "byline")]
        client = logged_in(client, staff_with(*rights))

        client.post(change_url(article), form_of(article, _publish="all"))

        for edition in Edition.objects.all():
            content = read(edition)
            assert [block["type"] for block in content.blocks] == ["richtext", "callout"]
            assert [line["citation"] for line in content.sources] == ["Hodi 2010"]
            assert edition.page_digest == freeze(article, edition.language).page_digest
        assert Edition.objects.count() == 2


class TestEqualRows:
    def test_of_two_editors_are_refused_with_a_sentence(self, editor_client):
        article = make_article()
        stale = form_of(article, _save="1")
        other = make_contributor(name_it="Carla")
        Byline.objects.create(article=article, contributor=other, ordering=1)
        stale |= {
            "bylines-TOTAL_FORMS": 2,
            "bylines-1-contributor": other.pk,
            "bylines-1-role": "author",
            "bylines-1-ordering": 1,
        }

        response = editor_client.post(change_url(article), stale)

        assert response.status_code == 200
        assert "This person already has this role here." in response.text

    def test_that_change_places_are_refused_with_a_sentence(self, editor_client):
        article = make_article()
        first = Byline.objects.get()
        second = Byline.objects.create(
            article=article, contributor=make_contributor(name_it="Carla"), ordering=1
        )
        form = form_of(article, _save="1")
        form["bylines-0-contributor"] = second.contributor_id
        form["bylines-1-contributor"] = first.contributor_id

        response = editor_client.post(change_url(article), form)

        assert response.status_code == 200
        assert "This person already has this role here." in response.text


class TestKeys:
    def test_that_we_have_not_signed_are_not_taken(self, editor_client):
        article = make_article()
        key = RichText.objects.get().key
        publish(article, "it")
        RichText.objects.all().delete()
        row = {"region": "main", "ordering": 10, "text_it": "<p>Uno</p>"}
        forged = {
            "articles_richtext_set-TOTAL_FORMS": 3,
            **{
                f"articles_richtext_set-{number}-{name}": value
                for number in range(3)
                for name, value in row.items()
            },
            "articles_richtext_set-0-block_key": str(key),
            "articles_richtext_set-1-block_key": token_of(key),
            "articles_richtext_set-2-block_key": token_of(key),
        }

        response = editor_client.post(
            change_url(article), form_of(article, _save="1") | forged, follow=True
        )

        assert response.status_code == 200
        keys = list(RichText.objects.order_by("pk").values_list("key", flat=True))
        assert len(keys) == len(set(keys)) == 3
        assert keys[1] == key != keys[0]


class TestLineFeeds:
    def test_that_a_browser_sends_are_no_change(self, editor_client):
        article = make_article(lead_it="Uno.\nDue.")
        RichText.objects.update(text_it="<p>Uno<br>\nDue</p>")
        editor_client.post(change_url(article), form_of(article, _publish="it"))
        article.refresh_from_db()
        form = form_of(article, _save="1")
        for name, value in form.items():
            form[name] = str(value).replace("\n", "\r\n")

        editor_client.post(change_url(article), form)

        article = Article.objects.get()
        event = article.events.first()
        assert event is not None
        assert event.detail == {"changed": []}
        assert state_of(versions_of(article)["it"]) == State.LIVE


class TestOddNumbers:
    def test_of_a_choice_are_refused_with_the_form(self, editor_client):
        article = make_article()
        form = form_of(article, _save="1")
        form["bylines-0-contributor"] = "9" * 30

        assert editor_client.post(change_url(article), form).status_code == 200
