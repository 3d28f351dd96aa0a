"""Addresses of the old site: where they lead, what they cost, and how their uses are counted."""

import threading
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, OldAddress, Topic
from articles.publishing import verbs
from articles.reading import uses
from immunoportal.publication import clock
from immunoportal.publication.models import PublicationClock
from immunoportal.publication.page_cache import PageCache
from immunoportal.wsgi import handler
from tests.factories import make_article, make_editor, make_topic, publish
from tests.immunoportal.publication.steps import ask
from tests.pages import page_of

pytestmark = pytest.mark.django_db

OLD = "/pages/publicArea/saperneDiPiu/comeFunziona/index_en.php"


@pytest.fixture(autouse=True)
def _written_by_hand(monkeypatch):
    """Nothing of these tests is written after they are over."""
    monkeypatch.setattr(uses, "WRITTEN_AFTER", 3600)
    yield
    uses._noted.clear()


@pytest.fixture
def article() -> Article:
    topic = make_topic(slug_it="cure", slug_en="care")
    article = make_article(
        slug_it="come-funziona", slug_en="how-it-works", title_en="How it works", topic=topic
    )
    publish(article)
    return article


def lead(address: str, **target) -> OldAddress:
    return OldAddress.objects.create(address=address, **target)


class TestAnswer:
    @pytest.mark.parametrize("method", ["get", "head"])
    def test_leads_to_the_page_that_has_taken_its_place(self, client, article, method):
        lead(OLD, article=article, language="en")

        response = getattr(client, method)(OLD)

        assert response.status_code == 301
        assert response["Location"] == "/en/articles/how-it-works/"
        assert response["Cache-Control"] == "public, no-cache"
        assert not response.cookies

    @pytest.mark.parametrize("asked", [OLD.lower(), f"{OLD}/", OLD.upper(), f"{OLD}?PHPSESSID=1"])
    def test_heeds_neither_case_nor_a_slash_at_the_end(self, client, article, asked):
        lead(OLD, article=article, language="it")

        assert client.get(asked)["Location"] == "/it/articoli/come-funziona/"

    def test_heeds_the_query(self, client, article):
        lead("/index.php?id=12", article=article, language="it")
        lead("/index.php?id=13&lang=en", article=article, language="en")
        lead("/index.php", path="/it/contatti/")

        found = {
            query: client.get(f"/index.php?{query}")["Location"]
            for query in ("id=12", "lang=EN&id=13", "id=12&utm_source=x", "id=14", "")
        }

        assert found == {
            "id=12": "/it/articoli/come-funziona/",
            "lang=EN&id=13": "/en/articles/how-it-works/",
            "id=12&utm_source=x": "/it/articoli/come-funziona/",
            "id=14": "/it/contatti/",
            "": "/it/contatti/",
        }

    def test_follows_what_is_renamed_in_one_step(self, client, article):
        lead("/a.php", article=article, language="it")
        topic: Any = Topic.objects.get()
        lead("/b.php", topic=topic, language="it")
        Article.objects.update(slug_it="nuovo")
        publish(article, "it")
        topic.slug_it = "terapie"
        topic.save()

        assert client.get("/a.php")["Location"] == "/it/articoli/nuovo/"
        assert client.get("/b.php")["Location"] == "/it/argomenti/terapie/"

    def test_offers_the_other_language_of_what_is_withdrawn(self, client, article):
        lead("/a.php", article=article, language="it")
        verbs.withdraw(article, "it", by=make_editor())

        response = client.get("/a.php", headers={"accept-language": "en"})

        page = page_of(response)
        assert response.status_code == 404
        assert response["Content-Language"] == page.one("html")["lang"] == "it"
        assert page.one("main").one("a", hreflang="en").words == "How it works"

    def test_is_a_404_where_nothing_is_left(self, client, article):
        lead("/a.php", article=article, language="it")
        lead("/b.php", topic=Topic.objects.get(), language="it")
        for language in ("it", "en"):
            verbs.withdraw(article, language, by=make_editor())

        for path in ("/a.php", "/b.php"):
            response = client.get(path)
            assert response.status_code == 404
            assert "How it works" not in response.text

    def test_names_nothing_that_is_reserved(self, client):
        article = make_article(slug_it="segretissimo", audience="professional")
        publish(article)
        lead("/a.php", article=article, language="it")

        assert client.get("/a.php")["Location"] == "/it/professionisti/"

    def test_stands_behind_every_page(self, client, article):
        # As a row from before there was such a page.
        lead("/it/articoli/come-funziona/", path="/it/contatti/")

        assert client.get("/it/articoli/come-funziona/").status_code == 200

    def test_leaves_other_methods_alone(self, client, article):
        lead("/a.php", article=article, language="it")

        assert client.post("/a.php").status_code == 404

    @pytest.mark.parametrize("path", ["/manca.php", "/it/manca/", "/a%00.php", "/a.php?id=%ff"])
    def test_costs_one_query_where_nothing_is_known(self, client, article, path):
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 404

        asked = [query["sql"] for query in captured if "oldaddress" in query["sql"]]
        assert len(asked) == (0 if "%00" in path else 1)


