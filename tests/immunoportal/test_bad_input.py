"""Whatever the address says, the answer is a proper page: no crash, no way out of the site."""

from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from django.test import Client

from tests.factories import add_figure, make_article, make_topic, publish

pytestmark = pytest.mark.django_db

ODD = [
    "%00", "x%00y", "%0d%0aSet-Cookie:%20x=1", "%0a", "%09", "%ff", "%c3%28", "%ed%a0%80",
    "%f0%9f%92%89", "%e2%80%ae", "%", "%%", "%zz", "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5c",
    "../../etc/passwd", "..\\..\\windows", "\\evil.com", "/evil.com", "//evil.com",
    "%2f%2fevil.com", "\\\\evil.com\\x", "https://evil.com/", "https:evil.com",
    "javascript:alert(1)", "@evil.com",
    "<script>alert(1)</script>", "'\"><img src=x>", "' OR 1=1 --", "{{7*7}}", "{% load x %}",
    "${7*7}", "x;y=z", "x:y", "è", "免疫", "İ", "ß", "١", "a" * 300, "a/" * 3000, "-", "_", "~",
    " ",
    "+", "&", "=", "#", "%23", "?", "%3f", "None", "null", "undefined", "0", "-1", "1e999", "True",
    "index.php", "wp-login.php", ".env", ".git/config", "favicon.ico/", "robots.txt/",
]  # fmt: skip
PREFIXES = [
    "/", "/it/", "/en/articles/", "/it/argomenti/", "/media/", "/static/", "/admin/",
]  # fmt: skip
PAGES = [
    "/", "/it/", "/it/articoli/", "/en/articles/melanoma/", "/it/argomenti/cure/",
    "/en/contact/", "/robots.txt", "/favicon.ico", "/healthz", "/media/x", "/admin/",
]  # fmt: skip


@pytest.fixture(scope="module")
def asked():
    """What a client got, asked with exactly these bytes of a request line."""

    def ask(path: str, query: str = "", method: str = "GET", **headers):
        # As a server hands a request on: the path decoded, in latin-1; the query as it came.
        client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
        }
        return client.generic(method, "/", headers=headers, **environ)

    return ask


@pytest.fixture(scope="class")
def site(shared_rows):
    article = make_article(
        topic=make_topic(slug_it="cure", slug_en="care"), slug_it="melanoma", slug_en="melanoma"
    )
    add_figure(article)
    publish(article)


def assert_is_proper(response) -> None:
    assert response.status_code < 500
    if response["Cache-Control"] != "no-store" and not response.request["PATH_INFO"].startswith(
        "/admin/"
    ):
        assert not response.cookies
    assert "\n" not in response.get("Location", "")
    if 300 <= response.status_code < 400 and "Location" in response:
        target = response["Location"]
        # Nothing that a browser would take for another site.
        assert target.startswith("/"), target
        assert not target.startswith(("//", "/\\")), target
        assert urlsplit(target).netloc == ""


class TestPaths:
    @pytest.mark.parametrize("prefix", PREFIXES)
    def test_odd_ones_are_answered_properly(self, asked, site, prefix):
        # With a slash at its end it is looked up; without one it is sent there.
        ends = ("", "/") if prefix == "/it/" else ("/",)
        for path in (f"{prefix}{odd}{end}" for odd in ODD for end in ends):
            response = asked(path)

            assert_is_proper(response)
            assert response.status_code != 200 or path == "/it/#", path

    @pytest.mark.parametrize(
        "path",
        [
            "//", "///", "//evil.com", "//evil.com/", "//evil.com/it", "/\\evil.com",
            "/\\/evil.com",
            "///evil.com/..", "//it/", "//it/articoli", "/it//", "/it//articoli", "/it//evil.com",
            "/it//articoli/melanoma", "/it/articoli//melanoma/", "/%2fevil.com", "/%5cevil.com",
            "/it/%2f%2fevil.com", "/./it", "/../it", "/it/../en", "/it/./", "", "it", "*",
            "http://evil.com/", "http://evil.com/it",
        ],
    )  # fmt: skip
    def test_none_leads_out_of_the_site(self, asked, site, path):
        response = asked(path)

        assert_is_proper(response)

    @pytest.mark.parametrize("prefix", PREFIXES)
    @pytest.mark.parametrize("length", [2_000, 10_000, 100_000])
    def test_very_long_ones_are_not_found(self, asked, prefix, length):
        for word in ("a", "a-", "%00", "è", "../"):
            response = asked(f"{prefix}{word * (length // len(word))}/")

            assert_is_proper(response)
            assert 300 <= response.status_code < 500


