"""A running portal, as an operator has it in a terminal."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from django.conf import settings

from tests.mail_server import eventually, free_port


def children(pid: int) -> dict[str, int]:
    """The processes that ``serve`` has started, by what they are: ``web`` and ``worker``."""
    found = {}
    for child in children_of(pid):
        command = Path(f"/proc/{child}/cmdline").read_text()
        found["worker" if "worker" in command else "web"] = child
    return found


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Portal:
    """``manage.py serve`` with a data directory and a port of its own.

    Args:
        directory: an empty one, for the data and the log.
        environment: further variables for it.
    """

    def __init__(self, directory: Path, **environment: str):
        self.directory = directory
        self.data = directory / "data"
        self.port = free_port()
        self.environment = environment
        self.log = (directory / "log").open("w+")
        self.process = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.launch()
        eventually(lambda: self.get("/healthz") == 200)

    def launch(self):
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "SITE_URL", "DJANGO_SETTINGS_MODULE")
        }
        own = {"DATA_DIR": str(self.data), "PORT": str(self.port)}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=settings.BASE_DIR,
            env=inherited | own | self.environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def get(self, path: str) -> int | None:
        """The status of a page; ``None`` where nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        if self.process.poll() is None:
            self.stop()
        self.log.close()

    def output(self) -> str:
        return (self.directory / "log").read_text()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)
