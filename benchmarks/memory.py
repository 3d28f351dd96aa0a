"""How much memory the server's processes take, and what stays of it.

    .venv/bin/python benchmarks/memory.py [--database postgresql] [--requests 20000] [--seconds 30]

Megabytes of each process of gunicorn, shared pages counted in parts (PSS): at the start, after
many requests for a few pages, after a crowd of strangers who ask for other addresses and other
queries all the time (at most 10,000 a second), after pictures, and half a minute later. Workers are
not replaced meanwhile (``--max-requests 0``), so that nothing hides what grows.
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator

from harness import (
    Connection,
    Gunicorn,
    History,
    Site,
    accepting,
    eventually,
    print_table,
    proportional_memory,
    request,
    say,
    sites,
    stop_on_signals,
)

MOST = 10_000  # strangers a second
AT_ONCE = 16
WORKERS = 2


def strangers(site: Site) -> Iterator[bytes]:
    """Yield requests of which no two are the same, and that no page is meant for."""
    paths = site.content["paths"]
    number = 0
    while True:
        number += 1
        noise = f"{number}-{random.getrandbits(64):x}"
        path = random.choice([paths["article"], paths["home"], paths["list"]])
        yield request(
            random.choice(
                [
                    f"{path}?{noise}={noise}",
                    f"{path}?utm_source={noise}",
                    f"{paths['list']}?page={noise}",
                    f"/en/articles/{noise}/",
                    f"/en/{noise}/",
                    f"/media/{noise}",
                    f"/static/{noise}.css",
                ]
            ),
            {
                "Accept-Encoding": random.choice(["gzip", "br", "identity", f"x-{noise}"]),
                "If-None-Match": f'"{noise}"',
                "Cookie": f"session={noise}; {noise}=1",
            },
        )


def ask_all(
    server: Gunicorn, requests: Iterator[bytes], is_over: Callable[[int, float], bool]
) -> Counter[int]:
    """Send requests until it is over; return how many answers had which status."""
    pool = [Connection(server.port) for _ in range(AT_ONCE)]
    begun = time.monotonic()
    statuses: Counter[int] = Counter()
    while not is_over(statuses.total(), time.monotonic() - begun):
        for connection in pool:
            connection.send(next(requests))
        for connection in pool:
            statuses[connection.receive().status] += 1
        ahead = statuses.total() / MOST - (time.monotonic() - begun)
        if ahead > 0:
            time.sleep(ahead)
    for connection in pool:
        connection.close()
    return statuses


def endless(requests: list[bytes]) -> Iterator[bytes]:
    while True:
        yield from requests


def weigh(server: Gunicorn) -> list[float]:
    """Return the megabytes of the master, and of the workers in the order of their size."""
    workers = sorted(proportional_memory(pid) / 1e6 for pid in server.workers())
    return [proportional_memory(server.pid) / 1e6, *workers]


def main() -> None:
    stop_on_signals()
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    with sites([options.database]) as made:
        site = made[options.database]
        paths = site.content["paths"]
        public = [*(paths[kind] for kind in ("home", "list", "topic", "article"))]
        public += [f"/en/articles/benchmark-{number}/" for number in range(1, 20)]
        pages = [
            request(path, accepting(encoding))
            for path in public
            for encoding in ("gzip", "br", "identity")
        ]
        files = (site.directory / "data/renditions").iterdir()
        pictures = [request(f"/media/{file.name}") for file in files]
        settings = ["--workers", str(WORKERS), "--max-requests", "0", "--max-requests-jitter", "0"]
        with site.serve(*settings) as server:
            eventually(lambda: len(server.workers()) == WORKERS)
            steps = {"at the start": weigh(server)}
            counts: dict[str, Counter[int]] = {"at the start": Counter()}
            for name, requests, is_over in (
                (
                    f"after {options.requests} requests",
                    endless(pages),
                    lambda count, _seconds: count >= options.requests,
                ),
                (
                    "after strangers",
                    strangers(site),
                    lambda _count, seconds: seconds >= options.seconds,
                ),
                (
                    "after pictures",
                    endless(pictures),
                    lambda count, _seconds: count >= 4_000,
                ),
                ("half a minute later", endless(pages), lambda _count, seconds: seconds >= 1),
            ):
                say(f"Measuring {name} …")
                if name == "half a minute later":
                    time.sleep(30)
                counts[name] = ask_all(server, requests, is_over)
                steps[name] = weigh(server)
    history = History()
    names = ["master", *(f"worker {number}" for number in range(1, len(steps["at the start"])))]
    for step, weights in steps.items():
        for name, weight in zip(names, weights, strict=True):
            history.add(f"{options.database}: memory {step}: {name} (MB)", weight)
    print_table(
        [f"{options.database}, MB", *names, "answers"],
        [
            [
                step,
                *(f"{weight:.1f}" for weight in weights),
                ", ".join(f"{count} × {status}" for status, count in counts[step].most_common()),
            ]
            for step, weights in steps.items()
        ],
    )


if __name__ == "__main__":
    main()
