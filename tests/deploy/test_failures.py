"""What readers and editors notice when a part of the site is killed: nothing, or little."""

import random
import signal
import threading
import time
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import override_settings

from immunoportal import environment
from tests.deploy.parts import Visitor
from tests.factories import make_article, publish
from tests.mail_server import eventually
from tests.pages import page_of


class Readers:
    """Readers who ask for pages without end, and note whatever goes wrong."""

    def __init__(self, nginx, paths: list[str], count: int = 3):
        self.nginx = nginx
        self.paths = paths
        self.answered = 0
        self.errors: list[str] = []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.read, args=(n,)) for n in range(count)]

    def read(self, number: int):
        chosen = random.Random(number)
        while not self.over.is_set():
            path = chosen.choice(self.paths)
            try:
                status = self.nginx.get(path, source=f"127.0.4.{number + 1}").status
            except OSError as error:
                self.errors.append(f"{path}: {error!r}")
            else:
                self.answered += 1
                if status != 200:
                    self.errors.append(f"{path}: {status}")

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self.over.set()
        for thread in self.threads:
            thread.join()


class TestHosts:
    def test_may_be_killed_at_any_time(self, site):
        editions = publish(make_article())
        # a page that is kept, others, and one that is asked for each time
        paths = [edition.get_absolute_url() for edition in editions] + ["/it/", "/healthz"]
        with Readers(site.nginx, paths) as readers:
            for host in (*site.hosts, *site.hosts):
                time.sleep(random.uniform(0.2, 1.2))
                host.kill()
                time.sleep(1)
                host.launch()
                eventually(host.is_up)
                # it gets work again
                before = host.count("/healthz")
                eventually(lambda host=host, before=before: host.count("/healthz") > before + 5)

        assert readers.errors == []
        assert readers.answered > 200

    def test_may_both_be_gone_for_a_while(self, site):
        path = publish(make_article())[0].get_absolute_url()
        eventually(lambda: site.nginx.get(path, encoding="gzip").status == 200)
        fresh = site.nginx.get(path, encoding="gzip")
        for host in site.hosts:
            host.kill()
        time.sleep(1.1)

        kept = site.nginx.get(path, encoding="gzip")
        forms = site.nginx.get("/it/contatti/")

        assert (kept.status, kept.content) == (200, fresh.content)
        assert forms.status == 502


def is_refused(answer) -> bool:
    return answer.status in (422, 429) and "too many" in page_of(answer).one("main").words.lower()


def is_logged_in(visitor: Visitor) -> bool:
    return visitor.ask("/en/account/").status == 200


class TestRedis:
    """What is counted stays counted, whatever Redis does."""

    @pytest.mark.parametrize("fault", ["killed", "emptied", "stopped"])
    def test_may_go_without_another_try_for_anybody(self, request, site, person, fault):
        anna, bruno = person(), person()
        visitor = Visitor(
            site.nginx, {"killed": "127.0.5.1", "emptied": "127.0.5.2"}.get(fault, "127.0.5.3")
        )
        for _ in range(5):
            assert not is_refused(visitor.log_in(anna, "wrong"))
        assert is_refused(visitor.log_in(anna))
        if fault == "stopped":
            request.addfinalizer(lambda: site.redis.signal(signal.SIGCONT))
            site.redis.signal(signal.SIGSTOP)
        else:
            site.redis.kill()
        if fault == "emptied":
            site.redis.start()

        assert is_refused(visitor.log_in(anna))
        # not on the other host either, and others are let in
        assert is_refused(visitor.log_in(anna))
        other = Visitor(site.nginx, "127.0.5.4")
        for host in site.hosts:
            assert host.get("/readyz").status == 200
            if fault != "emptied":
                # A host looks only every few seconds.
                eventually(lambda host=host: b"Redis is away" in host.get("/readyz").content)
        other.log_in(bruno)
        assert is_logged_in(other)

    def test_holds_locks_and_nothing_that_is_counted(self, site, shared, redis_client):
        shared.set("count", [2.5, 1.5], timeout=3600)
        shared.add("code", True, timeout=90)
        shared.add("lock", True, timeout=10)

        assert redis_client.keys() == [b"immunoportal:1:lock"]
        assert 0 < redis_client.ttl("immunoportal:1:lock") <= 10
        assert shared.get("count") == [2.5, 1.5]
        assert shared.get("lock") is True
        assert not shared.add("code", True, timeout=90)
        assert not shared.add("lock", True, timeout=10)

    @pytest.mark.parametrize("seconds", [5, 90])
    def test_gives_back_what_it_holds(self, site, shared, seconds):
        assert shared.add("key", 1, timeout=seconds)

        assert shared.touch("key", timeout=seconds)
        assert shared.delete("key")
        assert not shared.delete("key")
        assert not shared.touch("key", timeout=seconds)
        assert shared.get("key", "none") == "none"

    def test_sees_the_locks_of_a_host_that_cannot_reach_it(self, site, shared):
        site.redis.signal(signal.SIGSTOP)
        assert shared.add("lock", True, timeout=10)
        assert shared.condition().startswith("Redis is away (TimeoutError)")
        site.redis.signal(signal.SIGCONT)
        type(shared)._away_until = 0

        assert shared.condition() == "ok"
        assert not shared.add("lock", True, timeout=10)
        assert shared.delete("lock")
        assert shared.add("lock", True, timeout=10)

    def test_holds_no_lock_that_it_hears_of_too_late(self, site, shared, redis_client):
        with time_machine.travel(time.time() - 11):
            shared.add("lock", True, timeout=10)

        assert redis_client.get("immunoportal:1:lock") is None

    def test_may_close_a_connection_that_is_idle(self, site, shared, redis_client):
        shared.add("lock", True, timeout=10)
        redis_client.client_kill_filter(_type="normal", skipme=True)

        assert not shared.add("lock", True, timeout=10)
        assert shared.condition() == "ok"


@pytest.fixture
def shared(site, monkeypatch):
    """The hosts' cache, in this process."""
    monkeypatch.setenv("CACHE_URL", site.redis.url)
    with override_settings(CACHES={"default": environment.cache()}):
        cache: Any = caches["default"]
        cache.clear()
        yield cache
        type(cache)._away_until = 0
        cache.clear()
        cache._redis._cache.get_client(write=True).connection_pool.disconnect()


@pytest.fixture
def redis_client(site):
    from redis import Redis

    with Redis.from_url(site.redis.url) as client:
        yield client
