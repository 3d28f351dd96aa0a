"""``manage.py rebuild_search``: makes the index of the search anew."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from articles.publishing import search_index

SECONDS = 5  # between two lines where they are not written over each other


class Command(BaseCommand):
    help = (
        "Makes the index of the search anew, batch by batch, while readers search and editors "
        "publish. It can be interrupted and begun again at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--missing",
            action="store_true",
            help="only what is missing, or everything after a release that finds other words",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        work = search_index.complete() if options["missing"] else search_index.rebuild()
        on_terminal = self.stdout.isatty()
        said, done = time.monotonic(), 0
        for done in work:
            now = time.monotonic()
            if on_terminal or now - said >= SECONDS:
                said = now
                self.stdout.write(f"{done} pages", ending="\r" if on_terminal else "\n")
                self.stdout.flush()
        if done or not options["missing"]:
            self.stdout.write(f"The search finds {done} pages anew.")
