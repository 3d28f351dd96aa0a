"""The feeds of the articles, read by the rules of RFC 4287."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from lxml import etree, html

from articles.models import Article, Callout, Hold, RichText, Severity, Table
from articles.publishing import holds, retractions
from tests.factories import (
    add_block,
    add_figure,
    add_player,
    add_source,
    make_article,
    make_editor,
    make_image,
    make_topic,
    marker,
    own_link,
    publish,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
ATOM = "{http://www.w3.org/2005/Atom}"
FEED = "/it/feed/"
URN = r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def read(client, path: str):
    """The feed at an address, which must be as RFC 4287 asks for."""
    response = client.get(path)
    assert response.status_code == 200, path
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(response.content)
    entries = feed.findall(f"{ATOM}entry")
    for part in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(part.findall(ATOM + name)) == 1, name
        assert len(part.findall(f"{ATOM}published") + part.findall(f"{ATOM}rights")) <= 1
        links = [
            tuple(link.get(name) for name in ("rel", "type", "hreflang"))
            for link in part.iter(f"{ATOM}link")
            if link.getparent() is part
        ]
        assert len(links) == len(set(links))
        for moment in (*part.findall(f"{ATOM}updated"), *part.findall(f"{ATOM}published")):
            assert datetime.fromisoformat(moment.text).tzinfo
    for link in feed.iter(f"{ATOM}link"):
        assert link.get("href").startswith(f"{SITE}/")
    for person in (*feed.iter(f"{ATOM}author"), *feed.iter(f"{ATOM}contributor")):
        assert person.findtext(f"{ATOM}name")
    names = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(URN, name) for name in names)
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert link_of(feed, "self") == SITE + path
    return feed


def link_of(part, rel: str, language=None) -> str:
    [href] = [
        link.get("href")
        for link in part.findall(f"{ATOM}link")
        if (link.get("rel"), link.get("hreflang")) == (rel, language)
    ]
    return href


def entries_of(client, path=FEED) -> list:
    return read(client, path).findall(f"{ATOM}entry")


def content_of(entry):
    """What an entry holds, as elements; its addresses must be absolute, and nothing in it acts."""
    body = html.fragment_fromstring(entry.findtext(f"{ATOM}content"), create_parent="div")
    for element in body.iter():
        assert element.tag not in ("script", "form", "style", "svg", "button")
        assert not {"id", "class", "style"} & set(element.attrib)
        for name in ("href", "src", "poster"):
            assert element.get(name, SITE).startswith("http")
        for part in filter(None, element.get("srcset", "").split(", ")):
            assert part.startswith(f"{SITE}/media/")
    return body


@pytest.fixture(scope="class")
def shared_article(shared_rows) -> Article:
    other = make_article(slug_it="altro", title_it="Altro")
    publish(other)
    article = make_article(
        topic=make_topic(slug_it="cure", slug_en="care", name_it="Cure"),
        slug_it="melanoma",
        slug_en="melanoma-en",
        title_it="Uno </script> & ]]> \x0bdue\uffff",
        text=False,
    )
    source = add_source(article, "Hodi FS. Uno studio.", url="https://example.org/hodi")
    text = f"<h2>Che cosa</h2><p>Il farmaco{marker(source)}: {own_link(other, 'altro')}</p>"
    add_block(article, RichText, ordering=10, text_it=text, text_en="<p>A text.</p>")
    add_figure(article, image=make_image(size=(900, 600)), alternative_text_it="Le cellule")
    table = "<table><tr><th>A</th><th>B</th></tr><tr><th>C</th><td>1</td></tr></table>"
    add_block(
        article,
        Table,
        ordering=30,
        caption_it="I dati",
        caption_en="The data",
        text_it=table,
        text_en=table,
    )
    add_block(article, Callout, ordering=40, kind="warning", text_it="<p>Attenzione</p>",
              text_en="<p>Careful</p>")  # fmt: skip
    add_player(article, ordering=50)
    publish(article)
    return article


@pytest.fixture
def article(shared_article) -> Article:
    return Article.objects.get(pk=shared_article.pk)


class TestArticles:
    def test_hold_the_full_text_of_the_newest_ones(self, client, article):
        entry, other = entries_of(client)

        assert entry.findtext(f"{ATOM}title") == "Uno </script> & ]]> due"
        assert link_of(entry, "alternate") == f"{SITE}/it/articoli/melanoma/"
        assert link_of(entry, "alternate", "en") == f"{SITE}/en/articles/melanoma-en/"
        assert entry.find(f"{ATOM}category").get("term") == "Cure"
        assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Anna Bianchi"
        body = content_of(entry)
        links = {link.get("href"): link.text_content() for link in body.iter("a")}
        page = f"{SITE}/it/articoli/melanoma/"
        assert links[f"{page}#r1"] == "1"
        assert links[f"{SITE}/it/articoli/altro/"] == "altro"
        assert links["https://example.org/hodi"]
        assert body.find(".//img").get("alt") == "Le cellule"
        assert body.find(".//td").text_content() == "1"
        assert body.find(".//video").get("src").startswith(f"{SITE}/files/")
        assert "scorrere" not in body.text_content().lower()
        assert link_of(other, "alternate") == f"{SITE}/it/articoli/altro/"

    def test_keep_their_names_when_an_address_changes(self, client, article):
        before = [entry.findtext(f"{ATOM}id") for entry in entries_of(client)]

        Article.objects.filter(pk=article.pk).update(slug_it="nuovo", title_it="Nuovo")
        publish(article, "it")

        entry, other = entries_of(client)
        assert [each.findtext(f"{ATOM}id") for each in (entry, other)] == before
        assert link_of(entry, "alternate") == f"{SITE}/it/articoli/nuovo/"

    def test_tell_what_is_held_and_nothing_of_what_is_not_for_everyone(self, client, article):
        publish(make_article(slug_it="segreto", title_it="Segreto", audience="professional"))
        later = timezone.now() + timedelta(days=1)
        with time_machine.travel(later, tick=False):
            holds.hold(article, {"it": "Fermi."}, kind=Hold.Kind.WITHHELD, by=make_editor())
            entry, _other = entries_of(client)

        assert "Fermi." in content_of(entry).text_content()
        assert "farmaco" not in etree.tostring(entry, encoding="unicode")
        moment = datetime.fromisoformat(entry.findtext(f"{ATOM}updated"))
        assert moment == later

    def test_tell_what_is_not_to_be_relied_on(self, client, article):
        later = timezone.now() + timedelta(days=1)
        with time_machine.travel(later, tick=False):
            (citation,) = article.citations.all()
            retractions.mark(citation.source, "retracted", by=make_editor())
            entry, _other = entries_of(client)

        body = content_of(entry)
        assert "Stiamo verificando la pagina." in body.text_content()
        assert "Ritirata dalla sua rivista" in body.findall(".//ol/li")[-1].text_content()
        assert body.xpath("//section//a/@href") == [f"{SITE}/it/articoli/melanoma/#r1"]
        assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated")) == later

    def test_are_kept_as_pages_are(self, client, article):
        with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
            first = client.get(FEED)
            again = client.get(FEED, headers={"if-none-match": first["ETag"]})

        assert first["Cache-Control"] == "public, no-cache"
        assert again.status_code == 304

    def test_are_named_by_the_pages_that_list_them(self, client, article):
        wanted = {
            "/it/": {FEED},
            "/it/articoli/": {FEED},
            "/it/argomenti/": {FEED},
            "/it/argomenti/cure/": {"/it/argomenti/cure/feed/"},
            "/it/articoli/melanoma/": {FEED, "/it/articoli/melanoma/feed/"},
        }
        for path, feeds in wanted.items():
            links = page_of(client.get(path)).all("link", type="application/atom+xml")
            assert {link["href"] for link in links} == feeds
            for feed in feeds:
                read(client, feed)


class TestTopic:
    def test_has_its_own_articles(self, client, article):
        feed = read(client, "/it/argomenti/cure/feed/")

        assert len(feed.findall(f"{ATOM}entry")) == 1
        assert re.fullmatch(URN, feed.findtext(f"{ATOM}id"))
        assert link_of(feed, "alternate", "en") == f"{SITE}/en/topics/care/"
        assert client.get("/it/argomenti/manca/feed/").status_code == 404

    def test_leads_on_from_its_former_slug(self, client, article):
        topic = article.topic
        topic.slug_it = "terapie"
        topic.save()

        response = client.get("/it/argomenti/cure/feed/")

        assert (response.status_code, response["Location"]) == (301, "/it/argomenti/terapie/feed/")


class TestChangesOfAnArticle:
    PATH = "/it/articoli/melanoma/feed/"

    def test_tells_of_each_edition(self, client, article):
        for severity, note in ((Severity.TYPO, ""), (Severity.SAFETY, "La <dose>.")):
            Article.objects.filter(pk=article.pk).update(lead_it=f"Ora: {severity}")
            publish(article, "it", severity=severity, notes={"it": note, "en": "The dose."})

        newest, typo, first = entries_of(client, self.PATH)

        assert newest.findtext(f"{ATOM}title").startswith("Edizione 3: Uno")
        body = content_of(newest).text_content()
        assert body.startswith("Correzione per la Sua sicurezza: La <dose>.")
        assert "Il farmaco" in body
        assert content_of(typo).text_content() == "Piccola correzione"
        assert link_of(first, "alternate") == f"{SITE}/it/articoli/melanoma/edizioni/1/"
        assert link_of(newest, "alternate") == f"{SITE}/it/articoli/melanoma/"

    def test_is_for_what_everyone_may_read(self, client, article):
        Article.objects.filter(pk=article.pk).update(audience="professional")
        publish(article)
        assert client.get(self.PATH).status_code == 404

        Article.objects.filter(pk=article.pk).update(audience="public", slug_it="nuovo")
        publish(article)
        response = client.get(self.PATH)
        assert (response.status_code, response["Location"]) == (301, "/it/articoli/nuovo/feed/")
        assert len(entries_of(client, "/it/articoli/nuovo/feed/")) == 2
