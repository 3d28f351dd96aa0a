"""``manage.py serve``: the whole portal in the foreground."""

import os
import signal
import subprocess
import sys
import threading
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

# A worker that dies at once, again and again, must not keep a processor busy.
RESTART_AFTER = 2  # seconds


class Command(BaseCommand):
    help = "Sets up what is missing, then runs gunicorn and the worker until it is interrupted."
    requires_system_checks = []

    def handle(self, **options):
        call_command("setup", stdout=self.stdout)
        self.stopping = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        web = self.start(sys.executable, "-m", "gunicorn")
        worker = self.start(sys.executable, "manage.py", "worker")
        self.stdout.write(f"The portal is at {settings.SITE_URL}/ (Ctrl-C stops it)")
        self.stdout.flush()
        while not self.stopping.wait(0.5):
            if web.poll() is not None:
                break
            if worker.poll() is not None:
                self.stderr.write(f"The worker ended ({worker.returncode}): starting it again.")
                self.stopping.wait(RESTART_AFTER)
                worker = self.start(sys.executable, "manage.py", "worker")
        crashed = not self.stopping.is_set()
        for process in (web, worker):
            self.end(process)
        if crashed:
            sys.exit(f"gunicorn ended by itself ({web.returncode}); see the lines above.")

    def start(self, *command: str) -> subprocess.Popen:
        # In a session of its own: Ctrl-C reaches this process alone, which then stops
        # the others in order, and each of them finishes what it has begun.
        return subprocess.Popen(  # noqa: S603  both commands are written above
            command,
            cwd=settings.BASE_DIR,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            start_new_session=True,
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
