"""The glossary on the desk."""

import pytest
from django.urls import reverse

from articles.models import Term
from immunoportal.languages import text_in
from tests.factories import logged_in, member_of
from tests.pages import page_of

pytestmark = pytest.mark.django_db

LIST = reverse("admin:articles_term_changelist")
ADD = reverse("admin:articles_term_add")


class TestTerms:
    def test_are_written_in_all_languages_at_once(self, editor_client):
        form = page_of(editor_client.get(ADD))

        assert {field["name"] for field in form.all("textarea")} == {
            f"{name}_{language}"
            for name in ("definition", "aliases", "forbidden")
            for language in ("it", "en")
        }

        editor_client.post(ADD, {"term_it": "antigene", "term_en": "antigen"})

        assert text_in(Term.objects.get(), "term", "en") == "antigen"

    def test_are_found_by_any_of_their_names(self, editor_client):
        Term.objects.create(term_it="linfocito B", aliases_it="cellula B")
        Term.objects.create(term_it="antigene", term_en="antigen")

        found = page_of(editor_client.get(f"{LIST}?q=cellula")).one("table", id="result_list")

        assert "linfocito B" in found.words
        assert "antigene" not in found.words

    @pytest.mark.parametrize(
        ("typed", "message"),
        [
            ({}, "Write the term, in at least one language."),
            ({"term_it": "antigene"}, "The glossary already has this term."),
            (
                {"term_en": "T cell", "aliases_en": "T cells", "forbidden_en": "t Cells: old"},
                "“t Cells” is one of the term’s names as well.",
            ),
        ],
    )
    def test_that_cannot_be_are_told_in_a_sentence(self, editor_client, typed, message):
        Term.objects.create(term_it="antigene")

        response = editor_client.post(ADD, typed)

        assert response.status_code == 200
        assert message in response.text
        assert Term.objects.count() == 1

    @pytest.mark.parametrize(("role", "status"), [("Authors", 403), ("Editors", 200)])
    def test_are_read_by_who_writes_and_changed_by_who_publishes(self, client, role, status):
        logged_in(client, member_of(role))

        assert client.get(LIST).status_code == 200
        assert client.get(ADD).status_code == status
