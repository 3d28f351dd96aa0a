"""The parts of a site on several hosts, each a process of its own on loopback."""

import http.client
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings

from tests.accounts.steps import LOGIN, PASSWORD
from tests.mail_server import eventually
from tests.pages import page_of
from tests.portal import children_of

NAME = "portal.test"
BUCKET = "pictures"


def free_port() -> int:
    """A port on which nobody listens, and that the system gives to no outgoing connection."""
    while True:
        port = random.randrange(15_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Part:
    """A process that can be ended, killed with all that it has started, and started again."""

    process: subprocess.Popen[bytes]

    def __init__(self, folder: Path):
        folder.mkdir(parents=True)
        self.folder = folder
        self.port = free_port()

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def is_up(self) -> bool:
        return self.listens()

    def launch(self):
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                self.command(), cwd=settings.BASE_DIR, env=self.environment(),
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def start(self):
        self.launch()
        eventually(lambda: self.process.poll() is not None or self.is_up())
        assert self.process.poll() is None, self.log()

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def signal(self, number: int):
        os.killpg(self.process.pid, number)

    def kill(self):
        """End it at once, with its children, as a machine that loses its power."""
        self.signal(signal.SIGKILL)
        self.process.wait()
        # its children end a moment later
        eventually(lambda: not self.listens())

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        if self.process.poll() is None:
            self.kill()


class Redis(Part):
    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        return ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                "--appendonly", "no"]  # fmt: skip


class Bucket(Part):
    """An S3-compatible store, with one empty bucket."""

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"s3+http://KEY:secret@127.0.0.1:{self.port}/{BUCKET}?region=eu-south-1"

    def command(self) -> list[str]:
        return [sys.executable, "-m", "moto.server", "-p", str(self.port)]

    def start(self):
        super().start()
        make = urllib.request.Request(f"{self.endpoint}/{BUCKET}", method="PUT")
        with urllib.request.urlopen(make, timeout=10) as answer:
            assert answer.status == 200


class Application(Part):
    """The portal on one host, with a data directory of its own."""

    def __init__(self, folder: Path, variables: dict[str, str]):
        super().__init__(folder)
        self.data = folder / "data"
        self.data.mkdir()
        self.variables = variables

    def environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
        own = {"PORT": str(self.port), "DATA_DIR": str(self.data), "ACCESS_LOG": "1"}
        return inherited | own | self.variables


class Web(Application):
    def command(self) -> list[str]:
        return [sys.executable, "-m", "gunicorn"]

    def is_up(self) -> bool:
        return self.get("/healthz").status == 200

    def get(self, path: str, **headers: str) -> "Answer":
        """Ask this host as nginx does; status 0 if it does not answer."""
        headers = {"Host": NAME, "X-Forwarded-Proto": "https"} | headers
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())
        except OSError:
            return Answer(0, Message(), b"")

    def count(self, path: str) -> int:
        """How often somebody has asked this host for a path."""
        return self.log().count(f" {path} HTTP/1.1")


class Worker(Application):
    def command(self) -> list[str]:
        return [sys.executable, "manage.py", "worker"]

    def is_up(self) -> bool:
        return True


@dataclass
class Answer:
    status: int
    headers: Message
    content: bytes

    def __getitem__(self, name: str) -> str:
        return self.headers[name]


