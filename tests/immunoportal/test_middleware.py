"""The headers that every answer carries, whoever gives it."""

import gzip
import json
from collections.abc import Set
from fnmatch import fnmatchcase

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from immunoportal.middleware import SecurityHeadersMiddleware
from tests.factories import add_figure, make_article, make_image, publish

pytestmark = pytest.mark.django_db

# What each kind of answer must carry, to the letter.
SECURITY = {
    "Content-Security-Policy": {
        "default-src 'none'", "script-src 'self'", "img-src 'self' data:", "font-src 'self'",
        "connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "base-uri 'none'",
        "frame-ancestors 'none'", "media-src 'self'", "object-src 'none'", "style-src 'self'",
    },
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
    "Referrer-Policy": {"same-origin"},
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY"},
}  # fmt: skip

ANSWERS = {
    "page": ("/it/articoli/melanoma/", 200),
    "home": ("/en/", 200),
    "not found": ("/it/manca/", 404),
    "choice of a language": ("/", 302),
    "missing slash": ("/it/articoli", 301),
    "text": ("/robots.txt", 200),
    "health": ("/healthz", 200),
    "picture that is not there": ("/media/x.jpg", 404),
    "log-in": ("/it/account/login/", 200),
}


def parts(value: str, separator: str) -> set[str]:
    return {part.strip() for part in value.split(separator)}


def get(client, path: str):
    """An answer, read to its end: a file that is sent would stay open otherwise."""
    response = client.get(path)
    list(response)
    return response


@pytest.fixture
def _site():
    publish(make_article(slug_it="melanoma", slug_en="melanoma"))


@pytest.mark.usefixtures("_site")
class TestSecurityHeaders:
    def assert_secure(self, response):
        found = {
            name: parts(response.get(name, ""), ";" if name.startswith("Content-S") else ",")
            for name in SECURITY
        }
        assert found == SECURITY
        policy = parts(response["Permissions-Policy"], ",")
        assert {"camera=()", "geolocation=()", "microphone=()", "payment=()"} <= policy
        assert all(feature.endswith("=()") for feature in policy)

    @pytest.mark.parametrize(
        ("path", "status"), ANSWERS.values(), ids=[name.replace(" ", "-") for name in ANSWERS]
    )
    def test_are_on_every_kind_of_answer(self, client, path, status):
        response = get(client, path)

        assert response.status_code == status
        self.assert_secure(response)

    @pytest.mark.parametrize("method", ["POST", "BREW"])
    def test_are_on_refusals(self, client, method):
        response = client.generic(method, "/it/")

        assert response.status_code == 405
        self.assert_secure(response)

    def test_are_on_the_400_page(self, client):
        response = client.get("/it/", headers={"host": "evil.example"})

        assert response.status_code == 400
        self.assert_secure(response)

    def test_are_on_the_500_page(self, monkeypatch):
        monkeypatch.setattr(
            "immunoportal.publication.public_pages.clock.moment",
            lambda: (_ for _ in ()).throw(RuntimeError),
        )

        response = Client(raise_request_exception=False).get("/it/")

        assert response.status_code == 500
        self.assert_secure(response)

    def test_are_on_what_has_not_changed(self, client):
        first = client.get("/it/")

        response = client.get("/it/", headers={"if-none-match": first["ETag"]})

        assert response.status_code == 304
        self.assert_secure(response)

    def test_no_public_page_asks_for_a_nonce(self, client):
        for path, _status in ANSWERS.values():
            if not path.startswith("/admin/"):
                response = get(client, path)
                assert "nonce" not in response["Content-Security-Policy"]


