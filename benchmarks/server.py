"""What gunicorn's settings are argued by: see docs/server.md.

    .venv/bin/python benchmarks/server.py sharing [--requests 4000]
    .venv/bin/python benchmarks/server.py threads [--rounds 3]
    .venv/bin/python benchmarks/server.py granian [--rounds 7]

*sharing*: megabytes of gunicorn and its workers together (PSS) and of one worker alone, at the
start, after requests for all kinds of pages, after twelve forms of 5.8 MB, and after as many
requests again: as ``gunicorn.conf.py`` says, without its ``when_ready``, and without preloading.

*threads*: by workers and threads, microseconds of processor time of an article from the cache and
of a contact page, and how long the article takes while eight others ask for the contact page.

*granian*: the same requests by gunicorn and by Granian, which has to be installed.
"""

import argparse
import sys
import threading
import time
from pathlib import Path

from harness import (
    ROOT,
    Connection,
    Contender,
    History,
    Process,
    Site,
    Spread,
    accepting,
    compare,
    free_port,
    print_table,
    proportional_memory,
    ratio,
    request,
    sites,
    stop_on_signals,
)

FORM = b"name=x&text=" + b"a%0A" * 1_450_000  # 5.8 MB
WORKERS, THREADS = (1, 2, 4), (1, 2, 4, 8)
VARIANTS = {
    "as shipped": "",
    "no when_ready": "del when_ready",
    "no preload": "preload_app = False",
}


def megabytes(server: Process, workers: list[int]) -> list[str]:
    """Return what all processes take together, and what the first worker has alone."""
    together = sum(map(proportional_memory, [server.pid, *workers]))
    lines = Path(f"/proc/{workers[0]}/smaps_rollup").read_text().splitlines()
    alone = sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
    return [f"{together / 2**20:.0f}", f"{alone / 2**10:.0f}"]


def ask(port: int, requests: list[bytes], count: int, connections: int = 8) -> None:
    pool = [Connection(port) for _ in range(connections)]
    for number in range(0, count, connections):
        for place, connection in enumerate(pool):
            connection.send(requests[(number + place) % len(requests)])
        for connection in pool:
            connection.receive()
    for connection in pool:
        connection.close()


def sharing(site: Site, count: int, history: History) -> None:
    paths = [*site.content["paths"].values(), "/it/", "/admin/login/", "/it/account/login/"]
    pages = [request(path, accepting("gzip")) for path in paths]
    form_headers = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
    form = request(site.content["paths"]["contact"], form_headers, method="POST", body=FORM)
    rows = []
    for name, change in VARIANTS.items():
        settings = site.directory / "gunicorn_variant.py"
        settings.write_text(f"{(ROOT / 'gunicorn.conf.py').read_text()}\n{change}\n")
        with site.serve("--config", str(settings)) as server:
            time.sleep(1)
            row = megabytes(server, server.workers())
            for requests, number in ((pages, count), ([form], 12), (pages, count)):
                ask(server.port, requests, number, connections=4 if requests == [form] else 8)
                row += megabytes(server, server.workers())
        history.add(f"memory after {count} requests, {name} (MB)", float(row[2]))
        rows.append([name, *row])
    moments = ("start", f"{count} requests", "12 forms", "requests")
    print_table(["", *(f"{each}{what}" for each in moments for what in (": all", ", one"))], rows)


def threads(site: Site, rounds: int, history: History) -> None:
    rows = []
    for workers in WORKERS:
        for number in THREADS:
            with site.serve("--workers", str(workers), "--threads", str(number)) as server:
                article, contact = (
                    contender(site, server, kind) for kind in ("article", "contact")
                )
                compare([article, contact], rounds)
                waits = sorted(among_others(server.port, article.request, contact.request))
            name = f"{workers} × {number}"
            costs = [Spread.of(each.microseconds) for each in (article, contact)]
            history.add(f"article, cached, {name} (µs)", costs[0])
            places = (len(waits) // 2, len(waits) * 99 // 100)
            rows.append([name, *costs, *(f"{waits[place] * 1000:.1f}" for place in places)])
    print_table(["workers × threads", "article µs", "contact µs", "article p50 ms", "p99 ms"], rows)


def among_others(port: int, light: bytes, heavy: bytes, count: int = 300) -> list[float]:
    """Return the seconds that a light request takes while eight others ask for heavy ones."""
    over = threading.Event()

    def other() -> None:
        with Connection(port) as connection:
            while not over.is_set():
                connection.ask(heavy)

    others = [threading.Thread(target=other) for _ in range(8)]
    for thread in others:
        thread.start()
    waits = []
    for _ in range(count):
        begun = time.perf_counter()
        with Connection(port) as connection:
            connection.ask(light)
        waits.append(time.perf_counter() - begun)
    over.set()
    for thread in others:
        thread.join()
    return waits


def contender(site: Site, server: Process, kind: str) -> Contender:
    asked = request(site.content["paths"][kind], accepting("gzip"))
    return Contender(
        kind,
        server.port,
        asked,
        server.processor_time,
        lambda answer: answer.status == 200,
    )


def granian_of(site: Site) -> Process:
    """Return a Granian with the flags of docs/server.md."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "2", "--blocking-threads", "4", "--http", "1"]
    command += ["--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "30"]
    command += ["immunoportal.wsgi:application"]
    log = site.directory / f"granian-{port}.log"
    return Process(command, port, log, env=site.environment)


def granian(site: Site, rounds: int, history: History) -> None:
    with site.serve() as gunicorn, granian_of(site) as other:
        rows = []
        for kind in ("article", "contact"):
            both = [contender(site, server, kind) for server in (gunicorn, other)]
            compare(both, rounds)
            costs = [Spread.of(each.microseconds) for each in both]
            history.add(f"{kind}, gunicorn (µs)", costs[0])
            history.add(f"{kind}, Granian (µs)", costs[1])
            rows.append([kind, *costs, Spread.of(ratio(both[1], both[0]))])
    print_table(["", "gunicorn µs", "Granian µs", "ratio"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=("sharing", "threads", "granian"))
    parser.add_argument("--requests", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    stop_on_signals()
    history = History()
    with sites(["sqlite"]) as made:
        site = made["sqlite"]
        if arguments.what == "sharing":
            sharing(site, arguments.requests, history)
        elif arguments.what == "threads":
            threads(site, arguments.rounds, history)
        else:
            granian(site, arguments.rounds, history)


if __name__ == "__main__":
    main()
