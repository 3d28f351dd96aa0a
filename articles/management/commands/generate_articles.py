"""``manage.py generate_articles``: articles in any number, for benchmarks and load tests."""

import argparse
import time
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from articles.generated import shared
from articles.generated.articles import generate, shares

SECONDS = 5  # between two lines where they are not written over each other


def number(text: str) -> int:
    """Return a number of articles or editions as it was typed.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"“{text}” is no number, such as 1000.")
    return int(text)


class Command(BaseCommand):
    help = (
        "Adds N articles that are published in both languages, and in proportion drafts, earlier "
        "editions, scheduled, withdrawn, reserved and one-language articles, and pages that are "
        "behind the other language, with pictures. For benchmarks and load tests: what it adds "
        "cannot be taken away again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", metavar="N", type=number, help="how many published articles")
        parser.add_argument(
            "--editions",
            metavar="N",
            type=number,
            help="how many editions what is published has in each language (mostly one)",
        )
        parser.add_argument(
            "--seed",
            type=int,
            default=1,
            help="the same one gives the same texts in an empty database (1)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        publisher = get_user_model().objects.filter(is_superuser=True, is_active=True).first()
        if publisher is None:
            raise CommandError("There is no administrator to publish them: create one first.")
        total = sum(shares(options["count"]).values())
        self.stdout.write("Preparing topics, people, sources and pictures …")
        progress = Progress(self, total)
        try:
            rows = shared.prepare(publisher)
            progress.begin()
            chosen = {"seed": options["seed"], "editions": options["editions"]}
            for done in generate(options["count"], **chosen, rows=rows, by=publisher):
                progress.show(done)
        except KeyboardInterrupt:
            raise CommandError(
                f"Interrupted: {progress.done} of {total} articles are stored."
            ) from None
        self.stdout.write(f"{total} articles are stored.")


class Progress:
    """One line that says how far the command is: on a terminal always the same one."""

    def __init__(self, command: BaseCommand, total: int):
        self.out = command.stdout
        self.total = total
        self.done = 0

    def begin(self) -> None:
        self.begun = self.said = time.monotonic()

    def show(self, done: int) -> None:
        self.done = done
        now = time.monotonic()
        on_terminal = self.out.isatty()
        if not on_terminal and now - self.said < SECONDS:
            return
        self.said = now
        rate = done / (now - self.begun)
        left = (self.total - done) / rate
        line = f"{done} of {self.total}, {rate:.0f} a second, {left:.0f} s left"
        if on_terminal:
            self.out.write(f"\r{line}   ", ending="\n" if done == self.total else "")
        else:
            self.out.write(line)
        self.out.flush()
