"""Full load with an editor who changes something public every second, and workers that are killed.

    .venv/bin/python benchmarks/soak.py [SECONDS] [--database postgresql] [--nginx] [--readers 3]

Readers ask for several pages as fast as they get them, in all encodings, half of the time whether
what they have is still current. An editor acts through the admin, over HTTP, once a second:
publishes, withdraws, renames a topic or the publisher; between that editions are put into the
tables that begin in a few seconds, and some that end by themselves. Every quarter of a minute a
worker of gunicorn is killed (SIGKILL). With ``--nginx`` all of this goes through the nginx that
``deploy/`` ships.

Each public text carries a mark with a number. What the editor did is known to the moment: when it
was sent, and when the answer came ("told"). Afterwards every answer is held against that: none may
show what was superseded, and told so, before the request began; none may show what had not been
sent, or not begun, when the answer ended. No error may occur, but on the connections of a worker
that was killed, and those go well the second time. The memory of the processes must stay flat.

Prints the counts and a verdict; ends with 1 if anything was violated.
"""

import argparse
import gzip
import json
import math
import multiprocessing
import os
import pickle
import random
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import brotli
from desk import Desk, Refused
from harness import (
    BEHIND_NGINX,
    HERE,
    PUBLIC_NAME,
    ROOT,
    Answer,
    Broken,
    Connection,
    Gunicorn,
    History,
    Site,
    accepting,
    processes,
    proportional_memory,
    request,
    say,
    shipped_nginx,
    sites,
    stop_on_signals,
)

MARK = re.compile(rb"mark ([a-z]\d) v(\d+)")
ENCODINGS = {"identity": bytes, "gzip": gzip.decompress, "br": brotli.decompress}
# A page of a thing that is not there shows this number of it.
ABSENT = 0
# The largest of the last third of the run against the first, without the warm-up.
FLAT = 1.25

# Published and withdrawn, scheduled, scheduled with an end.
ARTICLES = ("a1", "a2", "s1", "s2", "e1")

# What a page shows: by thing, the numbers of its marks.
Shown = tuple[tuple[str, frozenset[int]], ...]


def mark(thing: str, number: int) -> str:
    return f"mark {thing} v{number}"


# What was done


@dataclass
class State:
    """A number of a thing, from when it may be seen, and from when it must be."""

    number: int
    may: float
    must: float = math.inf


class Ledger:
    """What was done to each thing, in order."""

    def __init__(self) -> None:
        self.states: dict[str, list[State]] = {}

    def begin(self, thing: str, number: int, may: float) -> State:
        state = State(number, may)
        self.states.setdefault(thing, []).append(state)
        return state

    def next_number(self, thing: str) -> int:
        return 1 + max((state.number for state in self.states.get(thing, [])), default=0)

    def is_right(self, thing: str, number: int, begun: float, ended: float) -> str:
        """Return what is wrong about a number in an answer that took a time; nothing if it is
        right."""
        superseded = math.inf
        wrong = "unknown"
        for state in reversed(self.states[thing]):
            if state.number == number:
                if ended < state.may:
                    wrong = "early"  # unless it had been there before
                elif begun > superseded:
                    wrong = "stale"
                else:
                    return ""
            superseded = min(superseded, state.must)
        return wrong


# Readers


@dataclass
class Observations:
    """What one reader saw: columns of equal length, and what their numbers mean."""

    begun: array = field(default_factory=lambda: array("d"))
    ended: array = field(default_factory=lambda: array("d"))
    path: array = field(default_factory=lambda: array("H"))
    shown: array = field(default_factory=lambda: array("L"))
    # Whether it said that nobody knew whether it is still current.
    age: array = field(default_factory=lambda: array("B"))
    shows: list[Shown] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    broken: list[tuple[float, float]] = field(default_factory=list)
    reconnections: int = 0
    bytes: int = 0


def whole(answer: Answer) -> Answer:
    """Return an answer.

    Raises:
        Broken: it is nginx's word for a connection that was broken behind it.
    """
    if answer.status in (502, 504) and answer.header("Server") == "nginx":
        raise Broken(f"{answer.status} of nginx")
    return answer


