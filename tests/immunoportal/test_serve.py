"""``manage.py serve`` for real: processes, signals, and a data directory of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def eventually(condition, seconds=60):
    """The first true answer of a condition that is asked again and again.

    Raises:
        AssertionError: there was none in time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.2)
    raise AssertionError(f"{condition} did not come true in {seconds} seconds")


def children(pid: int) -> dict[str, int]:
    """The processes that a process has started, by what they are."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        command = Path(f"/proc/{child}/cmdline").read_text()
        found["worker" if "worker" in command else "web"] = int(child)
    return found


class Portal:
    """A running portal, as an operator has it in a terminal."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.port = free_port()
        self.log = (directory / "log").open("w+")
        self.process = None

    def start(self):
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "SITE_URL", "DJANGO_SETTINGS_MODULE")
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=settings.BASE_DIR,
            env=inherited | {"DATA_DIR": str(self.directory / "data"), "PORT": str(self.port)},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        eventually(lambda: self.get("/healthz") == 200)

    def get(self, path: str) -> int | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
                return answer.status
        except urllib.error.URLError:
            return None

    def output(self) -> str:
        return (self.directory / "log").read_text()

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@pytest.fixture
def portal(tmp_path):
    portal = Portal(tmp_path)
    portal.start()
    yield portal
    if portal.process.poll() is None:
        portal.stop(signal.SIGTERM)
    portal.log.close()


@pytest.mark.skipif(
    not Path(f"/proc/self/task/{os.getpid()}/children").exists(),
    reason="finds the processes through Linux's /proc",
)
class TestServe:
    def test_sets_up_serves_mends_and_stops(self, portal):
        # an empty directory has become a portal with its first article and administrator
        assert portal.get("/en/articles/immunotherapy-how-it-works/") == 200
        assert portal.get("/readyz") == 200
        first = portal.output()
        assert "The first administrator" in first
        assert "The launch content is loaded." in first

        # a worker that is killed is started again
        running = children(portal.process.pid)
        os.kill(running["worker"], signal.SIGKILL)
        eventually(
            lambda: children(portal.process.pid).get("worker") not in (None, running["worker"])
        )

        # Ctrl-C stops all
        running = children(portal.process.pid)
        assert portal.stop(signal.SIGINT) == 0
        assert portal.get("/healthz") is None
        for pid in running.values():
            assert not Path(f"/proc/{pid}").exists()

        # and a second start neither asks nor adds anything
        portal.start()
        assert portal.output().count("The first administrator") == 1
        assert portal.output().count("The launch content is loaded.") == 1
        assert portal.stop(signal.SIGTERM) == 0

    def test_stops_when_gunicorn_does(self, portal):
        os.kill(children(portal.process.pid)["web"], signal.SIGKILL)

        assert portal.process.wait(timeout=60) == 1
        assert "gunicorn ended by itself" in portal.output()
