"""What the portal costs behind the nginx that ``deploy/`` ships, against nginx with a file.

    .venv/bin/python benchmarks/behind_nginx.py [--database postgresql] [--rounds 7]

The yardstick is a second nginx, of the same TLS, that has the article's bytes as a file, compressed
beforehand (``gzip_static``), with the same headers. Both are asked over TLS on connections that are
kept. Microseconds of processor time a request, of all processes that work for it (nginx, gunicorn,
PostgreSQL): its inverse is what a machine can give at most. Requests a second stand beside it;
where the one who asks is slower than the one who answers, they say nothing.
"""

import argparse
import gzip
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from harness import (
    BEHIND_NGINX,
    PUBLIC_NAME,
    Answer,
    Connection,
    Contender,
    Gunicorn,
    History,
    Nginx,
    Site,
    Spread,
    accepting,
    certificate,
    compare,
    free_port,
    print_table,
    ratio,
    request,
    shipped_nginx,
    sites,
    stop_on_signals,
)

CONNECTIONS = 64
# What nginx itself says of a file.
OF_NGINX = {
    "server", "date", "connection", "content-length", "transfer-encoding", "content-type", "etag",
    "last-modified", "content-encoding", "accept-ranges", "age",
}  # fmt: skip


def file_server(directory: Path, path: str, page: Answer) -> Nginx:
    """Return an nginx that has a page as a file."""
    file = directory / "root" / path.strip("/") / "index.html"
    file.parent.mkdir(parents=True)
    file.write_bytes(page.body)
    Path(f"{file}.gz").write_bytes(gzip.compress(page.body, 9))
    chain, key = certificate(directory)
    port = free_port()
    headers = "".join(
        f"add_header {name} {quoted(value.strip())};\n"
        for name, _colon, value in (
            line.partition(":") for line in page.head.decode("latin-1").split("\r\n")[1:]
        )
        if name.lower() not in OF_NGINX
    )
    return Nginx(
        directory / "nginx",
        port,
        f"""
        server {{
            listen {port} ssl http2;
            server_name {PUBLIC_NAME};
            server_tokens off;
            ssl_certificate {chain};
            ssl_certificate_key {key};
            ssl_protocols TLSv1.2 TLSv1.3;
            keepalive_requests 100000;
            charset utf-8;
            gzip off;
            gzip_static on;
            {headers}
            location / {{ root {directory}/root; index index.html; }}
        }}
        """,
    )


def quoted(value: str) -> str:
    """Return a text as nginx's configuration has it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def throughput(contender: Contender, seconds: float = 3) -> float:
    """Return the answers a second that one process gets."""
    pool = [Connection(contender.port, contender.tls) for _ in range(contender.connections)]
    begun, count = time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        for connection in pool:
            connection.send(contender.request)
        for connection in pool:
            connection.receive()
        count += len(pool)
    for connection in pool:
        connection.close()
    return count / (time.perf_counter() - begun)


def contenders(
    site: Site, portal: Nginx, application: Gunicorn, files: Nginx, path: str
) -> list[Contender]:
    found = []
    both: dict[str, tuple[int, Callable[[], float]]] = {
        "portal": (portal.port, lambda: portal.processor_time() + site.processor_time(application)),
        "file": (files.port, files.processor_time),
    }
    for encoding in ("gzip", "identity"):
        for name, (port, spent) in both.items():
            asked = request(path, accepting(encoding), host=PUBLIC_NAME)
            found.append(
                Contender(
                    f"{name}, {encoding}", port, asked, spent,
                    partial(is_whole, encoding), most=40_000, connections=CONNECTIONS, tls=True,
                )
            )  # fmt: skip
    return found


def is_whole(encoding: str, answer: Answer) -> bool:
    packed = answer.header("Content-Encoding") or "identity"
    return answer.status == 200 and packed == encoding and len(answer.body) > 1000


def main() -> None:
    stop_on_signals()
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    history = History()
    with sites([options.database], **BEHIND_NGINX) as made:
        site = made[options.database]
        path = site.content["paths"]["article"]
        with site.serve() as application, shipped_nginx(site, [application]) as portal:
            with Connection(portal.port, tls=True) as connection:
                page = connection.ask(request(path, accepting("identity"), host=PUBLIC_NAME))
            with file_server(site.directory, path, page) as files:
                found = contenders(site, portal, application, files, path)
                compare(found, options.rounds)
                speeds = {contender.name: throughput(contender) for contender in found}
    rows = []
    for contender, file in zip(found[::2], found[1::2], strict=True):
        times = Spread.of(ratio(file, contender))
        figure = f"{options.database}: behind nginx, {contender.name.partition(', ')[2]}"
        history.add(f"{figure} (× file, by processor time)", times)
        history.add(
            f"{figure} (× file, by answers a second)",
            speeds[contender.name] / speeds[file.name],
        )
        for each, share in ((contender, times), (file, None)):
            cost = Spread.of(each.microseconds)
            history.add(f"{options.database}: behind nginx: {each.name} (µs)", cost)
            rows.append(
                [
                    each.name, cost, cost.between(), f"{share} ({share.between()})" if share else 1,
                    f"{speeds[each.name]:.0f}", each.bytes,
                ]
            )  # fmt: skip
    print_table(["", "µs", "low–high", "× file", "answers a second", "bytes"], rows)


if __name__ == "__main__":
    main()