class TestStored:
    """What the page cache keeps: where pages have moved to, and nothing that is counted."""

    pytestmark = pytest.mark.django_db(transaction=True)

    def test_are_the_former_addresses_of_pages(self, article, monkeypatch):
        monkeypatch.setattr("immunoportal.publication.readers.LEASE", 0)
        asked = []

        def django(environ, start_response):
            asked.append(environ["PATH_INFO"])
            return handler(environ, start_response)

        cache = PageCache(django, 10_000_000, is_behind_nginx=True)
        lead("/a.php", article=article, language="it")
        old, new = "/it/articoli/come-funziona/", "/it/articoli/nuovo/"
        ask(cache, old)
        Article.objects.update(slug_it="nuovo")
        publish(article, "it")

        first = ask(cache, old)
        again = ask(cache, old, if_none_match="*")
        with_query = ask(cache, old, "x=1")
        ask(cache, "/a.php")
        ask(cache, "/a.php")

        assert first.status == again.status == 301
        assert first["Location"] == again["Location"] == new
        assert first["X-Accel-Expires"].startswith("@")
        assert (with_query.status, with_query["Location"]) == (302, old)
        assert asked == [old, old, "/a.php", "/a.php"]
        Article.objects.update(slug_it="come-funziona")
        publish(article, "it")
        assert ask(cache, old).status == 200
        assert ask(cache, new)["Location"] == old

    def test_are_none_that_a_stranger_invents(self, article, monkeypatch):
        monkeypatch.setattr("immunoportal.publication.readers.LEASE", 0)
        cache = PageCache(handler, 10_000_000)
        topic: Any = Topic.objects.get()
        topic.slug_it = "terapie"
        topic.save()
        lead("/a.php", path="/it/")

        for number in range(3):
            assert ask(cache, "/it/argomenti/cure/", f"page={number + 2}").status == 301
            assert ask(cache, "/a.php", f"x={number}").status == 301
            assert ask(cache, f"/{number}.php").status == 404

        assert not cache._pages


class TestUses:
    def test_are_counted_in_memory_and_written_at_once(self, client, article):
        row = lead("/a.php", article=article, language="it")
        other = lead("/b.php", path="/it/")
        uses.note(other.pk)
        for _number in range(3):
            client.get("/a.php")
        row.refresh_from_db()
        assert (row.uses, row.last_used_at) == (0, None)
        before = PublicationClock.objects.get().version

        with CaptureQueriesContext(connection) as captured:
            uses.write()

        row.refresh_from_db()
        assert row.uses == 3
        assert row.last_used_at
        assert sum(query["sql"].startswith("UPDATE") for query in captured) == 2
        # Readers see nothing of it.
        assert PublicationClock.objects.get().version == before

    def test_wait_for_a_database_that_cannot_be_written_to(self, client, article, monkeypatch):
        row = lead("/a.php", article=article, language="it")
        client.get("/a.php")

        def refuse(*_arguments):
            raise OperationalError("attempt to write a readonly database")

        with monkeypatch.context() as readonly:
            readonly.setattr("articles.models.redirects.OldAddressQuerySet.count_uses", refuse)
            uses.write()
            assert client.get("/a.php").status_code == 301
        uses.write()

        row.refresh_from_db()
        assert row.uses == 2

    def test_of_what_is_deleted_are_forgotten(self, client, article):
        row = lead("/a.php", article=article, language="it")
        client.get("/a.php")
        row.delete()

        uses.write()

        assert uses._noted == {}

    @pytest.mark.django_db(transaction=True)
    def test_are_written_by_a_thread_of_their_own(self, client, monkeypatch):
        row = lead("/a.php", path="/it/")
        monkeypatch.setattr(uses, "_writer", None)
        monkeypatch.setattr(uses, "WRITTEN_AFTER", 0)

        client.get("/a.php")
        for thread in threading.enumerate():
            if isinstance(thread, threading.Timer) and thread.interval == 0:
                thread.join()

        row.refresh_from_db()
        assert row.uses == 1


class TestClock:
    def test_moves_with_every_change(self):
        versions = [clock.moment().stamp.version]
        row = lead("/a.php", path="/it/")
        versions.append(clock.moment().stamp.version)
        row.delete()
        versions.append(clock.moment().stamp.version)

        assert versions == sorted(set(versions))
