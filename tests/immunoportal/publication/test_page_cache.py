"""The page cache in front of an application that counts how often it is asked."""

import gzip
import threading
from datetime import UTC, datetime, timedelta

import brotli
import pytest
import time_machine

from immunoportal.publication import clock, page_cache
from immunoportal.publication.clock import NEVER
from immunoportal.publication.page_cache import PageCache
from immunoportal.publication.public_pages import page_number
from tests.immunoportal.publication.steps import PATH, Clock, Site, ask

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def site(monkeypatch):
    shown = Clock()
    monkeypatch.setattr(clock, "_reader", shown)
    return Site(shown)


@pytest.fixture
def cache(site):
    return PageCache(site, 1_000_000)


class TestHit:
    def test_answers_without_the_application(self, cache, site):
        first, second = ask(cache), ask(cache)

        assert site.asked == 1
        assert first == second
        assert second.body == site.text
        assert second["X-Frame-Options"] == "DENY"
        assert second["Content-Length"] == str(len(site.text))
        assert second["Vary"] == "Accept-Encoding"

    def test_packs_the_page_as_the_request_likes(self, cache, site):
        new = ask(cache, accept_encoding="gzip, br")
        again = ask(cache, accept_encoding="gzip, br")

        assert new["Content-Encoding"] == "gzip"
        assert gzip.decompress(new.body) == site.text
        assert again["Content-Encoding"] == "br"
        assert brotli.decompress(again.body) == site.text
        assert len({new["ETag"], again["ETag"], ask(cache)["ETag"]}) == 3
        assert again["Content-Length"] == str(len(again.body))

    def test_packs_a_new_page_with_brotli_where_nothing_else_is_accepted(self, cache, site):
        new = ask(cache, accept_encoding="br, identity;q=0")

        assert (new.status, new["Content-Encoding"]) == (200, "br")
        assert brotli.decompress(new.body) == site.text

    def test_refuses_a_request_that_takes_nothing(self, cache):
        assert ask(cache, accept_encoding="identity;q=0").status == 406

    @pytest.mark.parametrize("tag", ["ETag", "W/ETag", '"other", ETag', "*"])
    def test_sends_nothing_twice(self, cache, site, tag):
        first = ask(cache)

        answer = ask(cache, if_none_match=tag.replace("ETag", first["ETag"]))

        assert (answer.status, answer.body) == (304, b"")
        assert set(answer.headers) == {"etag", "cache-control", "vary"}
        assert answer["ETag"] == first["ETag"]
        assert site.asked == 1

    def test_refuses_what_must_match_and_does_not(self, cache):
        assert ask(cache, if_match='"other"').status == 412

    def test_heads_have_the_headers_of_the_page(self, cache, site):
        head, got = ask(cache, method="HEAD"), ask(cache)

        assert head.body == b""
        assert head.headers == got.headers
        assert site.asked == 1

    @pytest.mark.parametrize(
        "header",
        [{"cookie": "session=x"}, {"authorization": "Basic x"}, {"range": "bytes=0-1"},
         {"x_forwarded_host": "evil.example"}, {"accept_language": "en"}],
    )  # fmt: skip
    def test_heeds_no_other_header(self, cache, site, header):
        assert ask(cache, **header) == ask(cache)
        assert site.asked == 1

    def test_parts_http_from_https(self, site):
        cache = PageCache(site, 1_000_000, https_header=("HTTP_X_FORWARDED_PROTO", "https"))

        ask(cache, x_forwarded_proto="https")
        ask(cache, x_forwarded_proto="http")

        assert site.asked == 2

    @pytest.mark.parametrize("changes", [{"method": "POST"}, {"host": "evil.example"}])
    def test_leaves_the_rest_to_the_application(self, cache, site, changes):
        site.is_public = False
        ask(cache)

        ask(cache, **changes)

        assert site.asked == 2
        assert not cache._pages


class TestMoment:
    def test_ends_with_the_next_public_change(self, cache, site):
        ask(cache)
        site.text = b"changed"
        assert ask(cache).body != b"changed"
        site.clock.version += 1

        assert ask(cache).body == b"changed"

    def test_ends_when_something_begins_or_ends(self, cache, site):
        site.since, site.until = NOON, NOON + timedelta(hours=1)
        with time_machine.travel(NOON, tick=False) as now:
            ask(cache)
            now.shift(3599)
            ask(cache)
            assert site.asked == 1
            now.shift(1)
            ask(cache)
            assert site.asked == 2

    def test_is_not_the_one_before_for_a_clock_that_was_set_back(self, cache, site):
        site.since = NOON
        with time_machine.travel(NOON, tick=False) as now:
            ask(cache)
            now.shift(-3600)
            ask(cache)

        assert site.asked == 2

    def test_leaves_a_page_packed_that_is_the_same_in_the_next(self, cache, site):
        ask(cache, accept_encoding="br")
        packed = ask(cache, accept_encoding="br").body
        site.clock.version += 1

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("brotli.compress", lambda *_arguments, **_options: pytest.fail("again"))
            assert ask(cache, accept_encoding="br").body == packed


