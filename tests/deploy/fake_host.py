"""An application host that says what a test has it say, and keeps what it was asked."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FakeHost:
    """Listens on a port of its own.

    Attributes:
        asked: the requests so far, each as its method, path and ``Accept-Encoding``.
        parts: which part each request asked for (``Range``).
        status: of its answers; 0 to hang up instead.
        headers: of its answers.
    """

    def __init__(self):
        self.asked: list[tuple[str, str, str]] = []
        self.parts: list[str | None] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                fake.asked.append((self.command, self.path, self.headers["Accept-Encoding"]))
                fake.parts.append(self.headers["Range"])
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if not fake.status:
                    self.close_connection = True
                    return
                body = b"a page"
                self.send_response_only(fake.status)
                for name, value in {**fake.headers, "Content-Length": len(body)}.items():
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = answer  # noqa: N815

            def log_message(self, *_arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
