"""The glossary on the desk."""

import pytest
from django.urls import reverse

from articles.models import RichText, Term
from immunoportal.languages import text_in
from tests.factories import (
    add_block,
    change_term,
    logged_in,
    make_article,
    member_of,
    note_terms,
    publish,
)
from tests.pages import links_of, page_of

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

    def test_say_what_readers_see_and_where(self, editor_client):
        term = Term.objects.create(
            term_it="colite", definition_it="Un <b>dolore</b>.", aliases_it="la", term_en="colitis"
        )
        article = make_article(english=False, title_it="Qui", text=False)
        add_block(article, RichText, text_it="<p>colite</p>")
        publish(article, "it")
        note_terms()

        page = page_of(editor_client.get(reverse("admin:articles_term_change", args=[term.pk])))

        assert links_of(page)["colite"] == "/it/glossario/colite/"
        assert "Un <b>dolore</b>." in page.words
        assert "“la” is never a link in Italian" in page.words
        assert "Not shown in English: the definition is missing." in page.words
        # There is no page in the editor's language.
        assert "View on site" not in page.words
        assert links_of(page)["Qui"] == reverse("admin:articles_article_change", args=[article.pk])

    def test_keep_their_slugs_to_themselves(self, editor_client):
        term = Term.objects.create(term_it="colite", definition_it="Un dolore.")
        change_term(term, slug_it="colite-acuta")

        for slug, message in {
            "colite": "The slug “colite” belongs to “colite”",
            "colite-acuta": "Another term already has this slug.",
        }.items():
            response = editor_client.post(ADD, {"term_it": "altra", "slug_it": slug})
            assert message in response.text

        editor_client.post(ADD, {"term_it": "altra"})
        assert text_in(Term.objects.get(term_it="altra"), "slug", "it") == "altra"

    def test_are_related_both_ways_and_never_to_themselves(self, editor_client):
        one, other = (Term.objects.create(term_it=name) for name in ("uno", "due"))
        url = reverse("admin:articles_term_change", args=[one.pk])

        response = editor_client.post(url, {"term_it": "uno", "related": [one.pk]})
        assert "A term is not related to itself. Take it out." in response.text

        editor_client.post(url, {"term_it": "uno", "related": [other.pk]})
        assert list(other.related.all()) == [one]

        editor_client.post(url, {"term_it": "uno", "related": ["x"]})
        assert list(other.related.all()) == [one]
