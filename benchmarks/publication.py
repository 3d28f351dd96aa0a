"""How soon readers see what an editor publishes, and what a busy editor costs them.

    .venv/bin/python benchmarks/publication.py [--database postgresql] [--hosts 2]
        [--publications 30] [--seconds 30]

First part: one connection is held to each worker of each host (a host is a gunicorn of its own on
the same data) and asks for the article over and over, while an editor publishes through the
admin of the first host. For each worker: the milliseconds from sending the form to the first new
page, and from the editor's being told to the first new page (0: it was there before); how many
old pages came after that.

Second part: a reader asks for pages at random as fast as it can, for so many seconds without and
so many with an editor who publishes once a second: the share of answers that no Django had to
make, their wait, and their cost.
"""

import argparse
import random
import re
import statistics
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from desk import Desk
from harness import (
    Connection,
    Gunicorn,
    History,
    Site,
    Spread,
    accepting,
    print_table,
    request,
    say,
    sites,
    stop_on_signals,
)

MARK = re.compile(rb"mark a1 v(\d+)")


def sockets_of(pid: int) -> set[str]:
    """Return the inodes of a process's sockets."""
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(entry.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            found.add(target[8:-1])
    return found


def inode_of(connection: Connection) -> str:
    """Return the inode of the server's end of a connection."""
    port = connection.socket.getsockname()[1]
    server, client = f"0100007F:{connection.port:04X}", f"0100007F:{port:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1] == server and fields[2] == client:
            return fields[9]
    return ""


def connection_to(server: Gunicorn, worker: int, asked: bytes) -> Connection:
    """Return a connection that a worker has taken."""
    for _attempt in range(500):
        connection = Connection(server.port)
        connection.ask(asked)
        if inode_of(connection) in sockets_of(worker):
            return connection
        connection.close()
    raise TimeoutError(f"The worker {worker} takes no connection.")


class Watcher(threading.Thread):
    """Asks one worker for a page again and again, and remembers when which edition came."""

    def __init__(self, connection: Connection, asked: bytes, stop: threading.Event):
        super().__init__()
        self.connection, self.asked, self.stop = connection, asked, stop
        # When the request was sent, when the answer came, and the edition that it showed.
        self.seen: list[tuple[float, float, int]] = []

    def run(self) -> None:
        while not self.stop.is_set():
            begun = time.perf_counter()
            answer = self.connection.ask(self.asked)
            found = MARK.search(answer.body)
            self.seen.append((begun, time.perf_counter(), int(found[1]) if found else 0))
            time.sleep(0.002)


def first_bytes(site: Site, hosts: Sequence[Gunicorn], publications: int) -> dict[str, list[float]]:
    """Publish again and again; return milliseconds until each worker showed it, and counts."""
    desk = Desk(hosts[0].port, site.content["editor"])
    article = site.content["articles"][0]
    asked = request("/en/articles/benchmark-1/", accepting("identity"))
    desk.publish(article, "mark a1 v0")
    stop = threading.Event()
    watchers = [
        Watcher(connection_to(host, worker, asked), asked, stop)
        for host in hosts
        for worker in host.workers()
    ]
    for watcher in watchers:
        watcher.start()
    told = {}
    for number in range(1, publications + 1):
        time.sleep(random.uniform(0.1, 0.5))
        begun = time.perf_counter()
        desk.publish(article, f"mark a1 v{number}")
        told[number] = (begun, time.perf_counter())
    time.sleep(1.5)
    stop.set()
    for watcher in watchers:
        watcher.join()
    found: dict[str, list[float]] = {
        "sent → told": [(end - begun) * 1000 for begun, end in told.values()],
        "sent → first new page": [],
        "told → first new page": [],
        "old pages after told": [],
    }
    for number, (begun, end) in told.items():
        for watcher in watchers:
            first = min(ended for _sent, ended, shown in watcher.seen if shown >= number)
            late = [sent for sent, _ended, shown in watcher.seen if shown < number and sent > end]
            found["sent → first new page"].append((first - begun) * 1000)
            found["told → first new page"].append(max(0, first - end) * 1000)
            found["old pages after told"].append(len(late))
    return found


class Publisher(threading.Thread):
    """Publishes once a second, and counts how often it did."""

    count = 0

    def __init__(self, desk: Desk, article: int, stop: threading.Event):
        super().__init__()
        self.desk, self.article, self.stop = desk, article, stop

    def run(self) -> None:
        number = 1000
        while not self.stop.wait(1):
            number += 1
            self.count += 1
            self.desk.publish(self.article, f"mark a1 v{number}")


def under_load(site: Site, seconds: float, with_editor: bool) -> dict[str, float]:
    """Return what readers got: hits in percent, waits in milliseconds, cost in microseconds."""
    counted = site.directory / f"counted-{with_editor}"
    paths = [
        *(site.content["paths"][kind] for kind in ("home", "list", "topic", "article")),
        *(f"/en/articles/benchmark-{number}/" for number in range(1, 20)),
    ]
    requests = [request(path, accepting("gzip")) for path in paths]
    with site.serve(application="counted:application", COUNTED=str(counted)) as server:
        desk, stop = Desk(server.port, site.content["editor"]), threading.Event()
        desk.publish(site.content["articles"][0], f"mark a1 v{999 + with_editor}")
        publisher = Publisher(desk, site.content["articles"][0], stop)
        if with_editor:
            publisher.start()
        pool = [Connection(server.port) for _ in range(4)]
        for connection in pool * 2:
            for each in requests:
                connection.ask(each)
        made, spent = counted.stat().st_size, site.processor_time(server)
        waits = []
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds:
            for connection in pool:
                connection.send(random.choice(requests))
            sent = time.perf_counter()
            for connection in pool:
                assert connection.receive().status == 200
                waits.append((time.perf_counter() - sent) * 1000)
        lasted = time.perf_counter() - begun
        spent = site.processor_time(server) - spent
        stop.set()
        if with_editor:
            publisher.join()
        made = counted.stat().st_size - made - publisher.count
    waits.sort()
    return {
        "answers a second": len(waits) / lasted,
        "hits (%)": 100 * (1 - made / len(waits)),
        "wait, median (ms)": statistics.median(waits),
        "wait, 99 % (ms)": waits[int(len(waits) * 0.99)],
        "wait, longest (ms)": waits[-1],
        "processor time, the editor's included (µs)": spent / len(waits) * 1e6,
    }


def main() -> None:
    stop_on_signals()
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--hosts", type=int, default=1)
    parser.add_argument("--publications", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    history, name = History(), options.database
    if options.hosts > 1:
        name += f", {options.hosts} hosts"
    with sites([options.database]) as made, ExitStack() as stack:
        site = made[options.database]
        hosts = [stack.enter_context(site.serve()) for _ in range(options.hosts)]
        say("Publishing …")
        found = first_bytes(site, hosts, options.publications)
        rows = []
        for figure, values in found.items():
            is_count = figure.startswith("old")
            unit = "" if is_count else " (ms)"
            spread = Spread.of(values)
            history.add(f"{name}: {figure}{unit}", sum(values) if is_count else spread)
            rows.append(
                [f"{figure}{unit}", sum(values), ""]
                if is_count
                else [f"{figure}{unit}", spread, spread.between()]
            )
        print(f"\n{name}, {options.publications} publications")
        print_table(["", "median", "low–high"], rows)
        for host in hosts:
            host.__exit__()
        say("Reading …")
        quiet, busy = (under_load(site, options.seconds, editor) for editor in (False, True))
    for figure, value in busy.items():
        history.add(f"{name}: quiet: {figure}", quiet[figure])
        history.add(f"{name}: an editor publishes each second: {figure}", value)
    print()
    print_table(
        ["", "quiet", "an editor each second"],
        [[figure, f"{quiet[figure]:.2f}", f"{value:.2f}"] for figure, value in busy.items()],
    )


if __name__ == "__main__":
    main()
