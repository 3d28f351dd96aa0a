import pytest
from django.urls import reverse

from articles.models import Article
from tests.articles.desk.steps import change_url, form_of
from tests.factories import (
    make_article,
    make_topic,
    publish,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db


class TestTheList:
    def test_marks_what_is_for_professionals_and_can_be_filtered_by_it(self, editor_client):
        url = reverse("admin:articles_article_changelist")
        make_article(title_it="Aperto")
        make_article(title_it="Riservato", audience="professional")

        rows = page_of(editor_client.get(url)).one("table", id="result_list")
        filtered = page_of(editor_client.get(f"{url}?audience__exact=professional"))

        titles = [cell.words for cell in rows.all("th", class_="field-title_shown")]
        assert titles == ["Riservato health professionals only", "Aperto"]
        assert "Aperto" not in filtered.one("table", id="result_list").words

    def test_shows_where_each_language_stands(self, editor_client):
        live = make_article(title_it="Vivo")
        publish(live, "it")
        changed = make_article(title_it="Cambiato")
        publish(changed)
        editor_client.post(change_url(changed), form_of(changed, lead_en="Anew.", _save="1"))

        response = editor_client.get(reverse("admin:articles_article_changelist"))

        table = page_of(response).one("tbody")
        rows = {row.one("th").words: row.words for row in table.all("tr")}
        assert "live, no. 1" in rows["Vivo"]
        assert "never published" in rows["Vivo"]
        assert "live, no. 1, with unpublished changes" in rows["Cambiato"]

    @pytest.mark.parametrize(
        ("state", "titles"),
        [("never", {"Mai"}), ("live", {"Vivo"}), ("withdrawn", {"Ritirato"}), ("changed", set())],
    )
    def test_can_be_filtered_by_state(self, editor_client, state, titles):
        make_article(title_it="Mai")
        publish(make_article(title_it="Vivo"))
        withdrawn = make_article(title_it="Ritirato")
        publish(withdrawn)
        editor_client.post(reverse("admin:articles_article_withdraw", args=[withdrawn.pk, "it"]))

        response = editor_client.get(
            reverse("admin:articles_article_changelist"), {"state_it": state}
        )

        assert {str(article) for article in response.context["cl"].result_list} == titles

    def test_offers_no_state_that_nothing_can_be_in_yet(self, editor_client):
        response = editor_client.get(reverse("admin:articles_article_changelist"))

        for spec in response.context["cl"].filter_specs[:2]:
            assert [state for state, _label in spec.lookup_choices] == [
                "never", "live", "changed", "withdrawn",
            ]  # fmt: skip

    def test_is_found_by_a_word_of_the_title_in_either_language(self, editor_client):
        make_article(title_it="Ombrello", title_en="Umbrella")
        make_article()

        for word in ("ombre", "UMBRELLA"):
            response = editor_client.get(reverse("admin:articles_article_changelist"), {"q": word})
            assert [str(article) for article in response.context["cl"].result_list] == ["Ombrello"]

    def test_is_found_whatever_letters_are_capital(self, editor_client):
        make_article(title_it="L’ETÀ È 100% sicura")
        make_article(title_it="L’età è 1000 anni")

        def found(words):
            answer = editor_client.get(
                reverse("admin:articles_article_changelist"), {"q": f'"{words}"'}
            )
            return [str(article) for article in answer.context["cl"].result_list]

        assert len(found("età")) == len(found("À È")) == 2
        assert found("età è 100%") == ["L’ETÀ È 100% sicura"]
        assert found("età è 10_") == found("tè") == []

    def test_costs_the_same_whatever_its_length(self, editor_client, django_assert_max_num_queries):
        for _number in range(12):
            publish(make_article(topic=make_topic()))

        with django_assert_max_num_queries(10):
            editor_client.get(reverse("admin:articles_article_changelist"))

    def test_deleting_keeps_what_was_published_and_says_why(self, editor_client):
        published, never = make_article(title_it="Uscito"), make_article()
        publish(published)
        url = reverse("admin:articles_article_changelist")
        chosen = {"action": "delete_selected", "_selected_action": [published.pk, never.pk]}

        asked = page_of(editor_client.post(url, chosen))
        alone = editor_client.post(url, chosen | {"_selected_action": [published.pk]}, follow=True)
        editor_client.post(url, chosen | {"post": "yes"})

        for page in (asked, page_of(alone)):
            refusal = page.one("li", class_="error")
            assert "was published is never deleted. Withdraw it" in refusal.words
            assert refusal.one("a", href=change_url(published)).words == "Uscito"
        assert [field["value"] for field in asked.all("input", name="_selected_action")] == [
            str(never.pk)
        ]
        assert list(Article.objects.all()) == [published]

    def test_deleting_what_was_never_published_deletes_it(self, editor_client):
        never = make_article()

        editor_client.post(
            reverse("admin:articles_article_changelist"),
            {"action": "delete_selected", "_selected_action": [never.pk], "post": "yes"},
        )

        assert not Article.objects.exists()
