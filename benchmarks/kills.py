"""Kills what an editor writes with, in the middle of a word, and looks what of the text is left.

    .venv/bin/python benchmarks/kills.py [COUNT] [--seed N]

An editor types into a form, adds blocks, goes back and forth between fields. At a random moment
the browser is killed (SIGKILL), or all of gunicorn, or the session's row is deleted, in turns; in
the two latter cases the editor goes on for a random while and then the browser is killed too. Then
everything is started again, the same user logs in, opens the form, and continues the draft.

After each word it is read what the form holds, and when. What was there five seconds before the
browser's end must be there again. Prints a line for each kill and a summary; ends with 1 if more
than that was missing, or none was offered.
"""

import argparse
import os
import random
import re
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import (
    Gunicorn,
    History,
    Site,
    Spread,
    print_table,
    processes,
    say,
    stop_on_signals,
    temporary_directory,
)
from playwright.sync_api import BrowserContext, Error, Page, Playwright, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
EMAIL, PASSWORD = "admin@example.org", "correct horse battery"
MOST_LOST = 5.0  # seconds of typing
KINDS = ("browser", "web", "session")
FORMS = ("/admin/articles/article/1/change/", "/admin/articles/article/add/")

# What stands in the fields of the form, by their names.
READ = """() => Object.fromEntries(
    [...document.querySelectorAll("#article_form :is(#id_title_it, #id_lead_it, .ProseMirror)")]
        .filter(field => !field.closest(".empty-form"))
        .map(field => [
            field.name ?? field.closest(".form-row").querySelector("textarea").name,
            field.value ?? field.textContent,
        ])
)"""

Texts = dict[str, str]


class Desk(Site):
    """A portal with the launch article and its first administrator, who writes."""

    def fill(self) -> None:
        self.database_file = next(Path(self.variables["DATA_DIR"]).glob("*.sqlite3"))

    def execute(self, statement: str) -> None:
        with sqlite3.connect(self.database_file, timeout=30) as connection:
            connection.execute(statement)


@dataclass
class Outcome:
    """What one kill has left.

    Attributes:
        lost: seconds between the first word that is missing and the end.
        why: what went wrong, if anything did.
    """

    kind: str
    words: int
    lost: float
    why: str = ""


@dataclass
class Writer:
    """Somebody who types numbered words into the fields of a form, here and there."""

    page: Page
    chance: random.Random
    words: int = 0
    held: list[tuple[float, Texts]] = field(default_factory=list)

    def write(self, until: float) -> None:
        """Type until a moment, or until the page is gone.

        Raises:
            Error: the browser has been killed.
        """
        while time.monotonic() < until:
            target = self._target()
            for _word in range(self.chance.randint(1, 6)):
                self.words += 1
                target.press("Control+End")
                target.press_sequentially(f" w{self.words}", delay=self.chance.choice((0, 20, 80)))
                self.held.append((time.monotonic(), self.page.evaluate(READ)))
                if time.monotonic() > until or is_asked_to_log_in(self.page):
                    break
            if is_asked_to_log_in(self.page):
                return
            time.sleep(self.chance.choice((0, 0, 0.3, 1)))

    def _target(self) -> Any:
        choice = self.chance.random()
        editors = self.page.locator(".order-machine .ProseMirror:visible")
        if choice < 0.2 or not editors.count():
            button = self.page.locator(".desk-add > button")
            button.nth(self.chance.choice((0, 2))).click()
        if choice < 0.5:
            return self.page.locator(self.chance.choice(("#id_title_it", "#id_lead_it")))
        return editors.last


def is_asked_to_log_in(page: Page) -> bool:
    return page.locator("#log-in-again[open]").count() > 0


def words_in(text: str) -> set[str]:
    """Return the numbered words of a text."""
    return set(re.findall(r"w\d+", text))


def missing(held: list[tuple[float, Texts]], found: Texts, end: float) -> float:
    """Return the seconds of typing that are missing at the end: nothing, where all is there."""
    for moment, texts in held:
        if moment > end:
            break
        if any(words_in(text) - words_in(found.get(name, "")) for name, text in texts.items()):
            return end - moment
    return 0.0


