"""Who may keep an answer."""

import pytest
from django.http import HttpResponse

from immunoportal.publication.public_pages import keep_private, public_page

pytestmark = pytest.mark.django_db


class TestPublicPage:
    def test_lets_all_keep_a_page(self, rf):
        response = public_page()(lambda _request: HttpResponse("x"))(rf.get("/"))

        assert "public" in response["Cache-Control"]
        assert response["Last-Modified"]

    @pytest.mark.parametrize("said", ["private, no-store", "no-store", "max-age=5"])
    def test_leaves_alone_what_says_itself_how_it_may_be_kept(self, rf, said):
        answer = HttpResponse("x", headers={"Cache-Control": said})

        response = public_page()(lambda _request: answer)(rf.get("/"))

        assert response["Cache-Control"] == said
        assert "Last-Modified" not in response

    @pytest.mark.parametrize("status", [302, 403, 404])
    def test_lets_nobody_keep_what_is_no_page(self, rf, status):
        response = public_page()(lambda _request: HttpResponse(status=status))(rf.get("/"))

        assert "Cache-Control" not in response
        assert "Last-Modified" not in response


class TestKeepPrivate:
    def test_keeps_an_answer_from_caches_and_search_engines(self):
        response = keep_private(HttpResponse("x"))

        assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}
        assert response["X-Robots-Tag"] == "noindex"
