"""What readers are told of corrections: on the page, on the page of the site, and in its feed."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from articles.models import Article, Correction, Hold, Severity
from articles.models.corrections import CorrectionIsPublished
from articles.models.editions import Withdrawal
from articles.publishing import corrections, holds, verbs
from articles.publishing.raising import raise_severity
from immunoportal.templatetags.dates import day
from tests.factories import logged_in, make_article, make_edition, make_editor, publish
from tests.pages import page_of

pytestmark = pytest.mark.django_db

PAGE, ENGLISH, FEED = "/it/correzioni/", "/en/corrections/", "/it/correzioni/feed/"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="class")
def shared_article(shared_rows) -> Article:
    article = make_article(title_it="Il melanoma", slug_it="melanoma", slug_en="melanoma-en")
    publish(article)
    return article


@pytest.fixture
def article(shared_article) -> Article:
    return Article.objects.get(pk=shared_article.pk)


def correct(article: Article, severity: Severity, note="", language="it", **more):
    """Publish a change of an article in one language."""
    name = f"lead_{language}"
    setattr(article, name, f"{getattr(article, name)} Corretto.")
    article.save()
    notes = {language: note, **more.pop("notes", {})}
    [edition] = publish(article, language, severity=severity, notes=notes, **more)
    return edition


def told_on(page) -> list[str]:
    """What the corrections on a page say, but for the links to what has changed."""
    items = [item for found in page.all("ul", class_="corrections") for item in found.all("li")]
    return [item.words.partition(" Che cosa è cambiato")[0] for item in items]


def changes_in(client, path: str) -> list[str]:
    """Where the corrections on a page lead to what has changed."""
    links = page_of(client.get(path)).one("ul", class_="corrections").all("a")
    return [link["href"] for link in links if link["href"].endswith("/modifiche/")]


def today() -> str:
    return day(timezone.now())


def entries(client) -> list[dict[str, str]]:
    """The entries of the feed: what each says, by the names of its elements."""
    feed = ElementTree.fromstring(client.get(FEED).content)
    return [
        {part.tag.removeprefix(ATOM): part.text or part.get("href") or "" for part in entry}
        for entry in feed.iter(f"{ATOM}entry")
    ]


class TestOnThePage:
    def test_stand_the_grave_ones_and_the_minor_ones_with_a_note(self, client, article):
        correct(article, Severity.TYPO, "Una virgola.")
        correct(article, Severity.MINOR)
        correct(article, Severity.MINOR, "Più chiaro.")
        correct(article, Severity.SUBSTANTIVE, "Il dato è cambiato.")

        page = page_of(client.get("/it/articoli/melanoma/"))

        assert told_on(page) == [
            f"{today()}: Correzione Il dato è cambiato.",
            f"{today()}: Piccola correzione Più chiaro.",
        ]
        assert told_on(page_of(client.get("/en/articles/melanoma-en/"))) == []

    def test_stands_a_severity_that_was_raised(self, client, article):
        edition = correct(article, Severity.TYPO, "Una virgola.")
        assert told_on(page_of(client.get("/it/articoli/melanoma/"))) == []

        raise_severity(
            edition, Severity.SUBSTANTIVE, by=make_editor(), notes={"it": "La dose è 2,5 mg."}
        )
        raise_severity(edition, Severity.SAFETY, by=make_editor(), notes={"en": "The dose."})

        page = page_of(client.get("/it/articoli/melanoma/"))
        assert told_on(page) == [f"{today()}: Correzione per la Sua sicurezza La dose è 2,5 mg."]

    def test_stands_nothing_of_an_edition_for_professionals(self, client, article):
        Article.objects.update(audience="professional")
        publish(article, severity=Severity.SUBSTANTIVE, notes={"it": "Segreto.", "en": "Secret."})
        Article.objects.update(audience="public")
        publish(article, severity=Severity.SUBSTANTIVE, notes={"it": "Aperto.", "en": "Open."})

        for path in ("/it/articoli/melanoma/", PAGE):
            [told] = told_on(page_of(client.get(path)))
            assert told.endswith("Aperto.")


class TestPageOfTheSite:
    def test_lists_the_newest_first_with_a_link(self, client, article):
        correct(article, Severity.SUBSTANTIVE, "Il dato è cambiato.")
        correct(article, Severity.MINOR, "Più chiaro.")

        page = page_of(client.get(PAGE))

        assert told_on(page) == [
            f"Il melanoma {today()}: Piccola correzione Più chiaro.",
            f"Il melanoma {today()}: Correzione Il dato è cambiato.",
        ]
        assert next(page.one("ul", class_="corrections").all("a"))["href"] == (
            "/it/articoli/melanoma/"
        )
        assert told_on(page_of(client.get(ENGLISH))) == []

    def test_has_pages(self, client, article, monkeypatch):
        monkeypatch.setattr("articles.reading.pages.CORRECTIONS_PER_PAGE", 1)
        for note in ("Prima.", "Seconda."):
            correct(article, Severity.SUBSTANTIVE, note)

        second = page_of(client.get(f"{PAGE}?page=2"))

        assert told_on(second)[0].endswith("Prima.")
        assert second.one("a", rel="prev").words == "Più recenti"
        assert client.get(f"{PAGE}?page=3").status_code == 404

    def test_tells_of_a_page_that_is_gone_without_a_link(self, client, article):
        correct(article, Severity.SUBSTANTIVE, "Il dato è cambiato.")
        verbs.withdraw(article, "it", by=make_editor())

        page = page_of(client.get(PAGE))

        assert told_on(page) == [f"Il melanoma {today()}: Correzione Il dato è cambiato."]
        assert list(page.one("ul", class_="corrections").all("a")) == []

    def test_tells_of_a_withheld_page_without_what_has_changed(self, client, article):
        correct(article, Severity.SUBSTANTIVE, "Il dato è cambiato.")
        assert "modifiche" in client.get(PAGE).text
        holds.hold(article, {"it": "Non usatela."}, by=make_editor(), kind=Hold.Kind.WITHHELD)

        page = page_of(client.get(PAGE))
        assert told_on(page) == [
            f"Il melanoma {today()}: Avviso di sicurezza Non usatela.",
            f"Il melanoma {today()}: Correzione Il dato è cambiato.",
        ]
        links = {link["href"] for link in page.one("ul", class_="corrections").all("a")}
        assert links == {"/it/articoli/melanoma/"}
        assert [entry["title"] for entry in entries(client)] == [
            "Avviso di sicurezza: Il melanoma",
            "Correzione: Il melanoma",
        ]

    def test_tells_of_a_page_that_is_reserved_now_nothing_but_the_date(self, client, article):
        correct(article, Severity.SUBSTANTIVE, "Il segreto.")
        Article.objects.update(audience="professional", title_it="Segreto")
        publish(article, notes={"it": "Ora riservato.", "en": "Reserved now."})

        answers = [client.get(path).content.decode() for path in (PAGE, FEED)]

        assert all("egreto" not in answer and "melanoma" not in answer for answer in answers)
        assert len(told_on(page_of(client.get(PAGE)))) == 1

        verbs.withdraw(article, "it", by=make_editor())

        answers = [client.get(path).content.decode() for path in (PAGE, FEED)]
        assert all("egreto" not in answer and "melanoma" not in answer for answer in answers)
        assert told_on(page_of(client.get(PAGE))) == [f"{today()}: Correzione"]

    def test_tells_of_the_pages_that_a_safety_change_leaves_behind(self, client, article):
        correct(article, Severity.SAFETY, "La dose.", notes={"en": "The dose was wrong."})

        [english] = told_on(page_of(client.get(ENGLISH)))
        assert "The dose was wrong." in english
        [italian] = told_on(page_of(client.get(PAGE)))
        assert italian.endswith("Correzione per la Sua sicurezza La dose.")

    def test_tells_of_a_scheduled_edition_once_it_has_begun(self, client, article):
        soon = timezone.now() + timedelta(hours=1)
        article.editions.filter(language="it").update(valid_until=soon)
        scheduled = make_edition(
            article, valid_from=soon, severity=Severity.SUBSTANTIVE, change_note="Presto."
        )
        corrections.tell([scheduled])
        assert told_on(page_of(client.get(PAGE))) == []

        with time_machine.travel(soon, tick=False):
            assert len(told_on(page_of(client.get(PAGE)))) == 1
        verbs.withdraw(article, "it", by=make_editor())
        with time_machine.travel(soon, tick=False):
            assert told_on(page_of(client.get(PAGE))) == []


class TestFeed:
    def test_is_atom_and_may_be_kept_as_the_pages_are(self, client, article):
        correct(article, Severity.SUBSTANTIVE, "Meno di < 5 & più.")
        page = page_of(client.get(PAGE))
        [link] = page.all("link", type="application/atom+xml")

        response = client.get(link["href"])

        assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
        assert response["Cache-Control"] == "public, no-cache"
        assert client.get(FEED, headers={"if-none-match": response["ETag"]}).status_code == 304
        [entry] = entries(client)
        assert entry["title"] == "Correzione: Il melanoma"
        assert entry["summary"].startswith("<p>Meno di &lt; 5 &amp; più.</p>")
        assert entry["link"].endswith("/it/articoli/melanoma/")

    def test_is_the_same_while_it_is_empty(self, client):
        first, second = client.get(FEED), client.get(FEED)

        assert first.content == second.content
        assert entries(client) == []

    def test_keeps_the_name_of_an_entry_whose_severity_is_raised(self, client, article):
        edition = correct(article, Severity.SUBSTANTIVE, "Il dato.")
        [before] = entries(client)

        with time_machine.travel(timezone.now() + timedelta(days=1)):
            raise_severity(
                edition, Severity.SAFETY, by=make_editor(), notes={"it": "Ora.", "en": "Now."}
            )
            after = next(entry for entry in entries(client) if "Ora." in entry["summary"])

        assert after["id"] == before["id"]
        assert after["published"] == before["published"]
        assert after["updated"] > before["updated"]

    def test_can_tell_what_nobody_can_see(self, client, article):
        holds.hold(article, {"it": "Una\x0bfrase."}, by=make_editor())

        [entry] = entries(client)

        assert entry["summary"] == "Una frase."


class TestWhatHasChanged:
    def test_is_one_link_away_where_the_edition_that_was_corrected_may_be_read(self, client):
        article = make_article(english=False, slug_it="pelle")
        publish(article, "it")
        correct(article, Severity.SUBSTANTIVE, "La prima.")
        verbs.withdraw(
            article, "it", by=make_editor(), withdrawn_as=Withdrawal.WRONG, sentence="Errata."
        )
        correct(article, Severity.SUBSTANTIVE, "Corregge ciò che era errato.")
        article.audience = "professional"
        correct(article, Severity.SUBSTANTIVE, "Riservata.")
        reserved = changes_in(logged_in(Client(), make_editor()), "/it/articoli/pelle/")
        article.audience = "public"
        correct(article, Severity.SUBSTANTIVE, "Corregge la riservata.")
        correct(article, Severity.SUBSTANTIVE, "L’ultima.")

        own, of_site = changes_in(client, "/it/articoli/pelle/"), changes_in(client, PAGE)

        url = "/it/articoli/pelle/edizioni/{}/modifiche/".format
        assert reserved == [url(3), url(1)]
        assert own == of_site == [url(5), url(1)]
        assert [entry["summary"].count(url(5)) for entry in entries(client)] == [1, 0, 0, 0, 0]
        assert client.get(url(5)).status_code == 200

    def test_is_not_linked_where_the_page_is_gone(self, client, article):
        correct(article, Severity.SUBSTANTIVE, "Il dato è cambiato.")
        verbs.withdraw(article, "it", by=make_editor())

        assert "modifiche" not in client.get(PAGE).text + client.get(FEED).text


class TestStored:
    def test_cannot_be_deleted_nor_changed(self, article):
        correct(article, Severity.SUBSTANTIVE, "Il dato.")
        row = Correction.objects.get()

        with pytest.raises(CorrectionIsPublished):
            Correction.objects.all().delete()
        with pytest.raises(CorrectionIsPublished):
            Correction.objects.update(note="Altro.")
        for statement in ("DELETE FROM {}", "UPDATE {} SET note = 'Altro.'"):
            with (
                pytest.raises(IntegrityError),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement.format(Correction._meta.db_table))
        assert Correction.objects.get() == row


@pytest.mark.django_db(transaction=True)
class TestMoment:
    def test_a_raised_severity_is_told_at_the_next_request(self, client, monkeypatch):
        monkeypatch.setattr("immunoportal.publication.readers.LEASE", 0)
        article = make_article(slug_it="melanoma")
        publish(article)
        edition = correct(article, Severity.SUBSTANTIVE, "Il dato.")
        paths = ["/it/articoli/melanoma/", PAGE, FEED]
        assert all("Correzione" in client.get(path).content.decode() for path in paths)

        raise_severity(
            edition, Severity.SAFETY, by=make_editor(), notes={"it": "Era la dose.", "en": "x"}
        )

        assert all("Era la dose." in client.get(path).content.decode() for path in paths)
