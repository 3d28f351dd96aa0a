"""How a page says to cite it, who may use it, and whom it is for."""

import pytest

from articles.models import Byline, Contributor
from contact.models import Publisher
from tests.factories import (
    logged_in,
    make_article,
    make_contributor,
    make_user,
    publish,
    staff_with,
)
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db

PAGE = "/en/articles/doses/"


@pytest.fixture
def article():
    article = make_article(
        slug_it="dosi", slug_en="doses", title_en=r"50% of {T} & B_1 cells \ $5", author=False
    )
    for name in ("Anna Bianchi", "O’Day, Stephen"):
        person = Contributor.objects.create(name_it=name, name_en=name)
        Byline.objects.create(article=article, contributor=person)
    return article


class TestCitation:
    def test_is_in_the_language_of_the_page_with_what_stays(self, client, article):
        publish(article)

        english = page_of(client.get(PAGE)).one("section", aria_labelledby="about.cite")
        italian = page_of(client.get("/it/articoli/dosi/")).one("p", class_="cite-words").words

        day = page_of(client.get(PAGE)).one("div", class_="first-date").one("dd").words
        assert english.one("p", class_="cite-words").words == (
            r"Anna Bianchi, O’Day, Stephen. 50% of {T} & B_1 cells \ $5. ImmunOncologia.org, "
            rf"edition 1, {day}. http://127.0.0.1:8000/en/articles/doses/editions/1/"
        )
        assert ", edizione 1, " in italian
        assert links_of(english) == {
            "RIS": "/en/articles/doses/editions/1.ris",
            "BibTeX": "/en/articles/doses/editions/1.bib",
        }

    def test_of_a_past_edition_is_that_of_its_number(self, client, article):
        publish(article)
        article.lead_en, article.slug_en = "Other.", "amounts"
        article.save()
        publish(article)

        words = page_of(client.get("/en/articles/amounts/editions/1/")).one(
            "p", class_="cite-words"
        )

        assert words.words.endswith("/en/articles/amounts/editions/1/")
        assert b"ET  - 1\r\n" in client.get("/en/articles/amounts/editions/1.ris").content
        assert b"ET  - 2\r\n" in client.get("/en/articles/amounts/editions/2.ris").content
        moved = client.get("/en/articles/doses/editions/2.bib")
        assert moved["Location"] == "/en/articles/amounts/editions/2.bib"


class TestRecords:
    def test_are_escaped_for_their_formats(self, client, article):
        publish(article)

        ris = client.get("/en/articles/doses/editions/1.ris")
        bibtex = client.get("/en/articles/doses/editions/1.bib")

        assert ris["Content-Type"] == "application/x-research-info-systems; charset=utf-8"
        assert ris["Content-Disposition"] == 'attachment; filename="doses-1.ris"'
        assert ris["X-Robots-Tag"] == "noindex"
        lines = ris.content.decode().split("\r\n")
        assert lines[:4] == [
            "TY  - ELEC",
            "AU  - Anna Bianchi",
            "AU  - O’Day, Stephen",
            r"TI  - 50% of {T} & B_1 cells \ $5",
        ]
        assert lines[-3:] == [
            "UR  - http://127.0.0.1:8000/en/articles/doses/editions/1/",
            "ER  - ",
            "",
        ]
        text = bibtex.content.decode()
        assert text.startswith("@misc{doses-1-en,\n")
        assert "  author = {{Anna Bianchi} and {O’Day, Stephen}},\n" in text
        assert r"  title = {{50\% of \{T\} \& B\_1 cells \textbackslash{} \$5}}," in text

    def test_of_what_is_not_there_are_not_found(self, client, article):
        publish(article)

        for number in (0, 2, 99999999):
            assert client.get(f"/en/articles/doses/editions/{number}.ris").status_code == 404

    def test_of_a_reserved_page_are_for_who_may_read_it(self, client, article):
        article.audience = "professional"
        article.save()
        publish(article)
        path = "/en/articles/doses/editions/1.ris"

        assert client.get(path).status_code == 302
        answer = logged_in(client, staff_with("read_reserved")).get(path)
        assert answer.status_code == 200
        assert "private" in answer["Cache-Control"]
        assert logged_in(client, make_user()).get(path).status_code == 403


class TestHeadAndEnd:
    def test_says_who_has_declared_interests(self, client):
        article = make_article(slug_en="doses", author=False)
        for interests in ({"interests_en": "Fees."}, {"no_interests": True}, {}):
            person = make_contributor(**interests)
            Byline.objects.create(article=article, contributor=person)
        publish(article, "en")

        page = page_of(client.get(PAGE))

        jumps = [(link.words, link["href"]) for link in page.one("div", class_="people").all("a")]
        assert jumps == [
            ("Interests declared", "#about.interests"),
            ("No interests to declare", "#about.interests"),
        ]
        assert "Fees." in page.one("div", id="about.interests").words

    def test_says_how_the_text_may_be_used(self, client, article):
        publish(article)
        licence = page_of(client.get(PAGE)).one("p", class_="licence")
        assert "All rights reserved." in licence.words
        assert links_of(licence) == {"write to us": "/en/contact/"}

        publisher = Publisher.get()
        publisher.licence_name, publisher.licence_url = "CC BY 4.0", "https://example.org/by/"
        publisher.save()

        licence = page_of(client.get(PAGE)).one("p", class_="licence")
        assert links_of(licence) == {"CC BY 4.0": "https://example.org/by/"}
        assert licence.one("a")["rel"] == "license"
