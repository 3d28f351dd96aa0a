"""Pictures that everybody may see, sent from the memory that stands before Django."""

import pytest

from articles.publishing import verbs
from immunoportal.publication import readers
from immunoportal.publication.page_cache import PageCache
from immunoportal.wsgi import handler
from tests.factories import add_figure, make_article, make_editor, make_image, publish
from tests.immunoportal.publication.steps import ask

pytestmark = pytest.mark.django_db(transaction=True)


class Django:
    """The portal without its page cache, which counts how often it is asked."""

    asked = 0

    def __call__(self, environ, start_response):
        self.asked += 1
        return handler(environ, start_response)


@pytest.fixture
def django():
    return Django()


@pytest.fixture
def cache(django, monkeypatch):
    # As if the lease of a reading had run out by the next request.
    monkeypatch.setattr(readers, "LEASE", 0)
    return PageCache(django, 1_000_000)


@pytest.fixture
def article():
    article = make_article()
    add_figure(article, image=make_image())
    publish(article, "it")
    return article


@pytest.fixture
def picture(article):
    """The row of a picture that everybody may see."""
    return article.articles_figure_set.get().image.renditions.ready().get()


class TestStoredPicture:
    def test_is_sent_from_memory_whole_and_in_part_for_as_long_as_it_is_public(
        self, cache, django, article, picture
    ):
        address = picture.get_absolute_url()

        first = ask(cache, address)
        again = ask(cache, address, accept_encoding="gzip, br")
        part = ask(cache, address, range="bytes=2-5")
        beyond = ask(cache, address, range="bytes=99999-")
        known = ask(cache, address, if_none_match=first["ETag"], range="bytes=99999-")
        assert django.asked == 1
        verbs.withdraw(article, "it", by=make_editor())
        withdrawn = ask(cache, address)

        assert first == again
        assert first["ETag"] == f'"{picture.name}"'
        assert first["Content-Length"] == str(len(first.body)) == str(picture.bytes)
        assert "immutable" in first["Cache-Control"]
        assert not {"vary", "content-encoding", "content-security-policy"} & set(first.headers)
        assert (part.status, part.body) == (206, first.body[2:6])
        assert part["Content-Range"] == f"bytes 2-5/{len(first.body)}"
        assert part["Content-Length"] == "4"
        assert (beyond.status, beyond.body) == (416, b"")
        assert beyond["Content-Range"] == f"bytes */{len(first.body)}"
        assert beyond["Cache-Control"] == "no-store"
        assert (known.status, known.body) == (304, b"")
        assert withdrawn.status == 404

    def test_has_one_address(self, cache, django, picture):
        address = picture.get_absolute_url()

        unstored = [ask(cache, address, f"x={number}").status for number in range(2)]
        ask(cache, address)
        stored = ask(cache, address, "x=1")

        assert (unstored, django.asked) == ([200, 200], 3)
        assert (stored.status, stored["Location"]) == (302, address)

    def test_is_left_to_our_nginx_with_all_that_is_asked(self, cache, django, picture, settings):
        settings.BEHIND_NGINX = True
        address = picture.get_absolute_url()

        first = ask(cache, address)
        again = ask(cache, address, range="bytes=2-5", if_match='"nginx has another"')

        assert first == again
        assert (again.status, again.body, django.asked) == (200, b"", 1)
        assert again["X-Accel-Redirect"] == f"/protected-renditions/{picture.name}"
