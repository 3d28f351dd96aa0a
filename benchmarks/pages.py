"""What each kind of page costs, from the cache and without, on SQLite and on PostgreSQL.

    .venv/bin/python benchmarks/pages.py [--database sqlite] [--kind article …] [--rounds 7]

Microseconds of processor time a request, of gunicorn and of PostgreSQL's processes, the median of
rounds that take turns, and how many times that is of the two yardsticks: *bare* (``bare.py``: the
same bytes from a WSGI application that does nothing) and *plain* (``plain.py``: three queries and a
page of the article's size in Django, on the same database, asked with ``gzip``).

A page that does not come from the cache is measured twice. *Not stored*: nothing public changes,
and ``PAGE_CACHE_MB=0`` keeps no page; what is remembered until the next change is remembered.
*After a change*: the publication clock is advanced before each request.
"""

import argparse
import json
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from harness import (
    HERE,
    ROOT,
    Answer,
    Connection,
    Contender,
    Gunicorn,
    History,
    Site,
    Spread,
    accepting,
    compare,
    free_port,
    print_table,
    ratio,
    request,
    say,
    sites,
    stop_on_signals,
)

PUBLIC = ["home", "list", "topic", "article"]
FILES = ["picture", "static"]
KINDS = [*PUBLIC, "reserved", "contact", "not found", "moved", *FILES]
# gunicorn's own, and what belongs to one connection or one moment.
NOT_RECORDED = {"server", "date", "connection", "transfer-encoding", "content-length", "age"}


@dataclass(frozen=True)
class Case:
    """A way to ask for a page."""

    kind: str
    way: str
    method: str = "GET"
    encoding: str = "gzip"
    conditional: bool = False

    @property
    def name(self) -> str:
        return f"{self.kind}, {self.way}"


def cases(kind: str) -> list[Case]:
    if kind in PUBLIC:
        found = [
            Case(kind, "cached, gzip"),
            Case(kind, "cached, 304", conditional=True),
            Case(kind, "not stored, gzip"),
            Case(kind, "after a change, gzip"),
        ]
        if kind == "article":
            found += [
                Case(kind, "cached, identity", encoding="identity"),
                Case(kind, "cached, br", encoding="br"),
                Case(kind, "cached, HEAD", method="HEAD"),
                Case(kind, "not stored, identity", encoding="identity"),
            ]
        return found
    if kind == "picture":
        return [
            Case(kind, "whole", encoding="identity"),
            Case(kind, "304", encoding="identity", conditional=True),
            Case(kind, "HEAD", method="HEAD", encoding="identity"),
        ]
    if kind == "static":
        return [Case(kind, "br", encoding="br"), Case(kind, "304", encoding="br", conditional=True)]
    # A redirect has nothing to compress.
    return [Case(kind, "identity", encoding="identity") if kind == "moved" else Case(kind, "gzip")]