class Reader:
    """Asks for pages over a few connections until it is told to stop.

    Args:
        pages: by path, the things that must be on it or are absent.
    """

    def __init__(self, port: int, tls: bool, pages: dict[str, list[str]], seed: int):
        self.port, self.tls, self.pages = port, tls, pages
        self.chance = random.Random(seed)
        self.seen = Observations()
        self.numbers: dict[Shown, int] = {}
        self.bodies: dict[tuple[int, bytes], int] = {}
        # By path and encoding: the tag of an answer, and what it showed.
        self.tags: dict[tuple[int, str], tuple[str, int]] = {}

    def run(self, stop: Any, connections: int) -> None:
        pool = [Connection(self.port, self.tls) for _ in range(connections)]
        while not stop.is_set():
            asked = [self.ask(connection) for connection in pool]
            for connection, question in zip(pool, asked, strict=True):
                self.hear(connection, *question)
        self.seen.reconnections = sum(connection.reconnections for connection in pool)

    def ask(self, connection: Connection) -> tuple[int, str, int | None, float]:
        path = self.chance.randrange(len(self.pages))
        encoding = self.chance.choice(list(ENCODINGS))
        headers, shown = accepting(encoding), None
        if (path, encoding) in self.tags and self.chance.random() < 0.5:
            headers["If-None-Match"], shown = self.tags[path, encoding]
        begun = time.time()
        host = PUBLIC_NAME if self.tls else "127.0.0.1"
        connection.send(request(list(self.pages)[path], headers, host=host))
        return path, encoding, shown, begun

    def hear(
        self, connection: Connection, path: int, encoding: str, had: int | None, begun: float
    ) -> None:
        asked = connection.request
        try:
            answer = whole(connection.receive())
        except Broken:
            # As a browser does that loads the page again.
            self.seen.broken.append((begun, time.time()))
            connection.open()
            begun = time.time()
            try:
                answer = whole(connection.ask(asked))
            except Broken as error:
                self.seen.errors.append(f"{begun:.3f} broken twice: {error}")
                connection.open()
                return
        ended = time.time()
        self.seen.statuses[answer.status] += 1
        self.seen.bytes += len(answer.body)
        try:
            shown = self.understand(answer, path, encoding, had)
        except Exception as error:  # noqa: BLE001  whatever is wrong with the answer is counted
            name = list(self.pages)[path]
            self.seen.errors.append(f"{begun:.3f} {name}: {answer.status} {error!r}")
            return
        for column, value in (
            (self.seen.begun, begun),
            (self.seen.ended, ended),
            (self.seen.path, path),
            (self.seen.shown, shown),
            (self.seen.age, bool(answer.header("Age"))),
        ):
            column.append(value)

    def understand(self, answer: Answer, path: int, encoding: str, had: int | None) -> int:
        """Return the number of what an answer shows.

        Args:
            had: what the page shows whose tag was sent along.

        Raises:
            ValueError: it is no page that may be given.
        """
        if answer.status == 304 and had is not None:
            return had
        if answer.status not in (200, 404):
            raise ValueError("not a page")
        key = (path, answer.body)
        if key not in self.bodies:
            if len(self.bodies) > 500:
                self.bodies.clear()
            packed = answer.header("Content-Encoding") or "identity"
            page = ENCODINGS[packed](answer.body)
            if not page.rstrip().endswith(b"</html>"):
                raise ValueError("not whole")
            self.bodies[key] = self.number_of(self.show(page, path, answer.status))
        shown = self.bodies[key]
        tag = answer.header("ETag")
        if tag and answer.status == 200:
            self.tags[path, encoding] = (tag, shown)
        return shown

    def show(self, page: bytes, path: int, status: int) -> Shown:
        found: dict[str, set[int]] = {}
        for thing, number in MARK.findall(page):
            found.setdefault(thing.decode(), set()).add(int(number))
        expected = list(self.pages.values())[path]
        if status == 404:
            # The page of one article, whose offers in the other language have no mark.
            return ((expected[0], frozenset([ABSENT])),)
        for thing in expected:
            found.setdefault(thing, {ABSENT})
        return tuple((thing, frozenset(numbers)) for thing, numbers in sorted(found.items()))

    def number_of(self, shown: Shown) -> int:
        if shown not in self.numbers:
            self.numbers[shown] = len(self.seen.shows)
            self.seen.shows.append(shown)
        return self.numbers[shown]


