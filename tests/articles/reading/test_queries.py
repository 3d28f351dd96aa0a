"""What the pages ask of the database, once a process knows the site as it is now."""

from datetime import timedelta
from itertools import product

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Citation, Home, Severity, Source
from articles.reading import kept
from immunoportal.publication import clock
from tests.factories import (
    add_figure,
    make_article,
    make_editor,
    make_topic,
    make_user,
    publish,
)

# Committed, so that what is seen is remembered.
pytestmark = pytest.mark.django_db(transaction=True)

# What each costs.
PAGES = {
    "/it/": 0,
    "/it/articoli/": 1,
    "/it/argomenti/": 0,
    "/it/argomenti/cure/": 1,
    "/it/articoli/melanoma/": 1,
    "/it/informazioni/noi/": 1,
    "/it/correzioni/": 2,
    "/it/correzioni/feed/": 2,
    "/it/feed/": 2,
    "/it/argomenti/cure/feed/": 2,
    "/it/articoli/melanoma/feed/": 4,
    "/it/articoli/melanoma/edizioni/1.json": 4,
    "/sitemap.xml": 2,
    "/it/privacy/": 0,
    "/it/articoli/manca/": 1,
    "/it/argomenti/manca/": 0,
    # It might have been one of the old site.
    "/it/manca/": 1,
}
# Besides: the session, its user, two for the permission.
RESERVED = {"/it/professionisti/": 5, "/it/articoli/segreto/": 6}


def make_site() -> None:
    topic = make_topic(slug_it="cure", slug_en="care")
    for slug, audience in (("melanoma", "public"), ("segreto", "professional")):
        article = make_article(slug_it=slug, slug_en=f"{slug}-en", topic=topic, audience=audience)
        add_figure(article)
        publish(article)
        publish_correction(article)
    publish(make_article(slug_it="noi", slug_en="us", site_page="about"))
    Home.objects.create(hero_line_it="Con calma")


def publish_correction(article: Article) -> None:
    Article.objects.filter(pk=article.pk).update(lead_it="Corretto.")
    publish(article, "it", severity=Severity.SUBSTANTIVE, notes={"it": "Il dato."})


def grow() -> None:
    """Make everything more: articles of each kind, and their topics, pictures and sources."""
    for audience in ("public", "professional"):
        add_figure(make_article(audience=audience, topic=make_topic()))
    for article in Article.objects.all():
        for number in range(2):
            add_figure(article, ordering=30 + number)
            source = Source.objects.create(citation=f"Fonte {article.pk} {number}")
            Citation.objects.create(article=article, source=source)
        publish(article, severity=Severity.MINOR, notes={"it": "Più fonti."})


def queries_of(client: Client, path: str) -> list[str]:
    """What a page asks when it is asked for once more."""
    clock.forget()
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return [query["sql"] for query in captured.captured_queries]


@pytest.fixture
def professional() -> Client:
    user = make_user()
    user.user_permissions.set(Permission.objects.filter(codename="read_reserved"))
    client = Client()
    client.force_login(user)
    return client


class TestPages:
    def test_cost_the_same_however_much_there_is(self, client, professional):
        make_site()
        few = {path: len(queries_of(client, path)) for path in PAGES}
        few |= {path: len(queries_of(professional, path)) for path in RESERVED}

        grow()

        many = {path: len(queries_of(client, path)) for path in PAGES}
        many |= {path: len(queries_of(professional, path)) for path in RESERVED}
        assert few == many == PAGES | RESERVED


class TestInventedAddresses:
    def test_leave_nothing_behind(self, client):
        make_site()
        clock.forget()
        paths = ["/it/{}/", "/it/articoli/{}/", "/it/argomenti/{}/", "/it/articoli/?page={}"]

        def remembered(number: int) -> int:
            for path in paths:
                assert client.get(path.format(f"{number}{number}x")).status_code == 404
                assert client.get(path.format(f"{number}{number}")).status_code == 404
            return len(clock.moment()._remembered) + len(kept.shelf._values)

        assert remembered(1) == remembered(2)


def session_of(user, *, days: int = 1) -> str | None:
    """The key of a session in which a user has logged in, with so many days to go."""
    client = Client()
    client.force_login(user)
    session = SessionStore(client.session.session_key)
    session.load()
    session.set_expiry(timezone.now() + timedelta(days=days))
    session.save()
    return session.session_key


class TestCookies:
    def test_cost_nothing_where_the_answer_is_the_same_for_everyone(self, client):
        make_site()
        editor = make_editor()
        clock.forget()
        kinds = {
            "valid session": f"session={session_of(editor)}",
            "expired session": f"session={session_of(editor, days=-1)}",
            "invented session": "session=invented",
            "token": "csrf=abcdefghijklmnopqrstuvwxyzabcdef",
            "messages": "messages=W1siX19qc29uX21lc3NhZ2UiLDAsMjAsIkJvbyJdXQ",
            "language": "django_language=en",
            "damaged": "session; csrf=\x7f; =;;",
        }
        for (path, cost), (name, cookie) in product(PAGES.items(), kinds.items()):
            # Some time later: while it is new, a page seems to be older than it is.
            with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
                plain = client.get(path)
                with CaptureQueriesContext(connection) as captured:
                    response = client.get(path, headers={"cookie": cookie})

            assert len(captured.captured_queries) == cost, (path, name)
            assert response.content == plain.content, (path, name)
            assert response.headers == plain.headers, (path, name)
            assert not response.cookies, (path, name)
            assert not hasattr(response.wsgi_request, "session"), (path, name)
