"""Pages of two hosts through nginx: packed right, kept for a second, and never too late."""

import gzip
import time
from datetime import datetime, timedelta

import brotli
import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Edition
from immunoportal import guards
from immunoportal.publication import clock
from tests.deploy.parts import NAME
from tests.factories import make_article, make_edition, publish
from tests.mail_server import eventually

ENCODINGS = ("br", "gzip", "br, gzip", "identity")


@pytest.fixture
def page(site):
    """The address of an article that all hosts know of."""
    article = make_article()
    edition, _other = publish(article)
    path = edition.get_absolute_url()
    assert path.startswith("/it/")
    eventually(lambda: all(host.get(path).status == 200 for host in site.hosts))
    return path


def unpacked(answer) -> bytes:
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
    return unpack[answer["Content-Encoding"]](answer.content)


class TestPages:
    def test_are_packed_as_browsers_like_them(self, site, page):
        answers = {encoding: site.nginx.get(page, encoding=encoding) for encoding in ENCODINGS}
        # the first reader does not wait for Brotli
        answers |= {encoding: site.nginx.get(page, encoding=encoding) for encoding in ENCODINGS}
        eventually(lambda: site.nginx.get(page, encoding="br, gzip")["Content-Encoding"] == "br")

        assert len({unpacked(answer) for answer in answers.values()}) == 1
        assert answers["gzip"]["Content-Encoding"] == "gzip"
        assert answers["identity"]["Content-Encoding"] is None
        for answer in answers.values():
            assert answer["Vary"] == "Accept-Encoding"
            assert answer["Cache-Control"] == "public, no-cache"
            assert answer["Strict-Transport-Security"]
            assert "X-Accel-Expires" not in answer.headers
            assert answer["ETag"]

    def test_are_asked_for_once_a_second(self, site, page):
        # nginx knows each page only by the second: one that begins within it is asked for again
        before, started, asked = site.count(page), int(time.time()), 0
        while time.time() < started + 3.5 or asked < 50:
            assert site.nginx.get(page, encoding="gzip").status == 200
            asked += 1
        seconds = int(time.time()) - started + 1

        fetched = site.count(page) - before
        assert 1 < fetched <= seconds + 1 < asked

    def test_answer_304_to_whoever_has_them(self, site, page):
        first = site.nginx.get(page, encoding="gzip")

        again = site.nginx.get(page, encoding="gzip", If_None_Match=first["ETag"])

        assert (again.status, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
        assert again["Cache-Control"] == "public, no-cache"

    def test_of_strangers_fill_nothing(self, site, page):
        for number in range(8):
            for query in (f"?{number}=a", f"?utm_source={number}", f"?page={number}"):
                site.nginx.get(page + query, encoding=f"gzip;q=0.{number}1", source="127.0.3.1")
            site.nginx.get(f"{page}{number}/", source="127.0.3.1")

        kept = [key for key in site.nginx.kept() if key.startswith(f"{NAME}{page}")]
        assert {key.split(" ")[0] for key in kept} <= {f"{NAME}{page}"}

    def test_for_one_person_are_kept_by_nobody(self, site, page, editor):
        edit = editor.ask("/admin/articles/article/")
        profile = editor.ask("/en/account/")
        stranger = site.nginx.get("/en/account/")

        assert (edit.status, profile.status, stranger.status) == (200, 200, 302)
        assert not [key for key in site.nginx.kept() if "/admin/" in key or "/account/" in key]


class TestChanges:
    def test_are_seen_by_everybody_once_the_editor_is_told(self, site, editor):
        article = make_article()
        edition, _english = publish(article)
        path = edition.get_absolute_url()
        for _round in range(3):
            eventually(lambda: site.nginx.get(path).status == 200)
            for encoding in ENCODINGS:  # nginx has just fetched it
                assert site.nginx.get(path, encoding=encoding).status == 200
            url = reverse("admin:articles_article_withdraw", args=[article.pk, "it"])

            told = editor.submit(url, note="Per prova")

            assert told.status == 302
            statuses = [site.nginx.get(path, encoding=encoding).status for encoding in ENCODINGS]
            assert set(statuses) <= {404, 410}
            publish(article, "it")

    def test_of_the_time_are_seen_at_their_second(self, site):
        article = make_article()
        _italian, english = publish(article)
        path = english.get_absolute_url()
        begins = timezone.now() + timedelta(seconds=2.5)
        Article.objects.filter(pk=article.pk).update(lead_en="The next edition has begun.")
        follow_with_another(Article.objects.get(pk=article.pk), begins)
        moment = begins.timestamp()
        # when it was asked for, whether it was the new page, and when it came
        seen: list[tuple[float, bool, float]] = []
        while time.time() < moment + 1.5:
            sent = time.time()
            answer = site.nginx.get(path, encoding="identity")
            seen.append((sent, b"has begun" in answer.content, time.time()))

        early = [received for _sent, is_new, received in seen if is_new and received < moment]
        late = [sent for sent, is_new, _received in seen if not is_new and sent >= moment]
        assert (early, late) == ([], [])
        assert {is_new for _sent, is_new, _received in seen} == {True, False}


def follow_with_another(article: Article, moment: datetime):
    """Have the live English edition end at a moment, and another begin."""
    with guards.lifted():
        Edition.objects.filter(article=article, language="en").update(valid_until=moment)
        make_edition(article, "en", valid_from=moment, first_published_at=moment)
        clock.advance()
