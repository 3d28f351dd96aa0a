"""Editions as JSON: schema 1, behind the gate of their pages."""

from datetime import date, timedelta
from html import escape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Article, Hold, Severity
from articles.models.editions import Withdrawal
from articles.publishing import holds, retractions, verbs
from contact.models import Publisher
from tests.factories import add_figure, add_source, logged_in, make_article, make_editor, publish

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
PATH = "/it/articoli/melanoma/edizioni/{}.json"
# Schema 1 for ever: names are only added.
SCHEMA: dict[str, Any] = {
    "schema": int, "id": str, "url": str, "page": str, "language": str, "number": int,
    "is_live": bool, "title": str, "slug": str, "hero_line": str, "lead": str, "description": str,
    "topic": (str, type(None)), "audience": str, "first_published_at": str, "valid_from": str,
    "valid_until": (str, type(None)), "severity": (str, type(None)), "change_note": str,
    "authors": list, "reviewers": list, "translators": list, "interests": list, "funding": str,
    "blocks": list, "sources": list, "notices": list, "corrections": list, "alternates": list,
    "publisher": str, "licence": (dict, type(None)), "rights": str,
    "text_digest": str, "page_digest": str,
}  # fmt: skip


def told(client, number: int, status=200) -> dict:
    """What the JSON of an edition says; any site may read it."""
    response = client.get(PATH.format(number))
    assert response.status_code == status
    assert response["Content-Type"] == "application/json"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Access-Control-Allow-Origin"] == "*" or "no-store" in response["Cache-Control"]
    data = response.json()
    assert data["schema"] == 1
    if status == 200:
        assert data.keys() == SCHEMA.keys()
        assert [name for name, kind in SCHEMA.items() if not isinstance(data[name], kind)] == []
    else:
        assert data["status"] == status
        assert data["message"]
    return data


@pytest.fixture
def article() -> Article:
    article = make_article(
        slug_it="melanoma", slug_en="melanoma-en", title_it="Uno </script>", funding_it="Nessuno."
    )
    add_figure(article, alternative_text_it="Le cellule")
    add_source(article, "Hodi FS. Uno studio.")
    publish(article)
    Article.objects.filter(pk=article.pk).update(lead_it="Corretto.")
    publish(article, "it", severity=Severity.SUBSTANTIVE, notes={"it": "Il dato."})
    return article


class TestEdition:
    def test_tells_all_of_the_live_one(self, client, article):
        data = told(client, 2)

        live = article.editions.live().get(language="it")
        assert (data["title"], data["lead"]) == ("Uno </script>", "Corretto.")
        assert (data["is_live"], data["valid_until"], data["severity"]) == (
            True, None, "substantive",
        )  # fmt: skip
        assert data["page"] == f"{SITE}/it/articoli/melanoma/"
        assert data["url"] == SITE + PATH.format(2)
        assert (data["text_digest"], data["page_digest"]) == (live.text_digest, live.page_digest)
        text, figure = data["blocks"]
        assert (text["html"], text["text"]) == ("<div><p>Un testo.</p></div>", "Un testo.")
        assert figure["type"] == "figure"
        assert "Le cellule" in figure["html"]
        assert data["authors"] == [{"name": "Anna Bianchi", "qualification": ""}]
        assert data["sources"] == [
            {"number": 1, "citation": "Hodi FS. Uno studio.", "links": [], "status": None}
        ]
        assert data["licence"] is None
        assert data["corrections"][0]["note"] == data["change_note"] == "Il dato."
        assert data["alternates"] == [{"language": "en", "url": f"{SITE}/en/articles/melanoma-en/"}]
        assert data["funding"] == "Nessuno."

    def test_tells_an_earlier_one_as_it_was(self, client, article):
        data = told(client, 1)

        assert (data["number"], data["lead"], data["is_live"]) == (1, "In breve.", False)
        assert data["valid_until"] is not None
        assert data["page"] == f"{SITE}/it/articoli/melanoma/edizioni/1/"
        assert data["id"] != told(client, 2)["id"]

    def test_tells_of_sources_that_are_not_to_be_relied_on(self, client, article):
        (citation,) = article.citations.all()
        retractions.mark(citation.source, "retracted", by=make_editor(), since=date(2024, 3, 1))
        before = told(client, 2)
        citation.delete()
        publish(article, "it")
        past = told(client, 2)

        for data, end in ((before, "verificando la pagina."), (past, "non vi si basa più.")):
            assert data["sources"][0]["status"] == "retracted"
            (notice,) = data["notices"]
            assert "rivista il 1 marzo 2024." in notice["text"]
            assert notice["text"].endswith(end)
        assert told(client, 3)["notices"] == []

    def test_names_the_licence_of_the_text(self, client, article):
        publisher = Publisher.get()
        publisher.name, publisher.licence_name = "Effetti & C.", "CC BY-ND 4.0"
        publisher.licence_url = "https://example.org/by-nd/?a&b"
        publisher.save()

        data = told(client, 1)

        assert data["licence"] == {"name": "CC BY-ND 4.0", "url": publisher.licence_url}
        assert data["rights"] == f"© Effetti & C. – CC BY-ND 4.0 ({publisher.licence_url})"
        assert f"<rights>{escape(data['rights'])}</rights>" in client.get("/it/feed/").text

    def test_does_not_tell_when_the_live_one_will_end(self, client, article):
        soon = timezone.now() + timedelta(hours=1)
        article.editions.live().filter(language="it").update(valid_until=soon)

        assert told(client, 2)["valid_until"] is None

    def test_is_named_by_the_page(self, client, article):
        page = client.get("/it/articoli/melanoma/").content.decode()

        assert f'<link rel="alternate" type="application/json" href="{PATH.format(2)}">' in page

    def test_may_be_kept_and_leads_on_from_a_former_slug(self, client, article):
        assert client.get(PATH.format(2))["Cache-Control"] == "public, no-cache"
        Article.objects.filter(pk=article.pk).update(slug_it="nuovo")
        publish(article, "it", severity=Severity.TYPO)

        response = client.get(PATH.format(1))

        assert response.status_code == 301
        assert response["Location"] == "/it/articoli/nuovo/edizioni/1.json"


class TestWhatIsWrong:
    def test_is_said_in_json(self, client, article):
        told(client, 9, 404)
        told(client, 10**30, 404)
        assert client.get("/it/articoli/manca/edizioni/1.json").json()["status"] == 404

    def test_a_text_that_is_withheld_is_not_told(self, client, article):
        holds.hold(article, {"it": "Fermi."}, kind=Hold.Kind.WITHHELD, by=make_editor())

        for number in (1, 2):
            data = told(client, number, 403)
            assert data["notices"][0]["text"] == "Fermi."
            assert "blocks" not in data

    def test_what_was_wrong_is_gone(self, client, article):
        verbs.withdraw(
            article, "it", by=make_editor(), withdrawn_as=Withdrawal.WRONG, sentence="Era falso."
        )

        assert told(client, 2, 410)["message"] == "Era falso."

    def test_what_is_reserved_answers_as_its_page_does(self, client, article):
        Article.objects.filter(pk=article.pk).update(audience="professional")
        publish(article, severity=Severity.TYPO)

        response = client.get(PATH.format(3))
        allowed = logged_in(Client(), make_editor()).get(PATH.format(3))

        assert (response.status_code, response["Location"]) == (
            302, f"/it/account/login/?next={PATH.format(3)}",
        )  # fmt: skip
        assert allowed.json()["audience"] == "professional"
        assert allowed["Cache-Control"] == "private, no-store"
        assert "Access-Control-Allow-Origin" not in allowed