class TestStore:
    @pytest.mark.parametrize(
        "changes",
        [{"is_public": False}, {"status": "404 Not Found"}, {"extra": [("Set-Cookie", "a=b")]},
         {"until": clock.BEGINNING}],
    )  # fmt: skip
    def test_takes_only_what_is_public(self, cache, site, changes):
        for name, value in changes.items():
            setattr(site, name, value)

        first, second = ask(cache), ask(cache)

        assert site.asked == 2
        assert first.body == second.body == site.text
        assert not cache._pages

    def test_lets_go_of_what_was_not_asked_for_longest(self, site):
        cache = PageCache(site, 5 * (page_cache.OVERHEAD + len(site.text)))
        for number in range(5):
            ask(cache, f"/it/{number}/")
        ask(cache, "/it/0/")

        ask(cache, "/it/5/")

        assert [path for _scheme, path, _query in cache._pages] == [
            "/it/2/", "/it/3/", "/it/4/", "/it/0/", "/it/5/",
        ]  # fmt: skip

    def test_counts_what_it_holds(self, site):
        cache = PageCache(site, 20 * page_cache.OVERHEAD)
        for number in range(50):
            for coding in ("gzip", "br", "br", "identity"):
                ask(cache, f"/it/{number % 30}/", accept_encoding=coding)
            site.clock.version += number % 7 == 0

        held = sum(page.body.size + page_cache.OVERHEAD for page in cache._pages.values())
        assert cache._bytes == held <= cache.most_bytes

    def test_does_without_a_page_that_is_too_large(self, cache, site):
        site.text = b"x" * 5_000_000

        assert ask(cache, accept_encoding="gzip, br")["Content-Encoding"] == "gzip"
        assert not cache._pages


class TestQuery:
    @pytest.fixture
    def site(self, site):
        site.query = {"page": page_number}
        return site

    def test_is_part_of_the_address(self, cache, site):
        for query in ("", "page=2", "page=3", "page=2"):
            ask(cache, query=query)

        assert site.asked == 3

    @pytest.mark.parametrize(
        ("query", "location"),
        [
            ("utm_source=x", PATH),
            ("page=1", PATH),
            ("page=02&fbclid=y", f"{PATH}?page=2"),
            ("page=3&page=2", f"{PATH}?page=2"),
            ("next=//evil.example", PATH),
        ],
    )
    def test_that_no_view_takes_leads_to_the_page_without_it(self, cache, site, query, location):
        ask(cache)

        answer = ask(cache, query=query)

        assert (answer.status, answer["Location"]) == (302, location)
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Frame-Options"] == "DENY"
        assert site.asked == 1
        assert len(cache._pages) == 1

    def test_without_one_form_is_left_to_the_view(self, cache, site):
        ask(cache)
        site.is_public = False

        assert ask(cache, query="page=abc").status == 200
        assert site.asked == 2

    def test_leads_to_an_address_that_is_written_as_one(self, cache, site):
        path = "/it/città/".encode().decode("latin-1")
        ask(cache, path)

        assert ask(cache, path, "x=y")["Location"] == "/it/citt%C3%A0/"


class TestCoalescing:
    def ask_together(self, site, cache, monkeypatch):
        """Ask in two threads, the second one while the first one's page is being made."""
        begun, may_end = threading.Event(), threading.Event()
        make = site.__call__

        def slow(environ, start_response):
            begun.set()
            assert may_end.wait(10)
            return make(environ, start_response)

        cache.application = slow
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(ask(cache))) for _ in range(2)]
        threads[0].start()
        assert begun.wait(10)
        waiting = threading.Event()

        def is_public(path):
            waiting.set()
            return True

        monkeypatch.setattr(page_cache, "is_public", is_public)
        threads[1].start()
        assert waiting.wait(10)
        may_end.set()
        for thread in threads:
            thread.join()
        assert not cache._in_the_making
        return answers

    def test_makes_a_page_once_for_all_who_ask(self, cache, site, monkeypatch):
        first, second = self.ask_together(site, cache, monkeypatch)

        assert first.body == second.body
        assert site.asked == 1

    def test_does_not_wait_for_ever_for_what_is_not_stored(self, cache, site, monkeypatch):
        site.is_public = False

        self.ask_together(site, cache, monkeypatch)

        assert site.asked == 2

    def test_survives_an_application_that_fails(self, cache, site):
        def fail(environ, start_response):
            raise RuntimeError

        cache.application = fail
        with pytest.raises(RuntimeError):
            ask(cache)
        cache.application = site

        assert ask(cache).status == 200


