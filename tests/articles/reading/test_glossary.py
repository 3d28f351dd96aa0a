"""The glossary as readers see it, and the links to its terms in articles."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import (
    Callout,
    CareCard,
    Hold,
    KeyPoints,
    Question,
    Quote,
    RichText,
    Table,
    Term,
    TimelineEntry,
)
from articles.publishing import holds
from articles.reading import glossary_pages
from immunoportal.publication import clock
from tests.factories import (
    add_block,
    add_source,
    change_term,
    make_article,
    make_edition,
    make_editor,
    make_term,
    make_user,
    marker,
    note_terms,
    own_link,
    publish,
)
from tests.pages import alternates_of, links_of, page_of

pytestmark = pytest.mark.django_db

# Where each term stands in the launch article first, by section.
LAUNCH = {
    "it": [
        "immunoterapia: immunoterapia",
        "sistema immunitario: sistema immunitario",
        "tumore primario: tumore primario",
        "checkpoint immunologici: checkpoint immunologico",
        "anticorpi monoclonali: anticorpo monoclonale",
        "linfociti T: linfocito T",
        "risposta immunitaria: risposta immunitaria",
        "immunoterapia: immunoterapia",
        "risposte obiettive: risposta obiettiva",
        "chemioterapia: chemioterapia",
        "radioterapia: radioterapia",
        "terapie a bersaglio molecolare: terapia a bersaglio molecolare",
        "sistema immunitario: sistema immunitario",
        "memoria immunologica: memoria immunologica",
        "risposte immunitarie: risposta immunitaria",
        "stabilità della malattia: malattia stabile",
        "effetti collaterali: effetto collaterale",
        "neuropatie: neuropatia",
        "effetti collaterali: effetto collaterale",
        "chemioterapia: chemioterapia",
        "terapie a bersaglio molecolare: terapia a bersaglio molecolare",
        "trattamento immunoterapico: immunoterapia",
        "controindicazioni: controindicazione",
        "malattie autoimmuni: malattia autoimmune",
        "terapia steroidea: corticosteroidi",
        "sperimentazioni cliniche: sperimentazione clinica",
    ],
    "en": [
        "immunotherapy: immunotherapy",
        "immune system: immune system",
        "primary tumor: primary tumor",
        "immune checkpoints: immune checkpoint",
        "tumor escape: immune escape",
        "monoclonal antibodies: monoclonal antibody",
        "T lymphocytes: T lymphocyte",
        "immune response: immune response",
        "immunotherapy: immunotherapy",
        "objective responses: objective response",
        "chemotherapy: chemotherapy",
        "radiotherapy: radiotherapy",
        "target therapies: targeted therapy",
        "immune system: immune system",
        "immunological memory: immunological memory",
        "immune responses: immune response",
        "disease stability: stable disease",
        "side effects: side effect",
        "neuropathies: neuropathy",
        "immuno-oncology: immuno-oncology",
        "side effects: side effect",
        "immunotherapy: immunotherapy",
        "chemotherapy: chemotherapy",
        "target therapies: targeted therapy",
        "contraindications: contraindication",
        "autoimmune diseases: autoimmune disease",
        "immunosuppressive therapy: immunosuppressive therapy",
        "immuno-oncology: immuno-oncology",
        "clinical trials: clinical trial",
    ],
}
ADDRESSES = {
    "it": "/it/articoli/immunoterapia-come-funziona/",
    "en": "/en/articles/immunotherapy-how-it-works/",
}


def linked(client, path="/it/articoli/pagina/") -> list[str]:
    """The words of an article that are terms."""
    return [link.words for link in page_of(client.get(path)).all("a", class_="term")]


class TestLaunchArticle:
    @pytest.mark.parametrize("language", ["it", "en"])
    def test_has_these_terms(self, client, loaded, language):
        page = page_of(client.get(ADDRESSES[language]))
        terms = {
            f"/{language}/{'glossario' if language == 'it' else 'glossary'}/{slug}/": term
            for term, slug in Term.objects.values_list(f"term_{language}", f"slug_{language}")
        }

        found = [f"{link.words}: {terms[link['href']]}" for link in page.all("a", class_="term")]

        assert found == LAUNCH[language]


class TestLinks:
    def test_stand_in_texts_and_in_nothing_else(self, client):
        make_term()
        article = make_article(english=False, slug_it="pagina", text=False, lead_it="Colite 1")
        source = add_source(article)
        other = make_article(english=False)
        publish(other, "it")
        blocks: list[tuple[Any, dict[str, Any]]] = [
                (KeyPoints, {"points_it": "Colite 2"}),
                (RichText, {"text_it": f"<h2>Colite 3</h2><p>{own_link(other, 'Colite 4')}</p>"}),
                (RichText, {"text_it": f"<p>l’immuno Colite{marker(source)} qui, colite</p>"}),
                (Quote, {"text_it": "Colite 5"}),
                (Question, {"question_it": "Colite 6?", "answer_it": "<p>COLITE</p>"}),
                (Callout, {"title_it": "Colite 7", "text_it": "<p>colite 8</p>"}),
                (RichText, {"text_it": "<h3>A</h3>"}),
                (CareCard, {"title_it": "Colite 9", "text_it": "<p>coLite</p>"}),
                (RichText, {"text_it": "<h3>B</h3>"}),
                (TimelineEntry, {"when_it": "Colite 10", "text_it": "<p>colIte</p>"}),
                (RichText, {"text_it": "<h2>C</h2>"}),
                (Table, {
                    "caption_it": "Colite 11", "header_row": True, "header_column": False,
                    "text_it": "<table><tr><th>Colite 12</th></tr><tr><td>colitE</td></tr></table>",
                }),
            ]  # fmt: skip
        for number, (model, texts) in enumerate(blocks):
            add_block(article, model, ordering=number, **texts)
        make_edition(article)

        assert linked(client) == ["Colite", "COLITE", "coLite", "colIte", "colitE"]
        assert '<a class="term" href="/it/glossario/colite/">Colite</a><sup class="cited">' in (
            client.get("/it/articoli/pagina/").text
        )

    def test_are_right_at_the_next_request(self, client):
        term = make_term()
        article = make_article(english=False, slug_it="pagina", text=False)
        add_block(article, RichText, text_it="<p>colite, enterite</p>")
        publish(article, "it")
        assert linked(client) == ["colite"]

        change_term(term, aliases_it="enterite", term_it="Morbo")
        assert linked(client) == ["enterite"]

        # No page in the past changes; what its words mean does.
        publish_other(article)
        assert linked(client, "/it/articoli/pagina/edizioni/1/") == ["enterite"]

        term.delete()
        assert linked(client) == []

    def test_of_no_term_that_is_not_explained_in_the_language(self, client):
        make_term(definition="", definition_en="An inflammation.")
        article = make_article(english=False, slug_it="pagina", text=False)
        add_block(article, RichText, text_it="<p>colite</p>")
        publish(article, "it")

        assert linked(client) == []

    @pytest.mark.parametrize("term", ["e", "Di", "la", "ma"])
    def test_are_never_made_of_stop_words(self, client, term):
        make_term(term)
        article = make_article(english=False, slug_it="pagina", text=False)
        add_block(article, RichText, text_it="<p>E di la ma e</p>")
        publish(article, "it")

        assert linked(client) == []


def publish_other(article) -> None:
    RichText.objects.filter(parent=article).update(text_it="<p>enterite e altro</p>")
    publish(article, "it")


class TestList:
    def test_is_ordered_by_letter(self, client):
        for term in ("zona", "Èrnia", "CAR-T", "carico", "5-FU"):
            make_term(term)

        page = page_of(client.get("/it/glossario/"))

        assert [heading.words for heading in page.one("main").all("h2")] == ["0–9", "C", "E", "Z"]
        assert [term.words for term in page.all("dt")] == [
            "5-FU",
            "CAR-T",
            "carico",
            "Èrnia",
            "zona",
        ]
        letters = links_of(page.one("nav", class_="letters"))
        ids = {heading["id"] for heading in page.one("main").all("h2")}
        assert letters["C"] == "#letter-C"
        assert {f"#{id_}" for id_ in ids} >= {letters[letter] for letter in "CEZ"}
        assert alternates_of(page).keys() == {"it", "en", "x-default"}

    def test_without_a_term_says_so(self, client):
        make_term(definition="")

        assert "Nessun termine è stato ancora spiegato in italiano." in (
            page_of(client.get("/it/glossario/")).one("main").words
        )
        assert "/it/glossario/" not in page_of(client.get("/it/")).one("main").text

    def test_of_very_many_is_a_list_of_words(self, client, monkeypatch):
        monkeypatch.setattr(glossary_pages, "MOST_EXPLAINED", 1)
        make_term()
        make_term("febbre")

        page = page_of(client.get("/it/glossario/"))

        assert links_of(page.one("main"))["febbre"] == "/it/glossario/febbre/"
        assert "infiammazione" not in page.one("main").text

    def test_is_found_from_every_page(self, client, loaded):
        assert links_of(page_of(client.get("/it/")).one("footer"))["Glossario"] == "/it/glossario/"
        assert "/it/glossario/" in links_of(page_of(client.get("/it/")).one("main")).values()


class TestTerm:
    def test_says_what_it_means_in_both_languages(self, client):
        fever = make_term("febbre")
        term = make_term(
            aliases_it="coliti\nC. acuta",
            term_en="colitis",
            definition_en="An <b>inflammation</b>.",
        )
        term.related.add(fever)

        page = page_of(client.get("/it/glossario/colite/"))

        main = page.one("main")
        assert main.one("h1").words == "colite"
        assert (
            main.one("p", **{"data-definition": None}).words == "Un’infiammazione dell’intestino."
        )
        assert "coliti, C. acuta" in main.words
        # HTML in a definition is text.
        assert "An <b>inflammation</b>." in main.one("p", lang="en").words
        assert links_of(main)["colitis"] == "/en/glossary/colitis/"
        assert links_of(main)["febbre"] == "/it/glossario/febbre/"
        assert alternates_of(page).keys() == {"it", "en", "x-default"}
        assert links_of(page)["English version"] == "/en/glossary/colitis/"
        related = page_of(client.get("/it/glossario/febbre/"))
        assert links_of(related.one("main"))["colite"] == "/it/glossario/colite/"
        assert "English version" not in links_of(related)

    def test_names_the_articles_that_everyone_finds_in_lists(self, client):
        term = make_term()
        now = timezone.now()
        pages: dict[str, dict[str, Any]] = {
            "nuovo": {},
            "vecchio": {"first_published_at": now - timedelta(days=9)},
            "riservato": {"audience": "professional"},
            "futuro": {"valid_from": now + timedelta(days=1)},
            "ritirato": {"valid_from": now - timedelta(days=1), "valid_until": now},
            "sospeso": {},
            "superato": {},
        }
        for slug, fields in pages.items():
            article = make_article(slug_it=slug, title_it=slug, text=False)
            add_block(article, RichText, text_it="<p>colite</p>", text_en="<p>x</p>")
            edition = make_edition(article, **fields)
            if slug == "sospeso":
                withheld = {"it": "Lo stiamo verificando."}
                holds.hold(article, withheld, by=make_editor(), kind=Hold.Kind.WITHHELD)
        Hold.objects.create(
            kind=Hold.Kind.OUTDATED, article=article, language="it", edition=edition,
            sentence="x", began_by=make_user(),
        )  # fmt: skip
        note_terms()

        def articles() -> list[str]:
            links = links_of(page_of(client.get("/it/glossario/colite/")).one("main"))
            return [words for words, url in links.items() if "/articoli/" in url and url[13:]]

        assert articles() == ["nuovo", "vecchio"]
        assert glossary_pages.editions_with(term.pk, "en").count() == 0

    def test_counts_what_it_does_not_name(self, client, monkeypatch):
        make_term()
        for _number in range(3):
            article = make_article(english=False, text=False)
            add_block(article, RichText, text_it="<p>colite</p>")
            publish(article, "it")
        note_terms()

        monkeypatch.setattr(glossary_pages, "MOST_NAMED", 1)
        page = page_of(client.get("/it/glossario/colite/"))
        assert "E in altri 2." in page.words
        assert links_of(page)["Cercali"] == "/it/cerca/?q=colite"

        monkeypatch.setattr(glossary_pages, "MOST_COUNTED", 2)
        assert "E in oltre 1 altri." in client.get("/it/glossario/colite/").text

    def test_leads_on_from_its_former_slugs(self, client):
        term = make_term()
        change_term(term, slug_it="colite-acuta")

        response = client.get("/it/glossario/colite/")
        assert (response.status_code, response["Location"]) == (301, "/it/glossario/colite-acuta/")

        Term.objects.update(definition_it="")
        assert client.get("/it/glossario/colite/").status_code == 404
        assert client.get("/it/glossario/colite-acuta/").status_code == 404
        assert client.get("/it/glossario/mai-stato/").status_code == 404


@pytest.mark.django_db(transaction=True)
class TestQueries:
    def test_are_none_of_the_glossary_once_it_is_known(self, client):
        make_term()
        article = make_article(english=False, slug_it="pagina", text=False)
        add_block(article, RichText, text_it="<p>colite</p>")
        publish(article, "it")
        note_terms()
        costs = {"/it/glossario/": 0, "/it/glossario/colite/": 1, "/it/articoli/pagina/": 1}
        clock.forget()
        for path, cost in costs.items():
            assert client.get(path).status_code == 200
            with CaptureQueriesContext(connection) as captured:
                client.get(path)
            assert len(captured) == cost, captured.captured_queries
