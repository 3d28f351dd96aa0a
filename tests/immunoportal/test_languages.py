"""The language that a browser asks for, and the versions of a page."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from immunoportal import languages

HEADERS = [
    ("", "it"),
    ("it", "it"),
    ("en", "en"),
    ("EN", "en"),
    ("en-GB", "en"),
    ("it-CH, en;q=0.9", "it"),
    ("en-US,en;q=0.9,it;q=0.8", "en"),
    ("en;q=0.3, it;q=0.7", "it"),
    ("de, fr;q=0.9", "it"),
    ("de, en;q=0.1", "en"),
    ("de-DE,de;q=0.9,en;q=0.8,it;q=0.7", "en"),
    ("*", "it"),
    ("fr, *;q=0.5", "it"),
    ("en;q=0", "it"),
    ("it;q=0, en;q=0.1", "en"),
    # nonsense
    ("xx-klingon", "it"),
    ("en;q=abc", "it"),
    ("en;q=2", "it"),
    (";;;,,,", "it"),
    ("\x00", "it"),
    ("en\x00", "it"),
    ("../../etc/passwd", "it"),
    ("<script>", "it"),
    ("ènglish", "it"),
    ("en" * 5000, "it"),
    ("en-" * 5000, "it"),
    ("a," * 5000 + "en", "it"),
    ("en," * 5000, "en"),
]


class TestPreferred:
    @pytest.mark.parametrize(("header", "language"), HEADERS)
    def test_is_what_the_header_asks_for_first_among_ours(self, rf, header, language):
        request = rf.get("/", headers={"accept-language": header})

        assert languages.preferred(request) == language

    def test_is_the_default_without_a_header(self, rf):
        assert languages.preferred(rf.get("/")) == "it"

    def test_heeds_no_cookie(self, rf):
        request = rf.get("/", headers={"cookie": f"{settings.LANGUAGE_COOKIE_NAME}=en"})

        assert languages.preferred(request) == "it"


class TestAlternates:
    def test_are_the_addresses_in_each_language_the_default_first(self):
        found = languages.alternates(lambda: reverse("contact:contact"))

        assert found == [
            languages.Alternate("it", "/it/contatti/"),
            languages.Alternate("en", "/en/contact/"),
        ]
        assert [alternate.label for alternate in found] == ["versione italiana", "English version"]

    def test_leave_out_a_language_without_such_a_page(self):
        found = languages.alternates(lambda: "/x/" if translation.get_language() == "en" else None)

        assert found == [languages.Alternate("en", "/x/")]

    def test_are_those_that_are_asked_for(self):
        assert languages.alternates(lambda: "/x/", ["it"]) == [languages.Alternate("it", "/x/")]

    def test_leave_the_active_language_as_it_was(self):
        with translation.override("en"):
            languages.alternates(lambda: "/x/")

            assert translation.get_language() == "en"
