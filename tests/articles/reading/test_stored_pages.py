"""The reader's pages through the page cache and the whole of Django, as a server asks for them."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils import timezone

from articles.publishing import verbs
from contact.models import Publisher
from immunoportal.publication import clock, readers
from immunoportal.publication.page_cache import PageCache
from immunoportal.wsgi import handler
from tests.factories import (
    logged_in,
    make_article,
    make_edition,
    make_editor,
    make_topic,
    make_user,
    publish,
)
from tests.immunoportal.publication.steps import Clock, ask

pytestmark = pytest.mark.django_db(transaction=True)

ARTICLE = "/it/articoli/melanoma/"


@pytest.fixture
def article():
    topic = make_topic(name_it="Cure", slug_it="cure")
    article = make_article(title_it="Melanoma", slug_it="melanoma", topic=topic)
    publish(article, "it")
    return article


@pytest.fixture
def asked():
    """The paths that Django has been asked for."""
    return []


@pytest.fixture
def cache(asked, monkeypatch):
    # As if the lease of a reading had run out by the next request.
    monkeypatch.setattr(readers, "LEASE", 0)

    def django(environ, start_response):
        asked.append(environ["PATH_INFO"])
        return handler(environ, start_response)

    return PageCache(django, 10_000_000)


class TestSeen:
    @pytest.mark.parametrize("path", [ARTICLE, "/it/", "/it/articoli/", "/it/argomenti/cure/"])
    def test_nothing_is_asked_twice_while_nothing_changes(self, article, cache, asked, path):
        first, second = ask(cache, path), ask(cache, path)

        assert first.status == second.status == 200
        assert first.body == second.body
        assert asked == [path]

    def test_what_changed_while_a_404_was_made_is_there_too(self, article, cache, monkeypatch):
        Publisher.objects.update_or_create(pk=1, defaults={"name": "Effetti srl"})
        get = Publisher.get

        def get_and_rename():
            found = get()
            Publisher.objects.filter(pk=1).update(name="Altro editore")
            return found

        # After the page has read the publisher, and before its footer is made.
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(Publisher, "get", get_and_rename)
            assert ask(cache, "/it/articoli/mai-scritto/").status == 404

        page = ask(cache, ARTICLE).body.decode()
        assert "Altro editore" in page
        assert "Effetti" not in page

    def test_what_is_published_is_there_at_the_next_request(self, article, cache):
        before = ask(cache, ARTICLE)
        article.lead_it = "Una frase del tutto nuova."
        article.save()
        publish(article, "it")

        after = ask(cache, ARTICLE, if_none_match=before["ETag"])

        assert after.status == 200
        assert "Una frase del tutto nuova." in after.body.decode()

    def test_what_is_withdrawn_is_gone_at_the_next_request(self, article, cache):
        ask(cache, ARTICLE)
        verbs.withdraw(article, "it", by=make_editor())

        assert ask(cache, ARTICLE).status == 404
        assert "Melanoma" not in ask(cache, "/it/articoli/").body.decode()

    def test_what_every_page_shows_changes_on_all_of_them(self, article, cache):
        paths = [ARTICLE, "/it/", "/it/argomenti/cure/", "/it/privacy/"]
        for path in paths:
            ask(cache, path)
        publisher = Publisher.get()
        publisher.name = "Casa editrice nuova"
        publisher.save()

        for path in paths:
            assert "Casa editrice nuova" in ask(cache, path).body.decode(), path

    def test_what_is_scheduled_begins_and_ends_at_its_second(self, article, cache, asked):
        start = timezone.now().replace(microsecond=0) + timedelta(hours=1)
        scheduled = make_article(title_it="Nivolumab", slug_it="nivolumab")
        make_edition(scheduled, valid_from=start, valid_until=start + timedelta(hours=1))
        clock.advance()
        seen = {}

        for seconds in (-1, 0, 3599, 3600):
            with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
                for path in ("/it/articoli/nivolumab/", "/it/articoli/"):
                    ask(cache, path)
                    seen[seconds, path] = "Nivolumab" in ask(cache, path).body.decode()

        assert [moment for moment, is_seen in seen.items() if is_seen] == [
            (0, "/it/articoli/nivolumab/"), (0, "/it/articoli/"),
            (3599, "/it/articoli/nivolumab/"), (3599, "/it/articoli/"),
        ]  # fmt: skip

    def test_a_change_that_is_undone_is_never_seen(self, article, cache):
        with transaction.atomic():
            publisher = Publisher.get()
            publisher.name = "Casa editrice nuova"
            publisher.save()
            # A preview, say, which is made in the transaction of its form.
            clock.remember("publisher it", Publisher.get)
            transaction.set_rollback(True)

        assert "Casa editrice nuova" not in ask(cache, ARTICLE).body.decode()


class TestReserved:
    def test_is_stored_for_nobody(self, article, cache, asked, client):
        reserved = make_article(title_it="Dosi", slug_it="dosi", audience="professional")
        publish(reserved, "it")
        reader = make_user()
        reader.user_permissions.set(Permission.objects.filter(codename="read_reserved"))
        cookie = logged_in(client, reader).cookies["session"].value

        own = ask(cache, "/it/articoli/dosi/", cookie=f"session={cookie}")
        stranger = ask(cache, "/it/articoli/dosi/")

        assert own.status == 200
        assert own["Cache-Control"] == "private, no-store"
        assert "ETag" not in own.headers
        assert stranger.status == 302
        assert not cache._pages


class TestStrangers:
    def test_fill_nothing(self, article, cache):
        for path in (ARTICLE, "/it/articoli/"):
            ask(cache, path)
        held = dict(cache._pages)

        for number in range(50):
            assert ask(cache, f"/it/articoli/{number}/").status == 404
            assert ask(cache, f"/{number}").status == 404
            assert ask(cache, ARTICLE, f"q={number}").status == 302
            assert ask(cache, "/it/argomenti/", f"q={number}").status == 302
            assert ask(cache, "/it/articoli/", f"page={number + 2}").status == 404
            assert ask(cache, "/it/articoli/", host=f"{number}.example").status == 400

        assert cache._pages == held
        assert not cache._in_the_making

    def test_heed_the_same_bytes_whatever_they_bring(self, article, cache, asked):
        plain = ask(cache, ARTICLE)

        for headers in ({"cookie": "session=x; csrf=y; a=\x00"}, {"range": "bytes=0-9"}):
            answer = ask(cache, ARTICLE, **headers)
            assert answer == plain
            assert "set-cookie" not in answer.headers
        assert asked == [ARTICLE]


class TestOutage:
    def test_is_told_where_nothing_is_stored(self, article, cache, monkeypatch):
        ask(cache, ARTICLE)
        away = Clock()
        away.is_away = True
        monkeypatch.setattr(clock, "_reader", away)

        for path in ("/it/", "/it/articoli/nessuno/", "/it/contatti/"):
            answer = ask(cache, path)
            assert (answer.status, answer["Retry-After"]) == (503, "300"), path
        assert ask(cache, ARTICLE).status == 200
