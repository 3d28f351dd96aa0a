"""Where the time of a page goes.

    .venv/bin/python benchmarks/profile_page.py [KIND] [--lines 25] [--sort tottime]

Asks the WSGI application itself, in this process and without a server, a thousand times for a
page, in three ways: from the page cache; with no page stored; and the first time after a public
change. Prints cProfile's table of each. cProfile makes Python's own calls dearer than they are: it
shows where to look, and ``pages.py`` what it costs.
"""

import argparse
import cProfile
import json
import os
import pstats
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from harness import HERE, ROOT, say, sites, stop_on_signals

TIMES = {"cached": 1000, "not stored": 300, "after a change": 300}


def environ(path: str, cookie: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "RAW_URI": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_ACCEPT_ENCODING": "gzip",
        "HTTP_COOKIE": cookie,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def ask(application: Callable[..., Any], path: str, cookie: str) -> str:
    """Return the status of a page."""
    answered: list[str] = []
    answer = application(
        environ(path, cookie), lambda status, _headers, *_more: answered.append(status)
    )
    for _part in answer:
        pass
    if hasattr(answer, "close"):
        answer.close()
    return answered[0]


def profile(way: str, path: str, cookie: str, lines: int, sort: str) -> None:
    """Print the profile of one way; runs in the site's environment."""
    sys.path.insert(0, str(ROOT))
    from immunoportal.wsgi import application  # sets Django up

    from immunoportal.publication import clock  # isort: skip

    lease = clock.reader().lease
    for _warm in range(20):
        ask(application, path, cookie)
    # Of processor time: what other processes do meanwhile does not count.
    profiler, spent = cProfile.Profile(time.process_time), 0.0
    for _time in range(TIMES[way]):
        if way == "after a change":
            clock.advance()
            time.sleep(lease)
        begun = time.process_time()
        profiler.enable()
        ask(application, path, cookie)
        profiler.disable()
        spent += time.process_time() - begun
    for _warm in range(20):
        ask(application, path, cookie)
    begun = time.process_time()
    for _time in range(TIMES[way]):
        ask(application, path, cookie)
    plain = (time.process_time() - begun) / TIMES[way] * 1e6
    print(f"\n{way}: {spent / TIMES[way] * 1e6:.0f} µs with the profiler", end="")
    print("" if way == "after a change" else f", {plain:.0f} µs without", flush=True)
    pstats.Stats(profiler).strip_dirs().sort_stats(sort).print_stats(lines)


def main() -> None:
    stop_on_signals()
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("kind", nargs="?", default="article")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--way", choices=TIMES, nargs="*", default=list(TIMES))
    parser.add_argument("--lines", type=int, default=25)
    parser.add_argument("--sort", choices=["cumulative", "tottime"], default="cumulative")
    options = parser.parse_args()
    with sites([options.database]) as made:
        site = made[options.database]
        path = site.content["paths"][options.kind]
        cookie = site.content["professional"] if options.kind == "reserved" else ""
        for way in options.way:
            say(f"Profiling {options.kind}, {way} …")
            megabytes = {"PAGE_CACHE_MB": "0"} if way == "not stored" else {}
            arguments = json.dumps([way, path, cookie, options.lines, options.sort])
            subprocess.run(
                [sys.executable, str(HERE / Path(__file__).name), "--inside", arguments],
                cwd=ROOT, env=site.environment | megabytes, check=True,
            )  # fmt: skip


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "immunoportal.settings")
    if sys.argv[1:2] == ["--inside"]:
        profile(*json.loads(sys.argv[2]))
    else:
        main()