class Trial:
    """One kill, and what comes after it.

    Args:
        desk: the portal, whose server is running.
        folder: an empty one, for the browser's profile.
    """

    def __init__(self, playwright: Playwright, desk: Desk, folder: Path, chance: random.Random):
        self.playwright, self.desk, self.folder, self.chance = playwright, desk, folder, chance

    def run(self, kind: str, server: Gunicorn) -> Outcome:
        """Return what was left."""
        self.desk.execute("DELETE FROM articles_draft")
        form = self.chance.choice(FORMS)
        page = self.open(server, form)
        writer = Writer(page, self.chance)
        now = time.monotonic()
        fatal = now + self.chance.uniform(2, 12)
        end = fatal if kind == "browser" else fatal + self.chance.uniform(0, 10)
        deeds = [threading.Timer(end - now, self.kill_browser)]
        if kind == "web":
            deeds.append(threading.Timer(fatal - now, kill, [*processes(server.pid)]))
        if kind == "session":
            deeds.append(
                threading.Timer(fatal - now, self.desk.execute, ["DELETE FROM django_session"])
            )
        for deed in deeds:
            deed.start()
        with suppress(Error):
            writer.write(end + 1)
        for deed in deeds:
            deed.join()
        if kind == "web":
            server.__exit__()
            server.__enter__()
        return self.look(kind, writer, end, form, server)

    def look(self, kind: str, writer: Writer, end: float, form: str, server: Gunicorn) -> Outcome:
        """Open the form again, continue the draft, and compare."""
        page = self.open(server, form)
        try:
            page.locator(".draft-continue").first.click(timeout=15_000)
            page.wait_for_url("**draft=**")
            # The text editors take their time to take the places of their fields.
            patience = time.monotonic() + 10
            lost = end
            while lost and time.monotonic() < patience:
                lost = missing(writer.held, page.evaluate(READ), end)
        except Error as error:
            # Of the first words no draft need be there.
            lost = missing(writer.held, {}, end)
            if lost > MOST_LOST:
                return Outcome(kind, writer.words, lost, str(error).splitlines()[0])
        finally:
            self.context.close()
        return Outcome(kind, writer.words, lost, "too much" if lost > MOST_LOST else "")

    def open(self, server: Gunicorn, form: str) -> Page:
        """Start the browser with its profile, log in, and open a form."""
        self.context: BrowserContext = self.playwright.chromium.launch_persistent_context(
            self.folder,
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
            base_url=f"http://127.0.0.1:{server.port}",
            viewport={"width": 1280, "height": 900},
        )
        page = self.context.pages[0]
        page.goto(form)
        if "login" in page.url:
            page.locator("input[name=login]").fill(EMAIL)
            page.locator("input[name=password]").fill(PASSWORD)
            page.locator("input[name=password]").press("Enter")
            page.wait_for_url(f"**{form}")
        page.locator(".desk-add > button").first.wait_for()
        return page

    def kill_browser(self) -> None:
        kill(*self.browser_processes())

    def browser_processes(self) -> Iterator[int]:
        """Yield the browser's processes, which name the folder of its profile."""
        name = re.compile(rf"--user-data-dir={re.escape(str(self.folder))}\0".encode())
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdecimal() and name.search((entry / "cmdline").read_bytes()):
                    yield int(entry.name)


def kill(*pids: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, nargs="?", default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, action="append")
    arguments = parser.parse_args()
    stop_on_signals()
    kinds = arguments.kind or KINDS
    chance = random.Random(arguments.seed)
    history = History()
    outcomes = []
    with temporary_directory() as directory, sync_playwright() as playwright:
        say("Preparing a site …")
        desk = Desk(Path(directory), DJANGO_SUPERUSER_PASSWORD=PASSWORD)
        server = desk.serve().__enter__()
        try:
            for number in range(arguments.count):
                with temporary_directory() as folder:
                    trial = Trial(playwright, desk, Path(folder), chance)
                    outcome = trial.run(kinds[number % len(kinds)], server)
                outcomes.append(outcome)
                print(
                    f"{number + 1:3}  {outcome.kind:8} {outcome.words:4} words"
                    f"  {outcome.lost:4.1f} s lost  {outcome.why}",
                    flush=True,
                )
        finally:
            server.__exit__()
    rows = []
    for kind in KINDS:
        lost = [outcome.lost for outcome in outcomes if outcome.kind == kind]
        if lost:
            spread = Spread.of(lost)
            rows.append([kind, len(lost), f"{spread.median:.1f}", f"{spread.high:.1f}"])
            history.add(f"typing lost when the {kind} is killed (s)", spread)
    print_table(["killed", "times", "lost (s)", "at most (s)"], rows)
    if any(outcome.why for outcome in outcomes):
        sys.exit(1)


if __name__ == "__main__":
    main()