class TestPublicAddress:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [("/it/articoli/", True), ("/en/articles/x/", True), ("/it/contatti/", False),
         ("/admin/", False), ("/nowhere/", False), ("/it/\xff/", False)],
    )  # fmt: skip
    def test_is_told_by_its_view(self, path, expected):
        assert page_cache.is_public(path) is expected


class TestOutage:
    @pytest.fixture
    def pass_time(self, monkeypatch):
        """Begins at noon; called, it lets so many seconds pass by all clocks."""
        with time_machine.travel(NOON, tick=False) as now:
            monkeypatch.setattr(page_cache.time, "monotonic", page_cache.time.time)
            yield now.shift

    def test_hands_out_what_is_stored_and_says_how_old_it_is(self, cache, site, pass_time, caplog):
        ask(cache)
        ask(cache)
        site.clock.is_away = True
        pass_time(599)

        answer = ask(cache)

        assert (answer.status, answer.body, answer["Age"]) == (200, site.text, "599")
        assert ask(cache, if_none_match=answer["ETag"])["Age"] == "599"
        assert [record.levelname for record in caplog.records] == ["WARNING"]

    @pytest.mark.parametrize(
        ("until", "seconds", "asked"),
        [(NEVER, 600, 0), (NEVER, 601, 1), (NOON + timedelta(seconds=60), 59, 0),
         (NOON + timedelta(seconds=60), 60, 1)],
    )  # fmt: skip
    def test_lasts_ten_minutes_and_nothing_that_begins_or_ends(
        self, cache, site, pass_time, until, seconds, asked
    ):
        site.until = until
        ask(cache)
        ask(cache)
        site.clock.is_away, site.is_public, site.asked = True, False, 0
        pass_time(seconds)

        ask(cache)

        assert site.asked == asked

    def test_does_not_bring_back_what_had_changed(self, cache, site):
        ask(cache, "/it/a/")
        site.clock.version += 1
        ask(cache, "/it/b/")
        site.clock.is_away, site.is_public, site.asked = True, False, 0

        ask(cache, "/it/b/")
        assert site.asked == 0
        ask(cache, "/it/a/")
        assert site.asked == 1


class TestBehindNginx:
    @pytest.mark.parametrize(
        ("seconds", "until", "kept"), [(0.9, 660, "@0"), (59.2, 660, "@59"), (59.2, 659.9, "0")]
    )
    def test_a_page_is_kept_to_the_end_of_the_second(self, site, seconds, until, kept):
        site.until = NOON + timedelta(seconds=until)
        cache = PageCache(site, 1_000_000, is_behind_nginx=True)
        with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
            answers = [ask(cache), ask(cache)]

        if kept != "0":
            kept = f"@{int(NOON.timestamp()) + int(kept[1:])}"
        assert [answer["X-Accel-Expires"] for answer in answers] == [kept, kept]

    def test_a_page_that_took_long_is_kept_no_longer(self, site):
        with time_machine.travel(NOON, tick=False) as clock_on_the_wall:

            def slow(environ, start_response):
                # The clock was read at the beginning; what is public may have changed since.
                content = site(environ, start_response)
                clock_on_the_wall.shift(3)
                return content

            answer = ask(PageCache(slow, 1_000_000, is_behind_nginx=True))

        assert answer["X-Accel-Expires"] == f"@{int(NOON.timestamp())}"

    def test_a_page_that_is_found_slowly_is_kept_no_longer(self, site, monkeypatch):
        cache = PageCache(site, 1_000_000, is_behind_nginx=True)
        with time_machine.travel(NOON, tick=False) as clock_on_the_wall:
            ask(cache)
            reading = site.clock.read()

            def read():
                clock_on_the_wall.shift(1)
                return reading

            monkeypatch.setattr(site.clock, "read", read)
            answer = ask(cache)

        assert site.asked == 1
        assert answer["X-Accel-Expires"] == f"@{int(NOON.timestamp())}"

    def test_a_page_that_may_be_old_is_not_kept(self, site):
        cache = PageCache(site, 1_000_000, is_behind_nginx=True)
        ask(cache)
        ask(cache)
        site.clock.is_away = True

        assert ask(cache)["X-Accel-Expires"] == "0"
