"""What comes before there is a request."""

import pytest
from django.test import RequestFactory

from immunoportal.wsgi import Request

# Those that Python knows, and which are none of text or fail with any.
NO_TEXT = ["zlib", "hex", "rot13", "undefined", "idna", "bz2"]


def request_with(charset: str, query: str) -> Request:
    environ = RequestFactory().get("/en/").environ
    return Request(
        environ | {"CONTENT_TYPE": f"text/plain; charset={charset}", "QUERY_STRING": query}
    )


class TestCharset:
    @pytest.mark.parametrize("charset", [*NO_TEXT, "nonsense"])
    def test_that_is_none_of_text_counts_like_none(self, charset):
        request = request_with(charset, "next=%C3%A8")

        assert request.GET["next"] == "è"
        assert request.encoding is None

    def test_of_text_counts(self):
        assert request_with("latin-1", "next=%E8").GET["next"] == "è"