def read(
    port: int,
    tls: bool,
    pages: dict[str, list[str]],
    seed: int,
    stop: Any,
    connections: int,
    file: Path,
) -> None:
    """Be a reader in a process of its own, and leave what was seen in a file."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reader = Reader(port, tls, pages, seed)
    try:
        reader.run(stop, connections)
    except Exception as error:  # noqa: BLE001  a reader that fails is a violation too
        reader.seen.errors.append(f"{time.time():.3f} the reader failed: {error!r}")
    file.write_bytes(pickle.dumps(reader.seen))


# The editor


class Editor:
    """Changes something public at each tick, and writes down what and when."""

    def __init__(self, site: Site, port: int, tls: bool, scheduler: "subprocess.Popen[str]"):
        content = site.content
        self.desk = Desk(port, content["editor"], tls)
        self.scheduler, self.ledger = scheduler, Ledger()
        # Not the last one, which has another address.
        self.articles = dict(zip(ARTICLES, content["articles"][-6:-1], strict=True))
        self.topic = content["topics"][1]
        self.busy_until: dict[str, float] = {}
        self.acts: Counter[str] = Counter()
        self.lost: list[str] = []
        self.refused: list[str] = []
        self.took: list[float] = []

    def prepare(self) -> None:
        """Give everything its first mark."""
        self.publisher()
        self.rename("t1")
        for thing in self.articles:
            self.publish(thing)
        # The one whose editions end by themselves begins with none.
        self.withdraw("e1")

    def work(self, seconds: float) -> None:
        plan = self.plan()
        begun = time.time()
        for tick in range(10**9):
            pause = begun + tick - time.time()
            if pause > 0:
                time.sleep(pause)
            if time.time() > begun + seconds:
                break
            act, thing = next(plan)
            act(thing)

    def plan(self) -> Iterator[tuple[Callable[[str], None], str]]:
        while True:
            yield self.publish, "a1"
            yield self.schedule, "s1"
            yield self.rename, "t1"
            yield self.withdraw, "a2"
            yield self.flash, "e1"
            yield self.publish, "a1"
            yield self.publish, "a2"
            yield self.schedule, "s2"
            yield self.publisher, "p1"
            yield self.withdraw, "a1"
            yield self.publish, "a2"

    def publish(self, thing: str) -> None:
        number = self.ledger.next_number(thing)
        self.act(
            thing, number, lambda: self.desk.publish(self.articles[thing], mark(thing, number))
        )

    def withdraw(self, thing: str) -> None:
        self.act(thing, ABSENT, lambda: self.desk.withdraw(self.articles[thing]))

    def rename(self, thing: str) -> None:
        number = self.ledger.next_number(thing)
        self.act(thing, number, lambda: self.desk.rename_topic(self.topic, mark(thing, number)))

    def publisher(self, thing: str = "p1") -> None:
        number = self.ledger.next_number(thing)
        self.act(thing, number, lambda: self.desk.rename_publisher(mark(thing, number)))

    def act(self, thing: str, number: int, do: Callable[[], None]) -> None:
        """Do something through the admin; "told" is when its answer arrives."""
        name = "withdraw" if number == ABSENT else f"change {thing[0]}"
        begun = time.time()
        state = self.ledger.begin(thing, number, begun)
        try:
            do()
        except Broken:
            # Done or not: the form is read anew, and readers may see either.
            self.lost.append(f"{begun:.3f} {name}")
            self.desk.forget()
        except Refused as refusal:
            self.refused.append(f"{begun:.3f} {name}: {refusal}"[:400])
            self.desk.forget()
        else:
            state.must = time.time()
            self.took.append(state.must - begun)
            self.acts[name] += 1

    def schedule(self, thing: str, lasts: float | None = None) -> None:
        """Freeze an edition that begins in two to four seconds."""
        if time.time() < self.busy_until.get(thing, 0):
            return
        number = self.ledger.next_number(thing)
        start = time.time() + random.uniform(2, 4)
        end = start + lasts if lasts else None
        order = {
            "article": self.articles[thing],
            "title": mark(thing, number),
            "start": start,
            "end": end,
        }
        assert self.scheduler.stdin
        assert self.scheduler.stdout
        self.scheduler.stdin.write(json.dumps(order) + "\n")
        self.scheduler.stdin.flush()
        committed = float(self.scheduler.stdout.readline())
        # One that was written too late to be known everywhere must be seen a little later.
        known = max(start, committed + 1) if committed > start - 1 else start
        self.ledger.begin(thing, number, start).must = known
        if end:
            self.ledger.begin(thing, ABSENT, end).must = max(end, known)
        self.busy_until[thing] = (end or start) + 1
        self.acts["schedule" + (" with an end" if end else "")] += 1

    def flash(self, thing: str) -> None:
        self.schedule(thing, lasts=random.uniform(0.5, 2))


@contextmanager
def scheduler(site: Site) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, str(HERE / "schedule.py")], cwd=ROOT, env=site.environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with process:
        yield process
        assert process.stdin
        process.stdin.close()


# What happens beside


class Killer(threading.Thread):
    """Kills a worker of a gunicorn now and then."""

    def __init__(self, server: Gunicorn, every: float, stop: threading.Event):
        super().__init__()
        self.server, self.every, self.stop = server, every, stop
        self.kills: list[float] = []

    def run(self) -> None:
        while not self.stop.wait(random.uniform(0.5, 1.5) * self.every):
            workers = self.server.workers()
            if workers:
                os.kill(random.choice(workers), signal.SIGKILL)
                self.kills.append(time.time())


class Scales(threading.Thread):
    """Weighs the server's processes every two seconds: all of them, and the largest."""

    def __init__(self, server: Gunicorn, stop: threading.Event):
        super().__init__()
        self.server, self.stop = server, stop
        self.totals: list[int] = []
        self.largest: list[int] = []

    def run(self) -> None:
        while not self.stop.wait(2):
            weights = []
            for pid in processes(self.server.pid):
                try:
                    weights.append(proportional_memory(pid))
                except OSError:
                    continue  # killed meanwhile
            self.totals.append(sum(weights))
            self.largest.append(max(weights, default=0))

    def growth(self) -> tuple[float, float]:
        """Return the median megabytes of all processes in the first and the last third of the
        time, once they are warm."""
        warm = self.totals[len(self.totals) // 10 :]
        third = max(1, len(warm) // 3)
        first, last = warm[:third], warm[-third:]
        return statistics.median(first) / 1e6, statistics.median(last) / 1e6


# The verdict


def violations(
    ledger: Ledger, seen: list[Observations], pages: dict[str, list[str]]
) -> Counter[str]:
    """Hold every answer against what had been done; print the first ones that are wrong."""
    found: Counter[str] = Counter()
    paths = list(pages)
    for observations in seen:
        columns = (
            observations.begun, observations.ended, observations.path, observations.shown,
            observations.age,
        )  # fmt: skip
        for begun, ended, path, shown, age in zip(*columns, strict=True):
            for thing, numbers in observations.shows[shown]:
                for number in numbers:
                    wrong = ledger.is_right(thing, number, begun, ended)
                    if wrong:
                        wrong += " (with an Age)" * age
                        found[wrong] += 1
                        if found[wrong] <= 5:
                            say(
                                f"{wrong}: {paths[path]} shows {thing} v{number}, "
                                f"asked {begun:.4f}, answered {ended:.4f}; it was "
                                f"{[s for s in ledger.states[thing] if abs(s.may - begun) < 30]}"
                            )
    return found


def pages_of(site: Site) -> dict[str, list[str]]:
    """Return, by path, what must be on a page or is absent."""
    articles = {
        thing: f"/en/articles/benchmark-{number}/"
        for thing, number in zip(
            ARTICLES,
            range(len(site.content["articles"]) - 5, len(site.content["articles"])),
            strict=True,
        )
    }
    paths = site.content["paths"]
    return {
        paths["home"]: ["t1", "p1"],
        paths["list"]: [*articles, "p1"],
        paths["topic"]: ["t1", "p1"],
        **{path: [thing, "p1"] for thing, path in articles.items()},
    }


def soak(
    site: Site, seconds: float, readers: int, connections: int, tls: bool, kill_every: float
) -> bool:
    """Let it all run; print what was seen, and return whether all was well."""
    pages = pages_of(site)
    stop_readers = multiprocessing.Event()
    with ExitStack() as stack:
        server = stack.enter_context(site.serve())
        front = stack.enter_context(shipped_nginx(site, [server])) if tls else server
        editor = Editor(site, front.port, tls, stack.enter_context(scheduler(site)))
        editor.prepare()
        files = [site.directory / f"reader-{number}" for number in range(readers)]
        crowd = [
            multiprocessing.Process(
                target=read,
                args=(front.port, tls, pages, number, stop_readers, connections, file),
            )
            for number, file in enumerate(files)
        ]
        for reader in crowd:
            reader.start()
        stop = threading.Event()
        killer, scales = Killer(server, kill_every, stop), Scales(server, stop)
        killer.start()
        scales.start()
        say(f"Soaking for {seconds:.0f} seconds …")
        measured = partial(site.processor_time, server)
        nginx = front.processor_time if tls else float
        begun, spent = time.time(), measured() + nginx()
        try:
            editor.work(seconds)
        finally:
            stop_readers.set()
            stop.set()
            killer.join()
            scales.join()
        for reader in crowd:
            reader.join(timeout=90)
        lasted = time.time() - begun
        spent = measured() + nginx() - spent
    seen = [pickle.loads(file.read_bytes()) for file in files]
    name = ("postgresql" if site.database else "sqlite") + (", nginx" if tls else "")
    # Pages that are away, and gunicorn's word for a worker that was killed, are meant.
    warnings = [
        line
        for line in server.log.read_text().splitlines()
        if re.search("WARNING|ERROR", line) and not re.search("Not Found|sent SIGKILL", line)
    ]
    return report(name, editor, seen, killer, scales, pages, lasted, spent, warnings)


def report(
    database: str,
    editor: Editor,
    seen: list[Observations],
    killer: Killer,
    scales: Scales,
    pages: dict[str, list[str]],
    lasted: float,
    spent: float,
    warnings: list[str],
) -> bool:
    answers = sum(len(observations.begun) for observations in seen)
    statuses = sum((observations.statuses for observations in seen), Counter())
    errors = [error for observations in seen for error in observations.errors]
    broken = [times for observations in seen for times in observations.broken]
    unexplained = [
        (begun, ended)
        for begun, ended in broken
        if not any(begun - 1 <= kill <= ended for kill in killer.kills)
    ]
    for line in [*errors[:10], *editor.refused[:10], *warnings[:10]]:
        say(line)
    if not answers:
        sys.exit("Nobody has got an answer.")
    wrong = violations(editor.ledger, seen, pages)
    stale = wrong["stale"] + wrong["stale (with an Age)"]
    first, last = scales.growth()
    waits = sorted(
        ended - begun
        for observations in seen
        for begun, ended in zip(observations.begun, observations.ended, strict=True)
    )
    lines = {
        "seconds": f"{lasted:.0f}",
        "answers": f"{answers} ({answers / lasted:.0f} a second)",
        "statuses": ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items())),
        "bytes": f"{sum(observations.bytes for observations in seen) / 1e6:.0f} MB",
        "processor time of the server": f"{spent:.1f} s, {spent / answers * 1e6:.0f} µs each",
        "wait, median, 99 %, longest": ", ".join(
            f"{waits[min(int(len(waits) * share), len(waits) - 1)] * 1000:.1f} ms"
            for share in (0.5, 0.99, 1)
        ),
        "acts": ", ".join(f"{name}: {count}" for name, count in editor.acts.most_common()),
        "editor told after": f"{statistics.median(editor.took) * 1000:.0f} ms (median), "
        f"{max(editor.took) * 1000:.0f} ms (longest)",
        "acts whose answer was lost": len(editor.lost),
        "acts refused": len(editor.refused),
        "workers killed": len(killer.kills),
        "connections broken": f"{len(broken)}, without a kill {len(unexplained)}",
        "asked again on a new connection": sum(observations.reconnections for observations in seen),
        "errors": len(errors),
        "stale after told": f"{stale}, of these {wrong['stale (with an Age)']} with an Age",
        "early": wrong["early"],
        "never published": wrong["unknown"],
        "warnings in the server's log": len(warnings),
        "memory": f"{first:.0f} MB in the first third, {last:.0f} MB in the last; "
        f"largest process {max(scales.largest) / 1e6:.0f} MB",
    }
    for name, value in lines.items():
        print(f"{name:32} {value}")
    flat = last < first * FLAT
    well = not (errors or wrong or unexplained or editor.refused) and flat
    print("Verdict: all is well." if well else "Verdict: VIOLATED.")
    history = History()
    history.add(f"{database}: soak: answers", answers)
    history.add(f"{database}: soak: processor time (µs)", spent / answers * 1e6)
    history.add(f"{database}: soak: stale", stale)
    history.add(f"{database}: soak: early", wrong["early"])
    history.add(f"{database}: soak: errors", len(errors) + len(unexplained) + len(editor.refused))
    history.add(f"{database}: soak: memory, first third (MB)", first)
    history.add(f"{database}: soak: memory, last third (MB)", last)
    return well


def main() -> None:
    stop_on_signals()
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("seconds", type=float, nargs="?", default=600)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--nginx", action="store_true")
    parser.add_argument("--kill-every", type=float, default=15, help="seconds, on average")
    parser.add_argument("--readers", type=int, default=3, help="processes")
    parser.add_argument("--connections", type=int, help="of each of them; 4, with nginx 32")
    options = parser.parse_args()
    with sites([options.database], **(BEHIND_NGINX if options.nginx else {})) as made:
        site = made[options.database]
        # nginx lets a network have a hundred requests a second.
        crowd = (options.readers, options.connections or (32 if options.nginx else 4))
        well = soak(site, options.seconds, *crowd, options.nginx, options.kill_every)
    sys.exit(not well)


if __name__ == "__main__":
    main()
