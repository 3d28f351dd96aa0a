"""The checks in the publication panel: what the server answers to a form that is being typed."""

import pytest
from django.urls import reverse

from articles.models import Article, Draft, Event, Figure, RichText, WatchedWord
from immunoportal.languages import text_in
from tests.articles.desk.steps import change_url, form_of
from tests.factories import add_figure, logged_in, make_article, member_of, publish, staff_with
from tests.pages import page_of

pytestmark = pytest.mark.django_db


def checks_url(article: Article | None = None) -> str:
    numbers = [article.pk] if article else []
    return reverse("admin:articles_article_checks", args=numbers)


def found(client, article: Article, **changes):
    """What the panel shows of an article with some changes."""
    response = client.post(checks_url(article if article.pk else None), form_of(article, **changes))
    assert response.status_code == 200, response.text
    return page_of(response)


def links_in(page, group: str) -> dict[str, str]:
    """The sentences of a group by the ids that they lead to."""
    return {
        link["href"]: link.words
        for details in page.all("details", data_group=group)
        for link in details.all("a")
    }


def count_in(page) -> str:
    return next(page.all("div", data_count=None))["data-count"]


class TestFound:
    def test_is_what_is_typed_and_nothing_of_it_is_stored(self, editor_client):
        article = make_article()
        events = Event.objects.count()

        page = found(
            editor_client, article, title_it="", lead_en="word " * 61, version=99,
            **{"articles_richtext_set-0-text_en": "<h3>Risks</h3>"},
        )  # fmt: skip

        assert count_in(page) == "1 thing missing, 3 hints"
        assert list(links_in(page, "missing")) == ["#id_title_it"]
        assert list(links_in(page, "looks")) == ["#id_articles_richtext_set-0-text_en"]
        assert list(links_in(page, "readers")) == ["#id_lead_en", "#id_description_en"]
        article.refresh_from_db()
        assert text_in(article, "title", "it")
        assert (Event.objects.count(), Draft.objects.count()) == (events, 0)

    def test_marks_what_is_too_long(self, editor_client):
        long = "One " * 25 + "end."
        text = {"articles_richtext_set-0-text_en": f"<p>Short. {long}</p>"}

        page = found(editor_client, make_article(), **text)

        assert [mark["value"] for mark in page.all("data")] == [long]

    def test_leads_to_the_row_of_the_form_whatever_is_stored(self, editor_client):
        article = make_article()
        gone, kept = add_figure(article), add_figure(article, alternative_text_it="")
        form = form_of(article, **{"articles_figure_set-0-DELETE": "on"})
        gone.delete()

        page = page_of(editor_client.post(checks_url(article), form))

        (link,) = links_in(page, "missing")
        assert form["articles_figure_set-1-id"] == kept.pk
        assert link.startswith("#id_articles_figure_set-")
        assert Figure.objects.count() == 1

    def test_leaves_out_what_was_removed_in_a_form_that_is_not_valid(self, editor_client):
        article = make_article()
        add_figure(article, alternative_text_it="")
        new = {"TOTAL_FORMS": 2, "0-DELETE": "on", "1-ordering": 30, "1-region": "main",
               "1-alternative_text_en": "No picture yet"}  # fmt: skip

        page = found(
            editor_client, article, **{f"articles_figure_set-{k}": v for k, v in new.items()}
        )

        assert list(links_in(page, "missing")) == ["#id_articles_figure_set-1-image"]

    def test_of_a_new_article_is_calm(self, editor_client):
        page = found(editor_client, Article(slug_en="x"))

        assert count_in(page) == "Nothing to check yet."
        assert list(page.all("li")) == []

    def test_of_a_new_article_asks_for_what_is_missing_in_the_languages_it_has(self, editor_client):
        new = {"title_en": "A title", "slug_en": "x", "slug_it": "y"}

        one = found(editor_client, Article(**new))
        both = found(editor_client, Article(title_it="Un titolo", **new))

        assert list(links_in(one, "missing")) == ["#id_lead_en", "#add-block", "#bylines-group"]
        assert count_in(both) == "5 things missing"

    def test_names_a_slug_that_cannot_be_saved_once(self, editor_client):
        publish(make_article(slug_en="taken"))
        page = found(editor_client, make_article(), slug_en="taken")

        assert len(links_in(page, "missing")) == count_in(page).count("1") == 1

    def test_shows_the_page_as_search_engines_do(self, editor_client):
        article = make_article(title_en="Cells", slug_en="cells", description_en="word " * 50)

        result = next(found(editor_client, article).all("div", class_="search-result", lang="en"))

        address, title, description = [line.words for line in result.all("p")]
        assert address.endswith("/en/articles/cells/")
        assert title.startswith("Cells – ")
        assert description.endswith("word …")
        assert len(description) < 165