class TestFiles:
    """What is no page carries what a file needs, and nothing else."""

    NEEDED = {
        "Content-Type", "Content-Length", "Cache-Control", "ETag", "Last-Modified",
        "X-Content-Type-Options", "Cross-Origin-Resource-Policy",
    }  # fmt: skip

    @pytest.mark.parametrize(
        "name", ["css/page.css", "js/dialog.js", "fonts/literata-600.woff2", "apple-touch-icon.png"]
    )
    def test_a_static_file_is_lean(self, client, name):
        response = get(client, f"/static/immunoportal/{name}")

        assert set(headers_of(response)) == self.NEEDED
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"

    @pytest.mark.parametrize("name", ["favicon.svg", "fonts/literata.OFL.txt"])
    def test_what_could_act_as_a_page_is_confined(self, client, name):
        response = get(client, f"/static/immunoportal/{name}")

        assert set(headers_of(response)) == self.NEEDED | {"Content-Security-Policy"}
        assert {"sandbox", "default-src 'none'"} <= parts(response["Content-Security-Policy"], ";")

    def test_says_that_the_site_is_secure(self, settings):
        settings.SECURE_HSTS_SECONDS = 60

        response = get(Client(), "/static/immunoportal/css/page.css")

        assert response["Strict-Transport-Security"] == "max-age=60; includeSubDomains"

    def test_a_picture_from_the_library_is_lean_too(self, client):
        article = make_article()
        add_figure(article, image=(image := make_image()))
        publish(article)

        response = get(client, image.renditions.ready().get().get_absolute_url())

        assert response.status_code == 200
        assert set(headers_of(response)) == self.NEEDED - {"Last-Modified"} | {"Accept-Ranges"}


@pytest.mark.usefixtures("_site")
class TestLinksAhead:
    """A browser may fetch public pages before their links are followed, and nothing else."""

    def test_pages_that_all_may_keep_name_the_rules(self, client):
        named = {
            name: get(client, path).get("Speculation-Rules") for name, (path, _) in ANSWERS.items()
        }

        rules = named["page"].strip('"')
        assert {name for name, value in named.items() if value} == {"page", "home"}
        assert get(client, rules)["Content-Type"] == "application/speculationrules+json"

    @pytest.mark.parametrize("language", ["it", "en"])
    def test_forms_and_the_reserved_area_are_left_out(self, client, language):
        address = client.get(f"/{language}/")["Speculation-Rules"].strip('"')
        (rule,) = json.loads(b"".join(client.get(address)))["prefetch"]
        allowed, left_out = rule["where"]["and"][0], rule["where"]["and"][1]["not"]

        def matches(url: str, condition: dict) -> bool:
            patterns = [pattern.replace(":language", "*") for pattern in condition["href_matches"]]
            return any(fnmatchcase(url, pattern) for pattern in patterns)

        with translation.override(language):
            for name in (
                "account_login",
                "account_profile",
                "contact:contact",
                "articles:professionals",
            ):
                assert matches(reverse(name), left_out), name
            for name in ("articles:home", "articles:list", "articles:topics"):
                assert matches(reverse(name), allowed), name
                assert not matches(reverse(name), left_out), name
        for url in ("/admin/", "/media/x.jpg", "/static/x.css"):
            assert matches(url, left_out), url