class Nginx(Part):
    """nginx with the configuration that deploy/ ships.

    Args:
        hosts: the ports of the application hosts.
        data: the portal's data directory on the machine of nginx.
        certificate: the directory of ``make_certificate``.

    Attributes:
        timezone: by which it reads the time of day.
    """

    def __init__(self, folder: Path, hosts: list[int], data: Path, certificate: Path):
        super().__init__(folder)
        self.http_port = free_port()
        self.cache = folder / "cache"
        self.timezone = "UTC0"
        self.data = data
        self.certificate = (certificate / "certificate.pem").read_text()
        self.tls = ssl.create_default_context(cadata=self.certificate)
        site = subprocess.run(
            [settings.BASE_DIR / "deploy" / "nginx" / "configure"],
            env={
                "PATH": os.environ["PATH"],
                "SERVER_NAME": NAME,
                "APPLICATION_HOSTS": " ".join(f"127.0.0.1:{port}" for port in hosts),
                "CERTIFICATE": str(certificate / "certificate.pem"),
                "CERTIFICATE_KEY": str(certificate / "key.pem"),
                "DATA_DIR": str(data),
                "CACHE_DIR": str(self.cache),
                "HTTP_PORT": str(self.http_port),
                "HTTPS_PORT": str(self.port),
            },
            capture_output=True, check=True,
        )  # fmt: skip
        (folder / "site.conf").write_bytes(site.stdout)
        temporary = "\n".join(
            f"{kind}_temp_path {folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        # What a distribution's own nginx.conf says. Its processes may read the test's directory.
        (folder / "nginx.conf").write_text(f"""
            {"user root;" if os.geteuid() == 0 else ""}
            include /etc/nginx/modules-enabled/*.conf;
            daemon off;
            pid {folder}/pid;
            error_log stderr;
            worker_processes 2;
            events {{ worker_connections 1024; }}
            http {{
                include /etc/nginx/mime.types;
                access_log off;
                {temporary}
                include {folder}/site.conf;
            }}""")

    def command(self) -> list[str]:
        return ["nginx", "-c", str(self.folder / "nginx.conf"), "-e", "stderr"]

    def signal_reload(self):
        """Have it begin anew, without what it knows of the hosts."""
        before = children_of(self.process.pid)
        self.process.send_signal(signal.SIGHUP)
        eventually(lambda: not set(before) & set(children_of(self.process.pid)))

    def environment(self) -> dict[str, str]:
        return super().environment() | {"TZ": self.timezone}

    def connect(self, source: str = "127.0.0.1") -> http.client.HTTPSConnection:
        """Connect from a network address: all of 127.0.0.0/8 is ours."""
        connection = http.client.HTTPSConnection(NAME, self.port, timeout=30, context=self.tls)
        plain = socket.create_connection(("127.0.0.1", self.port), 30, (source, 0))
        connection.sock = self.tls.wrap_socket(plain, server_hostname=NAME)
        return connection

    def ask(
        self, path: str, *, method: str = "GET", body: bytes | str | None = None,
        source: str = "127.0.0.1", encoding: str | None = None, **headers: str,
    ) -> Answer:  # fmt: skip
        """Ask for a path as a browser does; ``_`` in names of headers stands for ``-``."""
        connection = self.connect(source)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            sent = {"Host": NAME} | {name.replace("_", "-"): v for name, v in headers.items()}
            if encoding is not None:
                sent["Accept-Encoding"] = encoding
            content = body.encode() if isinstance(body, str) else body
            if content is not None:
                sent["Content-Length"] = str(len(content))
            for name, value in sent.items():
                connection.putheader(name, value)
            connection.endheaders(content)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **options: str) -> Answer:
        return self.ask(path, **options)

    def kept(self) -> list[str]:
        """The keys of what the cache holds."""
        keys = []
        for file in self.cache.rglob("*"):
            if file.is_file():
                _before, _mark, rest = file.read_bytes().partition(b"\nKEY: ")
                keys.append(rest.partition(b"\n")[0].decode())
        return sorted(keys)


def make_certificate(folder: Path) -> Path:
    """Make a directory with a certificate that signs itself, and its key."""
    folder.mkdir()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
         "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
        capture_output=True, check=True,
    )  # fmt: skip
    return folder


class Visitor:
    """A browser without scripts, at a network address of its own."""

    def __init__(self, nginx: Nginx, source: str, cookies: dict[str, str] | None = None):
        self.nginx = nginx
        self.source = source
        self.cookies = dict(cookies or {})

    def ask(self, path: str, **options) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.nginx.ask(path, source=self.source, Cookie=cookies, **options)
        for header in answer.headers.get_all("Set-Cookie", []):
            name, _equals, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        return answer

    def submit(self, path: str, **typed: str) -> Answer:
        """Open a page, and send its form with what is typed into it."""
        page = page_of(self.ask(path))
        token = next(page.all("input", name="csrfmiddlewaretoken"))["value"]
        return self.ask(
            path, method="POST", body=urlencode(typed | {"csrfmiddlewaretoken": token}),
            Origin=f"https://{NAME}", Content_Type="application/x-www-form-urlencoded",
        )  # fmt: skip

    def log_in(self, user, password: str = PASSWORD) -> Answer:
        return self.submit(LOGIN, login=user.email, password=password)