class TestWatchedWords:
    def test_are_shown_with_their_places_and_the_field_for_the_reason(self, client):
        article = make_article()
        text = {"articles_richtext_set-0-text_en": "<p>A miracle.</p>"}
        logged_in(client, member_of("Administrators"))

        page = found(client, article, **text)

        assert list(links_in(page, "watched")) == ["#id_articles_richtext_set-0-text_en"]
        assert [mark["value"] for mark in page.all("data")] == ["miracle"]
        assert count_in(page) == "1 thing missing"
        assert next(page.all("div", data_reasons=None))["data-reasons"] == "en"
        form = page_of(client.get(change_url(article)))
        assert form.one("textarea", id="clearance_en")["name"] == "_clearance_en"

    def test_ask_nobody_else_for_a_reason(self, client):
        article = make_article(lead_en="A miracle.")
        logged_in(client, member_of("Editors"))

        page = found(client, article)

        assert list(links_in(page, "watched")) == ["#id_lead_en"]
        assert next(page.all("div", data_reasons=None))["data-reasons"] == ""
        form = page_of(client.get(change_url(article)))
        assert list(form.all("textarea", id="clearance_en")) == []

    def test_are_published_for_the_reason_that_is_typed(self, editor_client):
        article = make_article(lead_en="A miracle.")
        wanted = {"_publish": "en", "_clearance_it": "Other reason"}

        refused = editor_client.post(change_url(article), form_of(article, **wanted), follow=True)

        page = page_of(refused)
        assert "#clearance_en" in [link["href"] for link in page.all("a", href=None)]
        assert page.one("textarea", id="clearance_it").text == "Other reason"
        article.refresh_from_db()
        wanted["_clearance_en"] = "A quotation\nof 1920"
        editor_client.post(change_url(article), form_of(article, **wanted))
        (row,) = article.clearances.all()
        assert (row.language, row.reason) == ("en", "A quotation of 1920")

    def test_are_kept_in_a_list(self, client):
        logged_in(client, member_of("Administrators"))
        url = reverse("admin:articles_watchedword_add")
        word = {"word": "prodig…", "kind": "promotion", "language": "it", "why": "Art. 117"}

        client.post(url, word)
        again = client.post(url, word)
        useless = client.post(url, word | {"word": "…"})

        assert WatchedWord.objects.filter(word="prodig…").count() == 1
        assert "in the list already" in again.text
        assert "only at the beginning or at the end" in useless.text


class TestBadInput:
    def test_garbage_is_answered(self, editor_client):
        article = make_article()

        response = editor_client.post(
            checks_url(article), {"articles_figure_set-TOTAL_FORMS": "x", "topic": "y"}
        )

        assert response.status_code == 200

    @pytest.mark.parametrize(("codename", "status"), [("view_article", 403), ("", 403)])
    def test_is_for_whom_may_change_the_article(self, client, codename, status):
        article = make_article()
        logged_in(client, staff_with(codename))

        assert client.post(checks_url(article), form_of(article)).status_code == status
        assert client.post(checks_url(), {}).status_code == status

    def test_an_article_that_is_gone_is_not_found(self, editor_client):
        article = make_article()
        url, form = checks_url(article), form_of(article)
        RichText.objects.all().delete()
        article.bylines.all().delete()
        article.delete()

        assert editor_client.post(url, form).status_code == 404
        assert editor_client.get(url).status_code == 405


class TestPanel:
    def test_is_filled_by_a_script_and_says_when_it_cannot_be(self, editor_client):
        article = make_article()

        section = page_of(editor_client.get(change_url(article))).one("section", id="checks")

        assert section["data-url"] == checks_url(article)
        assert "kept" in section["data-unreachable"]
        assert section.one("p", role="status").words == ""

    def test_is_not_for_whom_may_only_read(self, client):
        article = make_article()
        logged_in(client, staff_with("view_article"))

        page = page_of(client.get(change_url(article)))

        assert list(page.all("section", id="checks")) == []
