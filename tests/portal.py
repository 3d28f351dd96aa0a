"""A running portal, as an operator has it in a terminal.

Run as a module it is ``manage.py serve`` without the set-up: see ``prepared_data``.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from unittest import mock

import django
from django.conf import settings
from django.core.management import execute_from_command_line

from immunoportal.management.commands import serve
from tests.mail_server import eventually, free_port

# Run as this module, ``serve`` has less patience.
RESTART_AFTER = 0.2  # seconds
TOO_SHORT = 1  # seconds


def children(pid: int) -> dict[str, int]:
    """The processes that ``serve`` has started, by what they are: ``web`` and ``worker``."""
    found = {}
    for child in children_of(pid):
        command = Path(f"/proc/{child}/cmdline").read_text()
        found["worker" if "worker" in command else "web"] = child
    return found


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def prepared_data(shared: Path) -> Path:
    """Return a data directory that is set up, but for the launch content: its pictures would
    keep the worker busy. Most of what a portal's start costs is done once, for all processes.

    Args:
        shared: a directory that all processes of this run of the suite have in common.
    """
    data = shared / "prepared"
    with (shared / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not data.exists():
            making = shared / "being prepared"
            for command in (["migrate"], ["collectstatic", "--no-input"]):
                subprocess.run(
                    [sys.executable, "manage.py", *command, "--verbosity", "0"],
                    cwd=settings.BASE_DIR,
                    env=environment_with(making),
                    check=True,
                )
            making.rename(data)
    return data


def environment_with(data: Path) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "SITE_URL", "DJANGO_SETTINGS_MODULE")
    }
    return inherited | {"DATA_DIR": str(data)}


class Portal:
    """``manage.py serve`` with a data directory and a port of its own.

    Args:
        directory: an empty one, for the data and the log.
        prepared: a directory to copy as the data, and then not to set up.
        environment: further variables for it.
    """

    process: subprocess.Popen[bytes]  # once it is launched

    def __init__(self, directory: Path, prepared: Path | None = None, **environment: str):
        self.directory = directory
        self.data = directory / "data"
        self.port = free_port()
        self.environment = environment
        self.log = (directory / "log").open("w+")
        self.process: subprocess.Popen[bytes]
        self.command = [sys.executable, "manage.py", "serve"]
        if prepared:
            shutil.copytree(prepared, self.data)
            self.command = [sys.executable, "-m", "tests.portal"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.launch()
        eventually(lambda: self.get("/healthz") == 200)

    def launch(self):
        self.process = subprocess.Popen(
            self.command,
            cwd=settings.BASE_DIR,
            env=environment_with(self.data) | {"PORT": str(self.port)} | self.environment,
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
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        code = self.stop() if self.process.poll() is None else 0
        self.log.close()
        assert any(error) or code == 0

    def output(self) -> str:
        return (self.directory / "log").read_text()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "immunoportal.settings")
    django.setup()
    with (
        mock.patch("immunoportal.management.commands.setup.Command.handle", return_value=None),
        mock.patch.multiple(serve, RESTART_AFTER=RESTART_AFTER, TOO_SHORT=TOO_SHORT),
    ):
        execute_from_command_line(["manage.py", "serve"])
