"""The files that a page offers to be kept."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.files import withdrawal
from articles.models import Attachment, Document
from immunoportal.publication import clock
from tests.factories import add_block, make_article, make_document, make_editor, publish
from tests.pages import page_of

pytestmark = pytest.mark.django_db

SAID = {"it": "Questo file è stato ritirato.", "en": "This file has been withdrawn."}
PAGES = {"it": "/it/articoli/uno/", "en": "/en/articles/one/"}


@pytest.fixture
def article():
    """An article with a file of its own in each language, and one that both show."""
    article = make_article(slug_it="uno", slug_en="one")
    italian = make_document(title="Opuscolo", pages=1)
    english = make_document(title="Leaflet", pages=1, language="en")
    both = make_document(title="Diario", pages=2)
    add_block(article, Attachment, document_it=italian, document_en=english)
    add_block(article, Attachment, ordering=30, document_it=both, document_en=both)
    for document, bytes in ((italian, 20), (english, 3_400_000), (both, 240_300)):
        Document.objects.filter(pk=document.pk).update(bytes=bytes)
    publish(article)
    return article


def offered(client, language):
    return list(page_of(client.get(PAGES[language])).all("a", type="application/pdf"))


def test_are_shown_with_title_language_size_and_pages(client, article):
    told = {language: [link.words for link in offered(client, language)] for language in PAGES}

    assert told == {
        "it": [
            "Opuscolo PDF, in italiano, 1 kB, 1 pagina",
            "Diario PDF, in italiano, 240 kB, 2 pagine",
        ],
        "en": [
            "Leaflet PDF, in English, 3.4 MB, 1 page",
            "Diario PDF, in Italian, 240 kB, 2 pages",
        ],
    }
    for link in offered(client, "en"):
        title = link.one("span", class_="title")
        document = Document.objects.get(title=title.words)
        assert link["href"] == document.get_absolute_url()
        assert title["lang"] == link["hreflang"] == document.language
        # On paper
        assert f"{settings.SITE_URL}{link['href']}" in client.get(PAGES["en"]).text


def test_of_an_edition_stay_what_they_were(client, article):
    before = client.get(PAGES["it"]).text
    Document.objects.filter(title="Opuscolo").update(title="Un altro titolo")
    article.articles_attachment_set.all().delete()
    clock.advance()

    assert client.get(PAGES["it"]).text == before
    assert {row.title for row in article.editions.get(language="en").documents.all()} == {
        "Leaflet", "Diario",
    }  # fmt: skip


# Committed, so that what was rendered before is kept.
@pytest.mark.django_db(transaction=True)
def test_that_was_withdrawn_leaves_a_sentence_in_its_place(client, article):
    for path in PAGES.values():
        client.get(path)
    shared = Document.objects.get(title="Diario")

    withdrawal.withdraw(shared, by=make_editor(), reason="x")
    clock.forget()

    for language, path in PAGES.items():
        page = page_of(client.get(path))
        assert [place.words for place in page.all("p", class_="file-withdrawn")] == [SAID[language]]
        assert shared.get_absolute_url() not in client.get(path).text
        assert "Diario" not in page.one("main").words
        assert len(offered(client, language)) == 1


@pytest.mark.django_db(transaction=True)
def test_cost_one_query_however_many_they_are_and_none_when_it_is_known(client, article):
    def cost() -> list[int]:
        clock.forget()
        counts = []
        for _first_and_again in range(2):
            with CaptureQueriesContext(connection) as captured:
                client.get(PAGES["it"])
            counts.append(
                sum("articles_document" in row["sql"] for row in captured.captured_queries)
            )
        return counts

    assert cost() == [1, 0]
    add_block(article, Attachment, ordering=40, document_it=make_document(), only_in="it")
    publish(article, "it")
    assert cost() == [1, 0]