class TestQueries:
    @pytest.mark.parametrize("path", PAGES)
    def test_odd_ones_are_answered_properly(self, asked, site, path):
        for odd in ODD:
            query = odd.encode().decode("latin-1")
            assert_is_proper(asked(path, f"page={query}&{query}=1&x[{query}]={query}"))

    @pytest.mark.parametrize("path", PAGES)
    def test_very_long_ones_are_answered_properly(self, asked, site, path):
        for query in ("x=" + "y" * 10_000, "page=" + "9" * 10_000, "&".join(["page=1"] * 900),
                      "&" * 10_000, "%00" * 3_000):  # fmt: skip
            assert_is_proper(asked(path, query))

    @pytest.mark.parametrize("path", ["/it/", "/en/account/login/", "/en/account/", "/admin/"])
    @pytest.mark.parametrize("name", ["session", "csrf", "device"])
    def test_a_nul_in_a_cookie_is_a_400(self, asked, site, path, name):
        response = Client().get(path, headers={"cookie": f'{name}="aaaaaaaa\\000aaaa"'})

        assert response.status_code == 400

    def test_more_fields_than_django_reads_are_a_400(self, asked, site):
        response = asked("/it/articoli/", "&".join(f"f{number}=1" for number in range(20_000)))

        assert response.status_code == 400

    @pytest.mark.parametrize(
        "path", ["/it/", "/en/articles/melanoma/", "/it/argomenti/cure/", "/en/privacy/"]
    )
    def test_nothing_of_them_gets_onto_the_page(self, asked, site, path):
        response = asked(path, "utm_source=%3Cscript%3Ealert(1)%3C/script%3E&next=//evil.com")

        assert (response.status_code, response["Location"]) == (302, path)


class TestMethods:
    @pytest.mark.parametrize("path", PAGES)
    def test_those_that_make_no_sense_are_refused(self, asked, site, path):
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW",
                       "PROPFIND", "get", "G\0T", "É"):  # fmt: skip
            response = asked(path, method=method)

            assert_is_proper(response)
            if not path.startswith("/admin/") and method.upper() != "GET":
                assert 400 <= response.status_code < 500, method


class TestHeaders:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("host", "evil.com"), ("host", ""), ("host", "127.0.0.1:99999999"), ("host", "[::1"),
            ("host", "a b"), ("x-forwarded-host", "evil.com"), ("x-forwarded-proto", "javascript"),
            ("cookie", "session=" + "x" * 4_000), ("cookie", "session=\0; csrf=\xff"),
            ("cookie", "django_language=../../x"), ("cookie", ";;;==="),
            ("if-none-match", "W/"), ("if-none-match", '"' * 3_000), ("if-none-match", "*"),
            ("if-modified-since", "yesterday"),
            ("if-modified-since", "Sat, 99 Foo 0000 99:99:99 GMT"),
            ("if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT"),
            ("accept-encoding", "x" * 3_000), ("accept-encoding", "gzip;q=nan"), ("accept", "\0"),
            ("range", "bytes=999999-"), ("content-length", "-1"), ("content-length", "x"),
            ("content-type", "multipart/form-data"), ("referer", "\xff\0"),
        ],
    )  # fmt: skip
    def test_odd_ones_are_answered_properly(self, asked, site, name, value):
        for path in ("/", "/it/", "/en/articles/melanoma/", "/it/manca/", "/admin/"):
            assert_is_proper(asked(path, **{name.replace("-", "_"): value}))