@contextmanager
def clock_hand(site: Site) -> Iterator[Callable[[], None]]:
    """Give a function that advances the site's publication clock."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "clock_hand.py")], cwd=ROOT, env=site.environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    orders, answers = process.stdin, process.stdout

    def advance() -> None:
        orders.write("\n")
        orders.flush()
        answers.readline()

    with process:
        yield advance
        orders.close()


def steady_answer(port: int, asked: bytes, encoding: str) -> Answer:
    """Return the answer that all workers give once their caches are warm."""
    deadline = time.monotonic() + 15
    while True:
        answers = []
        for _number in range(8):
            with Connection(port) as connection:
                answers += [connection.ask(asked) for _again in range(3)]
        same = all(len(answer.body) == len(answers[0].body) for answer in answers)
        if same and answers[0].header("Content-Encoding") in ("", encoding):
            return answers[0]
        if time.monotonic() > deadline:
            return answers[0]


def headers_of(answer: Answer) -> list[tuple[str, str]]:
    lines = answer.head.decode("latin-1").split("\r\n")[1:]
    pairs = [
        (name, value.strip()) for name, _colon, value in (line.partition(":") for line in lines)
    ]
    kept = [pair for pair in pairs if pair[0].lower() not in NOT_RECORDED]
    length = answer.header("Content-Length")
    return [*kept, ("Content-Length", length)] if length else kept


def is_like(reference: Answer, exactly: bool, answer: Answer) -> bool:
    if answer.status != reference.status:
        return False
    if exactly:
        return answer.body == reference.body
    return abs(len(answer.body) - len(reference.body)) < 200


class Measurement:
    """One site with the servers that are compared: the portal twice, and the two yardsticks."""

    def __init__(self, name: str, site: Site, stack: ExitStack):
        self.name, self.site, self.stack = name, site, stack
        self.caching = stack.enter_context(site.serve())
        self.storing_nothing = stack.enter_context(site.serve(PAGE_CACHE_MB="0"))
        self.advance = stack.enter_context(clock_hand(site))
        self.plain = stack.enter_context(self.serve_plain())
        self.queries = json.loads(
            site.python(
                HERE / "count_queries.py",
                json.dumps(site.content["paths"]),
                site.content["professional"],
            )
        )

    def serve_plain(self) -> Gunicorn:
        page = request(self.site.content["paths"]["article"], accepting("identity"))
        size = len(steady_answer(self.caching.port, page, "").body)
        url = f"sqlite:///{self.site.directory}/plain.sqlite3"
        variables = {
            "PLAIN_SIZE": str(size),
            "PLAIN_DATABASE": self.site.database.url if self.site.database else url,
        }
        self.site.python(HERE / "plain.py", **variables)
        return self.site.serve(application="plain:application", **variables)

    def measure(self, kind: str, rounds: int) -> Iterator[tuple[Case, Contender, list[Contender]]]:
        """Yield the cases of a kind, each with what it cost, and what the yardsticks did."""
        recorded: dict[tuple[str, str, str, bool], tuple] = {}
        contenders: list[Contender] = []
        pairs = []
        file = self.site.directory / f"recorded-{free_port()}"
        bare = self.site.serve(application="bare:application", RECORDED=str(file))
        for case in cases(kind):
            contender, twin = self.contenders(case, bare, recorded)
            if contender is None:
                continue
            if twin.request not in [other.request for other in contenders]:
                contenders.append(twin)
            else:
                twin = next(other for other in contenders if other.request == twin.request)
            contenders.append(contender)
            pairs.append((case, contender, twin))
        file.write_bytes(pickle.dumps(recorded))
        plain = Contender(
            "plain",
            self.plain.port,
            request("/articles/article-1/", accepting("gzip")),
            partial(self.site.processor_time, self.plain),
            lambda answer: answer.status == 200,
        )
        with bare:
            compare([*contenders, plain], rounds)
        for case, contender, twin in pairs:
            yield case, contender, [twin, plain]

    def contenders(
        self, case: Case, bare: Gunicorn, recorded: dict
    ) -> tuple[Contender | None, Contender]:
        """Return the portal's side of a case, and the twin that hands out the same bytes."""
        path = self.site.content["paths"][case.kind]
        headers = accepting(case.encoding)
        if case.kind == "reserved":
            headers["Cookie"] = self.site.content["professional"]
        server = self.storing_nothing if "not stored" in case.way else self.caching
        asked = request(path, headers, method=case.method)
        answer = steady_answer(server.port, asked, case.encoding)
        if case.conditional:
            tag, date = answer.header("ETag"), answer.header("Last-Modified")
            headers |= {"If-None-Match": tag} if tag else {"If-Modified-Since": date}
            asked = request(path, headers, method=case.method)
            answer = steady_answer(server.port, asked, case.encoding)
        is_encoded = case.encoding == (answer.header("Content-Encoding") or "identity")
        exactly = case.kind in (*PUBLIC, *FILES)
        portal = Contender(
            case.name,
            server.port,
            asked,
            partial(self.site.processor_time, server),
            partial(is_like, answer, exactly),
        )
        if "after a change" in case.way:
            portal.before = self.advance
            portal.most = 30 if self.site.database else 300
        key = (case.method, path, case.encoding, case.conditional)
        reason = answer.head.split(b"\r\n")[0].decode()[9:]
        recorded.setdefault(key, (reason, headers_of(answer), answer.body))
        if case.conditional:
            headers |= {"If-None-Match": "any"}
        twin = Contender(
            f"bare: {case.name}",
            bare.port,
            request(path, headers, method=case.method),
            bare.processor_time,
            partial(is_like, answer, True),
        )
        return (portal if is_encoded or case.conditional else None), twin


def main() -> None:
    stop_on_signals()
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    databases = ["sqlite", "postgresql"]
    parser.add_argument("--database", choices=databases, nargs="*", default=databases)
    parser.add_argument("--kind", choices=KINDS, nargs="*", default=KINDS)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    history = History()
    with sites(options.database) as made:
        for name, site in made.items():
            rows = []
            with ExitStack() as stack:
                measurement = Measurement(name, site, stack)
                for kind in options.kind:
                    say(f"Measuring {kind} on {name} …")
                    found = measurement.measure(kind, options.rounds)
                    rows += [row(name, measurement, history, *each) for each in found]
            print(f"\n{name}, median of {options.rounds} rounds")
            print_table(["", "µs", "low–high", "× bare", "× plain", "queries", "bytes"], rows)


def row(
    name: str,
    measurement: Measurement,
    history: History,
    case: Case,
    contender: Contender,
    yardsticks: list[Contender],
) -> list[str]:
    """Return the table's row of a case, and keep its figures."""
    cost = Spread.of(contender.microseconds)
    figure = f"{name}: {case.name}"
    history.add(f"{figure} (µs)", cost)
    cells = [case.name, str(cost), cost.between()]
    for yardstick, unit in zip(yardsticks, ("bare", "plain"), strict=True):
        times = Spread.of(ratio(contender, yardstick))
        history.add(f"{figure} (× {unit})", times)
        cells.append(str(times))
    queries = measurement.queries[case.kind].get(case.way.partition(",")[0])
    if case.way in ("gzip", "identity"):
        queries = measurement.queries[case.kind]["not stored"]
    if queries is not None:
        history.add(f"{figure} (queries)", queries)
    return [*cells, "" if queries is None else str(queries), str(contender.bytes)]


if __name__ == "__main__":
    main()
