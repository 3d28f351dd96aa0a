"""Pages of the site as a whole."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path
from PIL import Image as Pillow

from immunoportal import health
from immunoportal.urls import urlpatterns as real_urls
from tests.factories import make_user, make_worker
from tests.immunoportal.faults import locked
from tests.immunoportal.test_languages import HEADERS
from tests.pages import links_of, page_of


def fails(request):
    raise RuntimeError("a secret of the inside")


def forbids(request):
    raise PermissionDenied("a secret of the inside")


def suspects(request):
    raise SuspiciousOperation("a secret of the inside")


def misses(request):
    raise Http404("a secret of the inside")


urlpatterns = [
    *(
        path(f"{prefix}{view.__name__}/", view)
        for prefix in ("plain/", "it/", "en/")
        for view in (fails, forbids, suspects, misses)
    ),
    *real_urls,
]
handler400 = "immunoportal.views.bad_request"
handler403 = "immunoportal.views.forbidden"
handler404 = "immunoportal.views.not_found"
handler500 = "immunoportal.views.server_error"


@pytest.fixture
def reader() -> Client:
    """A client that is shown the error page, as readers are."""
    return Client(raise_request_exception=False)


class TestChooseLanguage:
    @pytest.mark.parametrize(("header", "language"), HEADERS)
    def test_sends_to_the_home_page_in_the_language_of_the_browser(self, client, header, language):
        response = client.get("/", headers={"accept-language": header})

        assert (response.status_code, response["Location"]) == (302, f"/{language}/")

    def test_may_be_kept_for_each_language_apart(self, client):
        response = client.get("/")

        assert "Accept-Language" in response["Vary"]
        assert "Cookie" not in response["Vary"]
        assert set(response["Cache-Control"].split(", ")) == {"public", "max-age=3600"}
        assert not response.cookies

    def test_heeds_no_query(self, client):
        for query in ("?next=//evil.example", "?lang=en", "?language=en"):
            assert client.get(f"/{query}")["Location"] == "/it/"


class TestRobots:
    def test_lets_crawlers_read_everything_public(self, client):
        response = client.get("/robots.txt")

        assert response.status_code == 200
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert response.content.decode() == (
            "User-agent: *\nDisallow: /admin/\n"
            "Disallow: /it/cerca/\nDisallow: /it/account/\n"
            "Disallow: /en/search/\nDisallow: /en/account/\n\n"
            "Sitemap: http://127.0.0.1:8000/sitemap.xml\n"
        )
        assert "public" in response["Cache-Control"]
        assert not response.cookies

    def test_keeps_them_away_from_what_is_being_developed(self, client, settings):
        settings.DEBUG = True

        assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"


class TestManifest:
    def test_names_icons_that_are_there(self, client):
        response = client.get("/site.webmanifest", headers={"accept-language": "en"})

        assert response["Content-Type"] == "application/manifest+json"
        told = response.json()
        assert (told["id"], told["start_url"], told["lang"]) == ("/", "/", "it")
        assert len(told["icons"]) == 3
        for icon in told["icons"]:
            with Pillow.open(finders.find(icon["src"].removeprefix("/static/")) or "") as picture:
                assert f"{picture.width}x{picture.height}" == icon["sizes"]

    @pytest.mark.django_db
    def test_is_linked_by_every_page(self, client):
        assert (
            page_of(client.get("/it/")).one("link", rel="manifest")["href"] == "/site.webmanifest"
        )


class TestFavicon:
    def test_leads_to_an_icon_that_is_there(self, client):
        response = client.get("/favicon.ico")

        assert response.status_code == 302
        name = response["Location"].removeprefix("/static/")
        assert Path(finders.find(name) or "").read_bytes()[:4] == b"\0\0\1\0"


class TestHealth:
    @pytest.fixture(autouse=True)
    def _no_memory(self, monkeypatch):
        """What another test has found out counts no more."""
        monkeypatch.setattr(health, "_last", None)

    def test_healthz_asks_nothing_of_the_database(self, client):
        response = client.get("/healthz")

        assert (response.status_code, response.content) == (200, b"ok\n")
        assert response["Cache-Control"] == "no-store"

    @pytest.mark.django_db
    def test_readyz_is_ok_when_everything_is_there(self, client):
        make_worker()

        response = client.get("/readyz")

        assert response.status_code == 200
        assert response.json() == {"database": "ok", "cache": "ok", "mail": "ok", "worker": "ok"}
        assert response["Cache-Control"] == "no-store"

    @pytest.mark.django_db
    def test_readyz_tells_of_a_worker_that_is_gone_and_does_not_take_the_site_away(self, client):
        responses = [client.get("/readyz")]
        make_worker(silent=timedelta(minutes=10))
        responses.append(client.get("/readyz"))

        assert [response.status_code for response in responses] == [200, 200]
        absent, silent = [response.json()["worker"] for response in responses]
        assert absent == "no worker is running"
        assert re.fullmatch(r"no worker has been seen for 6\d\d s", silent)

    @pytest.mark.django_db
    def test_readyz_tells_of_missing_migrations(self, client):
        recorder = MigrationRecorder(connection)
        recorder.record_unapplied(*max(key for key in recorder.applied_migrations()))

        response = client.get("/readyz")

        assert response.status_code == 503
        assert "migrate" in response.json()["database"]

    @pytest.mark.django_db(transaction=True)
    def test_readyz_tells_of_a_cache_that_is_gone(self, client, settings):
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "no_such_table"}}

        response = client.get("/readyz")

        assert response.status_code == 200
        assert response.json()["cache"].startswith("not reachable (")

    @pytest.mark.django_db(transaction=True)
    def test_readyz_tells_that_nothing_can_be_stored(self, client):
        with locked():
            response = client.get("/readyz")

        assert response.status_code == 200
        assert response.json()["database"] == "ok"
        assert response.json()["cache"].startswith("not writable: The database is busy")

    @pytest.mark.django_db
    def test_readyz_writes_every_five_seconds_at_most(self, client, monkeypatch):
        now = 1_000.0
        monkeypatch.setattr(health.time, "monotonic", lambda: now)
        tries = []
        for now in (1_000.0, 1_004.9, 1_005.0):  # noqa: B007
            with CaptureQueriesContext(connection) as queries:
                client.get("/readyz")
            tries.append(any(query["sql"].startswith(("INSERT", "UPDATE")) for query in queries))

        assert tries == [True, False, True]

    @pytest.mark.django_db
    def test_readyz_waits_for_one_second(self, client):
        with CaptureQueriesContext(connection) as queries:
            client.get("/readyz")

        statements = [query["sql"] for query in queries]
        (first,) = [
            number
            for number, sql in enumerate(statements)
            if sql in ("PRAGMA busy_timeout = 1000", "SET LOCAL statement_timeout = 1000")
        ]
        assert any(sql.startswith("INSERT") for sql in statements[first:])
        if connection.vendor == "sqlite":
            assert "PRAGMA busy_timeout = 20000" in statements[first:]

    @pytest.mark.django_db(transaction=True)
    def test_migrate_makes_the_table_of_the_cache(self, client):
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE cache")

        call_command("migrate", verbosity=0)

        assert client.get("/readyz").json()["cache"] == "ok"

    @pytest.mark.parametrize("error", [OperationalError, InterfaceError])
    def test_readyz_tells_of_a_database_that_is_gone(self, client, monkeypatch, error):
        def is_gone(*args, **kwargs):
            raise error("password=hunter2")

        monkeypatch.setattr("immunoportal.health.MigrationExecutor", is_gone)

        response = client.get("/readyz")

        assert response.status_code == 503
        assert response.json() == {"database": f"not reachable ({error.__name__})"}

    @pytest.mark.parametrize("address", ["/", "/robots.txt", "/favicon.ico", "/healthz", "/readyz"])
    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
    def test_all_take_get_and_head_only(self, client, address, method):
        assert client.generic(method, address).status_code == 405


@pytest.mark.urls("tests.immunoportal.test_views")
@pytest.mark.django_db
class TestErrorPages:
    @pytest.mark.parametrize(
        ("address", "status"),
        [("fails/", 500), ("suspects/", 400), ("forbids/", 403), ("misses/", 404), ("x/y/", 404)],
    )
    @pytest.mark.parametrize(
        ("prefix", "header", "language"),
        [
            ("/it/", "en", "it"),
            ("/en/", "it", "en"),
            ("/plain/", "en, it;q=0.5", "en"),
            ("/plain/", "de", "it"),
        ],
    )
    def test_speak_the_language_of_the_address_or_else_of_the_browser(
        self, reader, address, status, prefix, header, language
    ):
        response = reader.get(f"{prefix}{address}", headers={"accept-language": header})

        page = page_of(response)
        assert response.status_code == status
        assert page.one("html")["lang"] == language
        assert page.one("h1").words
        assert page.one("title").words.endswith("ImmunOncologia.org")
        assert f"/{language}/" in links_of(page).values()
        assert page.one("meta", name="robots")["content"] == "noindex"
        assert "secret" not in response.content.decode()
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies

    @pytest.mark.parametrize(
        ("method", "address", "status"),
        [("GET", "nowhere/", 404), ("GET", "accounts/user/", 403), ("POST", "accounts/user/", 403)],
    )
    def test_speak_the_language_of_the_user_in_the_admin(self, method, address, status):
        user = make_user(is_staff=True, preferred_language="en")
        client = Client(enforce_csrf_checks=True, headers={"accept-language": "it"})
        client.force_login(user)

        response = client.generic(method, f"/admin/{address}")

        assert response.status_code == status
        assert page_of(response).one("html")["lang"] == response["Content-Language"] == "en"

    def test_an_address_without_its_language_is_completed(self, reader):
        for language in ("it", "en"):
            response = reader.get("/misses/", headers={"accept-language": language})

            assert response["Location"] == f"/{language}/misses/"

    def test_do_not_leave_their_language_to_the_next_request(self, reader):
        reader.get("/manca/", headers={"accept-language": "en"})

        assert reader.get("/", headers={"accept-language": "de"})["Location"] == "/it/"

    def test_of_an_unknown_host_is_a_400(self, reader):
        response = reader.get("/it/", headers={"host": "evil.example"})

        assert response.status_code == 400
        assert page_of(response).one("html")["lang"] == "it"
        assert "evil" not in response.content.decode()


@pytest.mark.urls("tests.immunoportal.test_views")
class TestWithoutDatabase:
    @pytest.mark.parametrize("language", ["it", "en"])
    def test_the_500_page_stands_when_the_database_is_gone(self, reader, language):
        # No django_db mark: the database is out of bounds, as it would be out of reach.
        response = reader.get(f"/{language}/")

        page = page_of(response)
        assert response.status_code == 500
        assert page.one("html")["lang"] == language
        assert page.one("h1").words
        assert page.one("title").words

    def test_so_does_the_400_page(self, reader):
        assert reader.get("/it/suspects/").status_code == 400

    def test_and_the_choice_of_a_language(self, reader):
        assert reader.get("/")["Location"] == "/it/"
