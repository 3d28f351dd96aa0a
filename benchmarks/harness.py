"""What all benchmarks stand on: real servers of their own, and the operating system's accounts.

A ``Site`` is a data directory (and, where wanted, a PostgreSQL cluster) with content. It is served
by gunicorn as ``gunicorn.conf.py`` says, on a free port of the loopback interface. What a request
costs is the processor time of the server's processes, and of the database's, divided by the
requests: it hardly depends on what else the machine does, where requests a second would.
"""

import csv
import getpass
import itertools
import json
import os
import random
import shutil
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
HISTORY = HERE / "history.csv"
TICKS = os.sysconf("SC_CLK_TCK")
SITE_VARIABLES = {"DATABASE_URL", "SITE_URL", "CACHE_URL", "MEDIA_STORAGE_URL", "BEHIND_NGINX"}


# The operating system's accounts


def processes(root: int) -> list[int]:
    """Return a process and all that have come from it and live."""
    found = [root]
    for pid in found:
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # gone meanwhile
    return found


def children(pid: int) -> list[int]:
    """Return the children of a process, such as the workers of a gunicorn."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def processor_time(*roots: int) -> float:
    """Return the seconds of processor time of processes and of all that have come from them.

    Those that have ended count in the process that has waited for them.
    """
    ticks = 0
    for root in roots:
        for pid in processes(root):
            try:
                stat = Path(f"/proc/{pid}/stat").read_text()
            except OSError:
                continue
            # proc(5): utime, stime, cutime, cstime are fields 14 to 17; the name may hold spaces.
            ticks += sum(map(int, stat.rpartition(")")[2].split()[11:15]))
    return ticks / TICKS


def proportional_memory(pid: int) -> int:
    """Return the bytes that a process takes, each shared page counted in parts (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


# Servers


def free_port() -> int:
    """Return a port where nobody listens, and that the system gives to no outgoing connection."""
    while True:
        port = random.randrange(15_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def eventually(condition: Callable[[], object], patience: float = 60) -> None:
    """Wait until a condition holds.

    Raises:
        TimeoutError: it does not within ``patience`` seconds.
    """
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("What was waited for has not come.")
        time.sleep(0.05)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Process:
    """A server of ours that runs in the foreground until the block ends.

    Args:
        log: the file that takes what it says.
    """

    def __init__(self, command: Sequence[str], port: int, log: Path, **options: Any):
        self.command, self.port, self.log, self.options = command, port, log, options
        self.process: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, **self.options
            )
        try:
            eventually(self.is_ready)
        except BaseException:
            self.__exit__()
            raise
        return self

    def is_ready(self) -> bool:
        if self.process.poll() is not None:
            sys.exit(f"{' '.join(self.command)} ended:\n{self.log.read_text()[-3000:]}")
        return listens(self.port)

    def __exit__(self, *_error: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    @property
    def pid(self) -> int:
        return self.process.pid

    def processor_time(self) -> float:
        return processor_time(self.pid)


class Gunicorn(Process):
    """A gunicorn with the portal's settings; another application may stand in its place."""

    def __init__(
        self,
        directory: Path,
        environment: Mapping[str, str],
        application: str = "",
        options: Sequence[str] = (),
    ):
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", *options]
        if application:
            command += ["--pythonpath", str(HERE), application]
        environment = {**environment, "PORT": str(port)}
        super().__init__(command, port, directory / f"gunicorn-{port}.log", env=environment)

    def is_ready(self) -> bool:
        if not super().is_ready() or not children(self.pid):
            return False
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def workers(self) -> list[int]:
        return children(self.pid)


class PostgreSQL:
    """A PostgreSQL cluster that lives as long as the block."""

    def __enter__(self) -> Self:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not found:
            sys.exit("No PostgreSQL is installed.")
        self.binaries, self.port = found[-1], free_port()
        self.directory = Path(tempfile.mkdtemp(prefix="immunoportal-postgresql-"))
        if os.geteuid() == 0:
            shutil.chown(self.directory, "postgres", "postgres")
        self.run("initdb", "-U", "portal", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        # Autovacuum would cost at moments of its own choice: ``analyze`` does its work.
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c autovacuum=off"
            f" -c unix_socket_directories={self.directory}"
        )
        self.run("pg_ctl", "-w", "-l", str(self.directory / "log"), "-o", options, "start")
        self.pid = int((self.directory / "data/postmaster.pid").read_text().split()[0])
        return self

    def __exit__(self, *_error: object) -> None:
        self.run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(self.directory)

    def run(self, program: str, *arguments: str) -> None:
        command = [str(self.binaries / program), "-D", str(self.directory / "data"), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(
            command, cwd=self.directory, check=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )  # fmt: skip

    def processor_time(self) -> float:
        return processor_time(self.pid)

    @property
    def url(self) -> str:
        return f"postgres://portal@127.0.0.1:{self.port}/postgres"

    def analyze(self) -> None:
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


class Site:
    """A portal's data with content: see ``content.py`` for what there is.

    Args:
        directory: an empty one.
        database: where it is not to be SQLite.
        environment: further variables.
    """

    content: dict[str, Any]

    def __init__(self, directory: Path, database: PostgreSQL | None = None, **environment: str):
        self.directory, self.database = directory, database
        self.variables = {
            "DATA_DIR": str(directory / "data"),
            "SITE_URL": "http://127.0.0.1",
            "SECRET_KEY": "a secret of sixty characters that only the benchmarks know..",
            "DJANGO_SUPERUSER_EMAIL": "admin@example.org",
            "DJANGO_SETTINGS_MODULE": "immunoportal.settings",
            **environment,
        }
        if database:
            self.variables["DATABASE_URL"] = database.url
        self.manage("setup")
        self.fill()
        if database:
            database.analyze()

    def fill(self) -> None:
        """Add the content."""
        self.content = json.loads(self.python(HERE / "content.py"))
        self.manage("worker", "--once")

    @property
    def environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if key not in SITE_VARIABLES}
        return inherited | self.variables

    def manage(self, *command: str) -> str:
        return self.python(ROOT / "manage.py", *command)

    def python(self, script: Path, *arguments: str, **environment: str) -> str:
        """Return what a script prints that runs with this site's settings."""
        done = subprocess.run(
            [sys.executable, str(script), *arguments], cwd=ROOT, text=True,
            env=self.environment | environment, capture_output=True, check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"{script.name} {' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
        return done.stdout

    def serve(self, *options: str, application: str = "", **environment: str) -> Gunicorn:
        """Return a gunicorn to enter.

        Args:
            options: of gunicorn's command line.
            application: instead of the portal's.
            environment: further variables.
        """
        return Gunicorn(self.directory, self.environment | environment, application, options)

    def processor_time(self, server: Process) -> float:
        """Return the seconds that a server has spent, and the database with it."""
        database = self.database.processor_time() if self.database else 0
        return server.processor_time() + database


@contextmanager
def sites(names: Sequence[str], **environment: str) -> Iterator[dict[str, Site]]:
    """Make sites, by the names of their databases: ``sqlite``, ``postgresql``."""
    with ExitStack() as stack:
        made = {}
        for name in names:
            directory = Path(stack.enter_context(temporary_directory()))
            database = stack.enter_context(PostgreSQL()) if name == "postgresql" else None
            say(f"Preparing a site on {name} …")
            made[name] = Site(directory, database, **environment)
        yield made


def temporary_directory() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="immunoportal-benchmark-", ignore_cleanup_errors=True)


class Nginx(Process):
    """An nginx with what stands in ``http { }``."""

    def __init__(self, directory: Path, port: int, configuration: str):
        directory.mkdir(exist_ok=True)
        places = "".join(
            f"{kind}_temp_path {directory}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        file = directory / "nginx.conf"
        # Debian's own main configuration, but for its places and without its access log.
        file.write_text(
            f"daemon off;\nuser {getpass.getuser()};\nworker_processes auto;\n"
            f"pid {directory}/pid;\nerror_log stderr;\n"
            f"include /etc/nginx/modules-enabled/*.conf;\n"
            "events { worker_connections 768; }\n"
            "http {\ninclude /etc/nginx/mime.types;\ndefault_type application/octet-stream;\n"
            f"sendfile on;\ntcp_nopush on;\naccess_log off;\n{places}{configuration}\n}}\n"
        )
        command = ["nginx", "-e", "stderr", "-c", str(file)]
        super().__init__(command, port, directory / "log")


def certificate(directory: Path) -> tuple[Path, Path]:
    """Return a certificate of the site's public name, and its key."""
    chain, key = directory / "fullchain.pem", directory / "privkey.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", f"/CN={PUBLIC_NAME}", "-keyout", key, "-out", chain,
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return chain, key


# The name of the site, where it stands behind nginx, and what it is told there.
PUBLIC_NAME = "localhost"
BEHIND_NGINX = {
    "SITE_URL": f"https://{PUBLIC_NAME}",
    "BEHIND_NGINX": "1",
    "TRUSTED_PROXIES": "127.0.0.0/8",
}


def shipped_nginx(site: Site, hosts: Sequence[Process]) -> Nginx:
    """Return the nginx that ``deploy/`` ships, before some application hosts of a site."""
    directory = site.directory / f"nginx-{free_port()}"
    directory.mkdir()
    chain, key = certificate(directory)
    port = free_port()
    variables = {
        "SERVER_NAME": PUBLIC_NAME,
        "APPLICATION_HOSTS": " ".join(f"127.0.0.1:{host.port}" for host in hosts),
        "CERTIFICATE": str(chain),
        "CERTIFICATE_KEY": str(key),
        "DATA_DIR": site.variables["DATA_DIR"],
        "CACHE_DIR": str(directory / "cache"),
        "HTTP_PORT": str(free_port()),
        "HTTPS_PORT": str(port),
    }
    configured = subprocess.run(
        [ROOT / "deploy/nginx/configure"], env={**os.environ, **variables}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    return Nginx(directory, port, configured.stdout)


# A reader that costs little


_connections = itertools.count()


@lru_cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Broken(Exception):
    """The connection has ended before the answer was whole."""


@dataclass(slots=True)
class Answer:
    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """Return the value of a header; empty where there is none."""
        start = self.head.lower().find(b"\r\n" + name.lower().encode() + b":")
        if start < 0:
            return ""
        value = self.head[start + len(name) + 3 :].partition(b"\r\n")[0]
        return value.strip().decode("latin-1")


class Connection:
    """A connection that is kept alive; one request at a time, no pipelining.

    Args:
        tls: as to nginx, from a network of its own; whose certificate it is, is not asked.
    """

    def __init__(self, port: int, tls: bool = False):
        self.port, self.tls = port, tls
        self.reconnections = 0
        # nginx counts requests by the network that they come from: each connection has its own.
        number = next(_connections)
        self.source = f"127.0.{number // 250 % 250 + 1}.{number % 250 + 1}" if tls else ""
        self.open()

    def open(self) -> None:
        self.socket: socket.socket = socket.create_connection(
            ("127.0.0.1", self.port), timeout=60, source_address=(self.source, 0)
        )
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls:
            self.socket = _tls().wrap_socket(self.socket, server_hostname=PUBLIC_NAME)
        self.used = False

    def close(self) -> None:
        self.socket.close()

    def send(self, request: bytes) -> None:
        """Send a request, on a new connection where the server has ended this one."""
        self.request = request
        try:
            self.socket.sendall(request)
        except OSError:
            self._reopen()
            self.socket.sendall(request)

    def receive(self) -> Answer:
        """Return the answer to the request that was sent.

        A kept connection that the server has ended before the request arrived is opened anew, and
        the request sent once more, as browsers do.

        Raises:
            Broken: the answer did not come, or not whole.
        """
        try:
            data = self._read()
            if not data:
                if not self.used:
                    raise Broken
                self._reopen()
                self.socket.sendall(self.request)
                data = self._read()
            head, separator, body = data.partition(b"\r\n\r\n")
            while not separator:
                data += self._read_more()
                head, separator, body = data.partition(b"\r\n\r\n")
            answer = Answer(int(head[9:12]), head, b"")
            answer.body = self._body(answer, body)
        except (OSError, ValueError) as error:
            raise Broken(str(error)) from error
        self.used = True
        if b"\r\nConnection: close" in head:
            self._reopen()
        return answer

    def ask(self, request: bytes) -> Answer:
        self.send(request)
        return self.receive()

    def _body(self, answer: Answer, body: bytes) -> bytes:
        if self.request.startswith(b"HEAD ") or answer.status in (204, 304):
            return b""
        length = answer.header("Content-Length")
        if length:
            parts, missing = [body], int(length) - len(body)
            while missing > 0:
                parts.append(self._read_more())
                missing -= len(parts[-1])
            return b"".join(parts)
        if "chunked" not in answer.header("Transfer-Encoding"):
            raise Broken("An answer without a length.")
        while not body.endswith(b"0\r\n\r\n"):
            body += self._read_more()
        whole = b""
        while True:
            size, _, body = body.partition(b"\r\n")
            number = int(size, 16)
            if not number:
                return whole
            whole, body = whole + body[:number], body[number + 2 :]

    def _read(self) -> bytes:
        try:
            return self.socket.recv(262_144)
        except ConnectionResetError:
            return b""

    def _read_more(self) -> bytes:
        data = self._read()
        if not data:
            raise Broken("The connection ended within an answer.")
        return data

    def _reopen(self) -> None:
        self.reconnections += 1
        self.socket.close()
        self.open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def request(
    path: str,
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    body: bytes = b"",
    host: str = "127.0.0.1",
) -> bytes:
    """Return the bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "User-Agent: benchmark"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def accepting(encoding: str) -> dict[str, str]:
    """Return the header that asks for a content coding."""
    return {"Accept-Encoding": encoding}


# Measuring


@dataclass
class Contender:
    """Something that is asked again and again, to know what it costs.

    Args:
        spent: gives the processor time, in seconds, of all that works for it.
        right: tells whether an answer is what it must be.
        before: called ahead of each request; then they go one after another.
    """

    name: str
    port: int
    request: bytes
    spent: Callable[[], float]
    right: Callable[[Answer], bool]
    before: Callable[[], object] | None = None
    most: int = 4_000
    connections: int = 4
    tls: bool = False
    count: int = 0
    microseconds: list[float] = field(default_factory=list)
    bytes: int = 0

    def measure(self, count: int) -> float:
        """Return the microseconds of processor time of one of so many requests.

        Raises:
            SystemExit: an answer is not what it must be.
        """
        size = 1 if self.before else self.connections
        pool = [Connection(self.port, self.tls) for _ in range(size)]
        # Others may have had the page made anew since: its first readers get no Brotli.
        for connection in pool * 3:
            connection.ask(self.request)
        begun = self.spent()
        done = 0
        while done < count:
            if self.before:
                self.before()
            for connection in pool:
                connection.send(self.request)
            for connection in pool:
                answer = connection.receive()
                if not self.right(answer):
                    sys.exit(f"{self.name}: {answer.head.decode('latin-1')}\n{answer.body[:300]!r}")
            done += len(pool)
        for connection in pool:
            connection.close()
        self.bytes = len(answer.body)
        return (self.spent() - begun) / done * 1e6


# The accounts count hundredths of a second.
ENOUGH = 0.6  # seconds of processor time in a round


def compare(contenders: Sequence[Contender], rounds: int) -> None:
    """Measure contenders in turns, A B A B …, so that what else happens meets all of them."""
    for contender in contenders:
        pilot = 20 if contender.before else 200
        contender.measure(pilot)
        cost = max(contender.measure(pilot), 20) / 1e6
        contender.count = int(min(max(pilot, ENOUGH / cost), contender.most))
    for _round in range(rounds):
        for contender in contenders:
            contender.microseconds.append(contender.measure(contender.count))


def ratio(one: Contender, other: Contender) -> list[float]:
    """Return, for each round, by how much one contender cost more than the other."""
    return [a / b for a, b in zip(one.microseconds, other.microseconds, strict=True)]


@dataclass(frozen=True)
class Spread:
    """The median of values, and the smallest and the largest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        return f"{self.median:.{digits(self.median)}f}"

    def between(self) -> str:
        places = digits(self.median)
        return f"{self.low:.{places}f}–{self.high:.{places}f}"


def digits(value: float) -> int:
    """Return how many decimals a value is shown with."""
    return 0 if value >= 100 else 1 if value >= 10 else 2


# What is printed, and what is kept


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table, the first column to the left and the others to the right."""
    texts = [list(map(str, header)), *(list(map(str, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        cells = [
            cell.rjust(width) if number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip(), flush=True)


COLUMNS = ["date", "commit", "cores", "python", "command", "figure", "median", "low", "high"]


class History:
    """Appends figures to ``benchmarks/history.csv``, one a row; those of one run share their date.

    A figure's name says its unit, such as ``sqlite: article, cached, gzip (µs)``.
    """

    def __init__(self) -> None:
        changed = git("status", "--porcelain", "--untracked-files=no", ":!benchmarks/history.csv")
        # A folder is one machine's.
        arguments = [each for each in sys.argv[1:] if not Path(each).is_absolute()]
        self.shared = [
            datetime.now(UTC).isoformat(timespec="seconds"),
            git("rev-parse", "--short", "HEAD") + ("+" if changed else ""),
            str(os.cpu_count()),
            ".".join(map(str, sys.version_info[:3])),
            " ".join([f"benchmarks/{Path(sys.argv[0]).name}", *arguments]),
        ]

    def add(self, figure: str, value: Spread | float) -> None:
        spread = value if isinstance(value, Spread) else Spread(value, value, value)
        numbers = [f"{number:.6g}" for number in (spread.median, spread.low, spread.high)]
        is_new = not HISTORY.exists()
        with HISTORY.open("a", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            if is_new:
                writer.writerow(COLUMNS)
            writer.writerow([*self.shared, figure, *numbers])


def git(*command: str) -> str:
    done = subprocess.run(
        ["git", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    return done.stdout.strip()


def stop_on_signals() -> None:
    """Have the servers ended also where the benchmark is told to end."""

    def leave(number: int, _frame: object) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
