"""What the admin's lists show: filters above, rows that know their columns, helpful emptiness."""

import pytest
from django.urls import reverse

from tests.factories import logged_in, make_article, make_editor, make_message, make_topic
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db

ARTICLES = reverse("admin:articles_article_changelist")
MESSAGES = reverse("admin:contact_message_changelist")


@pytest.fixture
def editor_client(client):
    return logged_in(client, make_editor())


class TestFilters:
    def test_are_choices_with_all_first_and_the_chosen_one_removable(self, editor_client):
        make_article()

        page = page_of(editor_client.get(f"{ARTICLES}?state_it=never&q=a"))

        first = next(page.one("nav", id="list-filters").all("ul"))
        choices = list(first.all("a"))
        assert choices[0].words == "All"
        (marked,) = first.all("a", aria_current="true")
        assert marked.words == "never published ×(remove this filter)"
        assert marked["href"] == choices[0]["href"] == "?q=a"

    def test_many_choices_are_a_select_that_keeps_the_rest(self, editor_client):
        for number in range(8):
            make_article(topic=make_topic(name_it=f"Tema {number}"))
        topic = make_topic()
        make_article(topic=topic)

        page = page_of(editor_client.get(f"{ARTICLES}?topic__id__exact={topic.pk}&state_it=never"))

        (select,) = page.one("nav", id="list-filters").all("select")
        (marked,) = select.all("option", selected=None)
        assert marked["value"] == f"?state_it=never&topic__id__exact={topic.pk}"
        assert next(select.all("option"))["value"] == "?state_it=never"

    @pytest.mark.parametrize(("query", "is_open"), [("state=new", False), ("language=it", True)])
    def test_further_ones_are_folded_away_unless_one_is_chosen(self, editor_client, query, is_open):
        make_message()
        query = query.replace("language=", "language__exact=")

        page = page_of(editor_client.get(f"{MESSAGES}?{query}"))

        further = page.one("details", class_="further-filters")
        assert ("open" in further.attributes) is is_open


class TestRows:
    def test_have_the_name_of_the_column_before_each_value(self, editor_client):
        make_article(title_it="A <b> & B", topic=make_topic(name_it="Tema"))

        page = page_of(editor_client.get(ARTICLES))

        (row,) = page.one("tbody").all("tr")
        cells = {cell["data-label"]: cell for cell in row.all("td")}
        assert cells["Topic"].words == "Tema"
        assert {"", "Italian", "English", "Changed"} < set(cells)
        assert row.one("th", scope="row").words == "A <b> & B"


class TestNothing:
    def test_to_list_is_one_helpful_line(self, editor_client):
        page = page_of(editor_client.get(ARTICLES))

        assert "No article has been written yet" in page.one("p", class_="nothing-found").words

    def test_found_offers_to_clear_what_was_asked(self, editor_client):
        make_article()

        page = page_of(editor_client.get(f"{ARTICLES}?q=zzz&state_it=never"))

        line = page.one("p", class_="nothing-found")
        assert links_of(line) == {"Clear the search and the filters": "?"}


class TestWayBack:
    def test_is_the_first_page_the_list_and_the_row(self, editor_client):
        article = make_article(title_it="Cellule")

        page = page_of(
            editor_client.get(reverse("admin:articles_article_delete", args=[article.pk]))
        )

        way = page.one("div", class_="breadcrumbs")
        change = reverse("admin:articles_article_change", args=[article.pk])
        assert links_of(way) == {
            "Editorial desk": reverse("admin:index"), "Articles": ARTICLES, "Cellule": change,
        }  # fmt: skip

    def test_to_the_one_row_of_its_kind_names_it_once(self, editor_client):
        page = page_of(
            editor_client.get(reverse("admin:contact_publisher_changelist"), follow=True)
        )

        way = page.one("div", class_="breadcrumbs")
        assert way.words == "Editorial desk › Publisher"
        assert page.one("main").one("h1").words == "Publisher"
        assert "Publisher" not in [heading.words for heading in page.all("h2")]


class TestLanguages:
    def test_name_a_field_in_words(self, editor_client):
        page = page_of(editor_client.get(reverse("admin:articles_topic_add")))

        labels = [label.words for label in page.all("label")]
        assert "Name in Italian:" in labels
        assert "Name in English:" in labels
        assert "[it]" not in page.words
