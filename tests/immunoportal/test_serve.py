"""``manage.py serve`` for real: processes, signals, and a data directory of its own."""

import os
import signal
import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.factories import make_user
from tests.mail_server import eventually
from tests.portal import TOO_SHORT, Portal, children


@pytest.fixture
def portal(tmp_path):
    with Portal(tmp_path) as portal:
        yield portal


@pytest.fixture
def prepared_portal(tmp_path, prepared_data):
    with Portal(tmp_path, prepared_data) as portal:
        yield portal


@pytest.mark.skipif(
    not Path(f"/proc/self/task/{os.getpid()}/children").exists(),
    reason="finds the processes through Linux's /proc",
)
class TestServe:
    def test_sets_up_serves_and_stops(self, portal):
        # an empty directory has become a portal with its first article and administrator
        assert portal.get("/en/articles/immunotherapy-how-it-works/") == 200
        assert portal.get("/readyz") == 200
        first = portal.output()
        assert "The first administrator" in first
        assert "The launch content is loaded." in first

        # Ctrl-C stops all
        running = children(portal.process.pid)
        assert portal.stop(signal.SIGINT) == 0
        assert portal.get("/healthz") is None
        for pid in running.values():
            assert not Path(f"/proc/{pid}").exists()

    def test_mends_its_processes_and_takes_them_along_when_it_is_killed(self, prepared_portal):
        portal = prepared_portal
        time.sleep(TOO_SHORT)
        running = children(portal.process.pid)

        for pid in running.values():
            os.kill(pid, signal.SIGKILL)

        for name, pid in running.items():
            eventually(
                lambda name=name, pid=pid: children(portal.process.pid).get(name) not in (None, pid)
            )
        eventually(lambda: portal.get("/readyz") == 200)
        running = children(portal.process.pid)

        portal.process.kill()
        portal.process.wait()

        eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in running.values()))


@pytest.mark.django_db
class TestSecondSetup:
    def test_neither_asks_nor_adds_anything(self, monkeypatch, settings, tmp_path):
        settings.DATA_DIR = tmp_path
        asked = []
        monkeypatch.setattr(
            "immunoportal.management.commands.setup.call_command",
            lambda name, **_options: asked.append(name),
        )
        beginning = {"create_first_administrator", "load_launch_content"}
        call_command("setup")
        assert beginning < set(asked)
        make_user()
        asked.clear()

        call_command("setup")

        assert asked
        assert beginning.isdisjoint(asked)


class TestPortInUse:
    def test_ends_with_a_word_about_it(self, tmp_path):
        portal = Portal(tmp_path)
        with socket.create_server(("127.0.0.1", portal.port)):
            portal.launch()

            assert portal.process.wait(timeout=60) == 1

        portal.log.close()
        assert f"Port {portal.port} cannot be used" in portal.output()
        assert "The first administrator" not in portal.output()


class TestOldDatabase:
    """One whose tables were made before the migrations began anew."""

    def test_is_left_untouched_with_a_word_about_it(self, tmp_path):
        portal = Portal(tmp_path)
        portal.data.mkdir()
        before = self.make(portal.data / "immunoportal.sqlite3")
        portal.launch()

        assert portal.process.wait(timeout=60) == 1

        portal.log.close()
        assert "start with an empty one (another DATA_DIR" in portal.output()
        assert self.dump(portal.data / "immunoportal.sqlite3") == before

    def make(self, path: Path) -> list[str]:
        """Write down what such a database says of itself, and a user."""
        with sqlite3.connect(path) as database:
            database.executescript(
                """
                CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app TEXT, name TEXT,
                    applied TEXT);
                INSERT INTO django_migrations (app, name, applied) VALUES
                    ('account', '0001_initial', '2026-11-20'),
                    ('accounts', '0001_initial', '2026-11-20'),
                    ('articles', '0001_initial', '2026-11-20');
                CREATE TABLE accounts_user (id INTEGER PRIMARY KEY, email TEXT);
                INSERT INTO accounts_user (email) VALUES ('anna@example.org');
                """
            )
        database.close()
        return self.dump(path)

    def dump(self, path: Path) -> list[str]:
        with closing(sqlite3.connect(path)) as database:
            return list(database.iterdump())
