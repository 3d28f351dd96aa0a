"""``manage.py serve``: the whole portal in the foreground."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

# What dies at once, again and again, must not keep a processor busy.
RESTART_AFTER = 2  # seconds
# A gunicorn that lives shorter than this cannot start at all: its port is taken, say.
TOO_SHORT = 5  # seconds

WEB = (sys.executable, "-m", "gunicorn")
WORKER = (sys.executable, "manage.py", "worker")


def refuse_taken_port(port: int) -> None:
    """Refuse a taken port before anything is set up.

    Raises:
        CommandError: something listens on the port already.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}). Set PORT to another number."
            ) from error


def end_with_parent() -> None:
    """Have the system end this process when the one that started it is killed (prctl(2))."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


class Command(BaseCommand):
    help = "Sets up what is missing, then runs gunicorn and the worker until it is interrupted."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not os.environ.get("BIND"):
            refuse_taken_port(settings.PORT)
        call_command("setup", stdout=self.stdout)
        self.stopping = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        web, worker = self.start(*WEB), self.start(*WORKER)
        started = time.monotonic()
        self.stdout.write(f"The portal is at {settings.SITE_URL}/ (Ctrl-C stops it)")
        self.stdout.flush()
        while not self.stopping.wait(0.5):
            if web.poll() is not None:
                if time.monotonic() - started < TOO_SHORT:
                    break
                self.stderr.write(f"gunicorn ended ({web.returncode}): starting it again.")
                web, started = self.start(*WEB), time.monotonic()
            if worker.poll() is not None:
                self.stderr.write(f"The worker ended ({worker.returncode}): starting it again.")
                self.stopping.wait(RESTART_AFTER)
                worker = self.start(*WORKER)
        crashed = not self.stopping.is_set()
        for process in (web, worker):
            self.end(process)
        if crashed:
            sys.exit(f"gunicorn cannot start ({web.returncode}); see the lines above.")

    def start(self, *command: str) -> subprocess.Popen:
        # In a session of its own: Ctrl-C reaches this process alone, which then stops
        # the others in order, and each of them finishes what it has begun.
        return subprocess.Popen(  # noqa: S603  both commands are written above
            command,
            cwd=settings.BASE_DIR,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            start_new_session=True,
            preexec_fn=end_with_parent if sys.platform == "linux" else None,
        )

    def end(self, process: subprocess.Popen, patience: float = 35) -> None:
        """Ask a process to stop; insist when it has not after ``patience`` seconds."""
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + patience
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        if process.poll() is None:
            process.kill()
        process.wait()
