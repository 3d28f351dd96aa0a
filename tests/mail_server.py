"""A real mail server on loopback, which accepts, refuses, hangs or hangs up as it is told."""

import asyncio
import socket
import threading
import time
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller


def free_port() -> int:
    """A port on which nobody listens just now."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


class MailServer:
    """Keeps what it accepts.

    Attributes:
        port: fixed from the start, so that the server may come up later than its clients.
        answers: what to say to the next mails after DATA, in order; then "250 OK".
        refused: recipients that get "550".
        recipient_answers: what to say first to the mails for a recipient, in order.
        hanging: recipients whose mails get no answer after DATA until they are taken out.
    """

    def __init__(self, port: int | None = None):
        self.port = port or free_port()
        self.accepted: list[tuple[str, bytes]] = []
        self.answers: list[str] = []
        self.refused: set[str] = set()
        self.recipient_answers: dict[str, list[str]] = {}
        self.hanging: set[str] = set()
        self._controller: Controller | None = None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refused:
            return "550 No such user"
        if self.recipient_answers.get(address):
            return self.recipient_answers[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        while self.hanging.intersection(envelope.rcpt_tos):
            await asyncio.sleep(0.02)
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == "drop":
            server.transport.abort()
            return "451 never heard"
        if answer.startswith("2"):
            self.accepted += [(to, envelope.original_content) for to in envelope.rcpt_tos]
        return answer

    def start(self):
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def stop(self):
        if self._controller:
            self._controller.stop()
            self._controller = None

    __enter__ = start

    def __exit__(self, *_error):
        self.stop()

    def mails(self) -> list[EmailMessage]:
        return [
            message_from_bytes(content, policy=policy.default) for _to, content in self.accepted
        ]

    def settings(self) -> dict:
        """For ``settings.MAIL_SERVER``."""
        return {
            "host": "127.0.0.1", "port": self.port, "user": "", "password": "",
            "ssl": False, "tls": False,
        }  # fmt: skip


class SilentServer:
    """Takes connections and never says a word."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.taken = []
        self.open = True
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self):
        while self.open:
            try:
                self.taken.append(self.socket.accept()[0])
            except OSError:
                return

    def stop(self):
        self.open = False
        for taken in self.taken:
            taken.close()
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for callers
        self.socket.close()


def eventually(condition, seconds=60):
    """The first true answer of a condition that is asked again and again.

    Raises:
        AssertionError: there was none in time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.2)
    raise AssertionError(f"{condition} did not come true in {seconds} seconds")
