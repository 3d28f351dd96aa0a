"""What lists cost as the portal grows: home, lists, the admin's lists, inbox, ledger, mail job.

    .venv/bin/python benchmarks/growth.py [SIZE …] [--editions 10] [--database postgresql]

A size is a number of articles that are published in both languages (``manage.py
generate_articles`` makes them, and further ones on top); the inbox then has half as many messages,
the ledger twice as many mails: 50,000 and 200,000 at 100,000 articles.

Milliseconds of processor time of one request, of the database's process too, in Django's test
client: the page cache stands before Django and does not see it. All sizes are measured in turns,
and what is printed is the median of the rounds. Public pages are measured twice: as long as
nothing public changes, some of what they need is remembered; *after a change*, nothing is. A small
site does not fill a page of some filtered lists: how those grow is told by pages of *two rows*.
"""

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from harness import (
    HERE,
    ROOT,
    History,
    PostgreSQL,
    Site,
    Spread,
    print_table,
    say,
    stop_on_signals,
    temporary_directory,
)

SIZES = [200, 2_000, 20_000, 100_000]
LARGEST_INBOX, LARGEST_LEDGER = 50_000, 200_000
ROUNDS = 9


class GrownSite(Site):
    """A site with generated articles, an inbox and a ledger."""

    def __init__(
        self, directory: Path, database: PostgreSQL | None, articles: int, editions: int | None
    ) -> None:
        self.articles = articles
        self.editions = [f"--editions={editions}"] if editions else []
        super().__init__(directory, database)

    def fill(self) -> None:
        filled = self.directory / "filled"
        if filled.exists():
            return
        self.manage("generate_articles", str(self.articles), *self.editions)
        messages = min(LARGEST_INBOX, max(200, self.articles // 2))
        mails = min(LARGEST_LEDGER, self.articles * 2)
        self.python(HERE / "grown.py", "fill", str(messages), str(mails))
        filled.touch()


@contextmanager
def measuring(site: Site) -> Iterator["subprocess.Popen[str]"]:
    """Start a process that measures all pages of a site once for each line that it is sent."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "grown.py"), "measure"], cwd=ROOT, text=True,
        env=site.environment | {"EMAIL_URL": "smtp://127.0.0.1:9"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin
    with process:
        yield process
        process.stdin.close()


def ask(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """Return one round: by page, its ``queries`` and its ``milliseconds``."""
    assert process.stdin
    assert process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        sys.exit("A measurement has failed; see above.")
    found: dict[str, Any] = json.loads(line)
    return found


def measure(
    sizes: Sequence[int], editions: int | None, database: str, rounds: int, keep: Path | None
) -> None:
    with ExitStack() as stack:
        processes = {}
        for size in sizes:
            say(f"Preparing {size} articles on {database} …")
            if keep:
                directory = keep / f"{database}-{size}-{editions or 1}"
                directory.mkdir(parents=True, exist_ok=True)
            else:
                directory = Path(stack.enter_context(temporary_directory()))
            cluster = stack.enter_context(PostgreSQL()) if database == "postgresql" else None
            site = GrownSite(directory, cluster, size, editions)
            processes[size] = stack.enter_context(measuring(site))
        for process in processes.values():
            ask(process)  # fills what is remembered
        found: dict[str, dict[int, list[dict]]] = defaultdict(lambda: defaultdict(list))
        for number in range(1, rounds + 1):
            say(f"Round {number} of {rounds} …")
            for size, process in processes.items():
                for page, figures in ask(process).items():
                    found[page][size].append(figures)
        report(found, sizes, f"{database}, {editions} editions" if editions else database)


def report(found: dict[str, dict[int, list[dict]]], sizes: Sequence[int], site: str) -> None:
    """Print the table, and append it to the history."""
    history = History()
    rows = []
    for page, by_size in found.items():
        spent = {size: [row["milliseconds"] for row in by_size[size]] for size in sizes}
        queries = sorted({row["queries"] for size in sizes for row in by_size[size]})
        cells: list[object] = [page, "–".join(map(str, dict.fromkeys((queries[0], queries[-1]))))]
        for size in sizes:
            milliseconds = Spread.of(spent[size])
            history.add(f"{site}, {size} articles: {page} (ms)", milliseconds)
            pairs = zip(spent[size], spent[sizes[0]], strict=True)
            grown = Spread.of([large / small for large, small in pairs])
            cells.append(milliseconds)
            if size != sizes[0]:
                cells.append(f"× {grown.median:.2f}")
                history.add(f"{site}, {size} articles: {page} (× {sizes[0]})", grown)
        rows.append(cells)
    header = [site, "queries", f"{sizes[0]:,}"]
    for size in sizes[1:]:
        header += [f"{size:,}", ""]
    print_table(header, rows)


def number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is no number above nought")
    return int(text)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=number, metavar="SIZE", default=SIZES)
    parser.add_argument(
        "--editions", type=number, help="of each published article in each language"
    )
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="DIRECTORY",
        help="keep the sites there, and take those that are there already (SQLite only)",
    )
    options = parser.parse_args()
    if options.keep and options.database != "sqlite":
        parser.error("Only SQLite's sites can be kept.")
    stop_on_signals()
    measure(sorted(options.sizes), options.editions, options.database, options.rounds, options.keep)


if __name__ == "__main__":
    main()
