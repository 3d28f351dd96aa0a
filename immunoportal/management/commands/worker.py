"""``manage.py worker``: makes renditions, and whatever else must not wait in a request."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from immunoportal import registry, worker


class Command(BaseCommand):
    help = "Does the work that no request should wait for, until it is interrupted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do all that there is, then stop")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once:
            worker.run_until_idle(registry.jobs())
            return
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        worker.run(registry.jobs(), stop)