@pytest.mark.usefixtures("_site")
class TestKeeping:
    @pytest.mark.parametrize("path", ["/healthz", "/readyz", "/it/manca/", "/media/x.jpg"])
    def test_what_says_nothing_of_it_may_not_be_kept(self, client, path):
        assert client.get(path)["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("path", ["/it/", "/", "/robots.txt", "/favicon.ico"])
    def test_what_says_so_may_be_kept(self, client, path):
        assert "public" in client.get(path)["Cache-Control"]

    def test_static_files_say_it_themselves(self, client):
        there = get(client, "/static/immunoportal/favicon.svg")
        missing = client.get("/static/immunoportal/missing.svg")

        assert "max-age" in there["Cache-Control"]
        assert (missing.status_code, missing["Cache-Control"]) == (404, "no-store")

    def test_a_file_for_ever_varies_by_its_packing_alone(self, rf):
        headers = {
            "Cache-Control": "max-age=1, public, immutable",
            "Vary": "Cookie, Accept-Encoding, Accept-Language",
        }
        middleware = SecurityHeadersMiddleware(lambda _request: HttpResponse(headers=headers))

        assert middleware(rf.get("/"))["Vary"] == "Accept-Encoding"

    @pytest.mark.parametrize("path", ["/it/", "/", "/robots.txt", "/favicon.ico"])
    @pytest.mark.parametrize("cookie", ["session=x", "csrf=x", "session=; csrf=", "csrf=x;y"])
    def test_what_any_cache_may_hold_carries_nobodys_cookie(self, client, path, cookie):
        response = client.get(path, headers={"cookie": cookie})

        assert not response.cookies
        assert "cookie" not in response.get("Vary", "").lower()

    def test_the_log_in_keeps_its_cookies(self, client):
        response = client.get("/it/account/login/")

        assert "csrf" in response.cookies
        assert "Cookie" in response["Vary"]
        assert "public" not in response["Cache-Control"]


@pytest.mark.usefixtures("_site")
class TestCompression:
    def test_a_compressed_page_is_the_page_and_is_known_again(self, client):
        plain = client.get("/it/")

        packed = client.get("/it/", headers={"accept-encoding": "gzip"})
        again = client.get(
            "/it/", headers={"accept-encoding": "gzip", "if-none-match": packed["ETag"]}
        )

        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == plain.content
        assert packed["ETag"].removeprefix("W/") == plain["ETag"].removeprefix("W/")
        assert "Accept-Encoding" in packed["Vary"]
        assert again.status_code == 304


def headers_of(response, *, without: Set[str] = frozenset()) -> dict[str, str]:
    return {name: value for name, value in response.items() if name not in without}


@pytest.mark.usefixtures("_site")
class TestConditionalRequest:
    """RFC 9110, sections 9.3.2 (HEAD) and 15.4.5 (304)."""

    PAGES = pytest.mark.parametrize("path", ["/it/", "/robots.txt"])
    METHODS = pytest.mark.parametrize("method", ["GET", "HEAD"])
    PACKINGS = pytest.mark.parametrize("packing", ["identity", "gzip"])

    @PAGES
    def test_head_has_the_headers_of_get(self, client, path):
        got = client.get(path)

        response = client.head(path)

        assert response.content == b""
        assert got["ETag"]
        assert got["Content-Length"] == str(len(got.content))
        assert headers_of(response) == headers_of(got)

    @PAGES
    def test_head_has_them_compressed_too(self, client, path):
        got = client.get(path, headers={"accept-encoding": "gzip"})

        response = client.head(path, headers={"accept-encoding": "gzip"})

        assert got.get("Content-Encoding") == ("gzip" if path == "/it/" else None)
        assert headers_of(response) == headers_of(got)

    def test_only_what_everybody_may_keep_is_packed_without_padding(self, client):
        gzip = {"accept-encoding": "gzip"}

        lengths = {
            path: {client.get(path, headers=gzip)["Content-Length"] for _time in range(6)}
            for path in ("/it/", "/it/account/login/")
        }

        assert len(lengths["/it/"]) == 1
        assert len(lengths["/it/account/login/"]) > 1

    @PAGES
    @METHODS
    @PACKINGS
    def test_304_repeats_what_200_says(self, client, path, method, packing):
        ask = {"accept-encoding": packing}
        got = client.get(path, headers=ask)
        own = {"Content-Length", "Content-Type", "Content-Encoding", "Content-Language"}
        own |= {"Speculation-Rules"}  # the page's, which is not sent again

        response = client.generic(method, path, headers=ask | {"if-none-match": got["ETag"]})

        assert (response.status_code, response.content) == (304, b"")
        assert {"ETag", "Cache-Control"} <= set(headers_of(got))
        assert headers_of(response, without=own) == headers_of(got, without=own)

    @METHODS
    def test_by_date_is_answered_for_get_and_head_alike(self, client, method):
        since = client.get("/it/")["Last-Modified"]

        response = client.generic(method, "/it/", headers={"if-modified-since": since})

        assert response.status_code == 304

    @METHODS
    def test_gets_the_page_when_it_has_changed(self, client, method):
        response = client.generic(method, "/it/", headers={"if-none-match": '"old"'})

        assert response.status_code == 200


@pytest.mark.usefixtures("_site")
class TestCrossSite:
    def test_a_form_from_elsewhere_is_refused(self):
        client = Client(enforce_csrf_checks=True)

        response = client.post("/it/account/login/", {"login": "x", "password": "y"})

        assert response.status_code == 403
