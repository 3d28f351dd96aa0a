"""An editor at the desk: fills in the admin's real forms, over HTTP."""

import hashlib
import json
from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import urlencode

from harness import PUBLIC_NAME, Answer, Broken, Connection, accepting, request

# Kinds of input that a browser does not send of itself.
UNSENT = {"submit", "button", "file", "checkbox", "radio"}


class Refused(Exception):
    """The admin has answered an editor with something else than "done"."""


class FormParser(HTMLParser):
    """Reads what a browser would send of a page's main form if nothing was touched."""

    def __init__(self, page: str):
        super().__init__()
        self.data: dict[str, str] = {}
        self._textarea = self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        name = given.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self._keep(self._select, given.get("value", ""))
        elif tag == "textarea":
            self._textarea = name
            self._keep(name, "")
        elif tag == "input" and (given.get("type") not in UNSENT or "checked" in given):
            self._keep(name, given.get("value", "on"))

    def handle_data(self, data: str) -> None:
        if self._textarea:
            # The line feed that opens a textarea is markup, not text.
            self._keep(self._textarea, self.data.get(self._textarea, "") + data.removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""

    def _keep(self, name: str, value: str) -> None:
        # The rows to copy for a new block are marked so; a box of the list's search has no place.
        if name and "__prefix__" not in name:
            self.data[name] = value


def digest(text: str) -> str:
    """Return what names a text in the concerns of the panel."""
    return hashlib.sha256(json.dumps(text).encode()).hexdigest()


class Form:
    """A form of the admin that is opened once and sent again and again.

    Args:
        port: where the portal, or the nginx that stands before it (``tls``), listens.
        cookie: of the editor's session.
    """

    def __init__(self, port: int, path: str, cookie: str, tls: bool = False):
        self.port, self.path, self.cookie, self.tls = port, path, cookie, tls
        self.open()

    def open(self) -> None:
        """Read the form anew, as after an answer that has been lost."""
        answer = self._ask("GET", self.path)
        if answer.status != 200:
            raise Refused(f"{self.path}: {answer.status}")
        self.csrf = answer.header("Set-Cookie").partition(";")[0]
        self.data = FormParser(answer.body.decode()).data

    def send(self, **changed: str | list[str]) -> Answer:
        """Send the form with some fields changed; return the answer.

        Raises:
            Refused: the form was not accepted.
            Broken: there was no answer: nobody knows whether it was.
        """
        answer = self.post(self.path, self.data | changed)
        if "version" in self.data:
            self.data["version"] = str(int(self.data["version"]) + 1)
        return answer

    def post(self, path: str, data: Mapping[str, str | list[str]]) -> Answer:
        """Send data to an address with this form's token; see ``send``."""
        token = {"csrfmiddlewaretoken": self.data["csrfmiddlewaretoken"]}
        answer = self._ask("POST", path, urlencode({**data, **token}, doseq=True).encode())
        if answer.status in (502, 504):
            raise Broken(f"{answer.status} of nginx")
        if answer.status != 302:
            raise Refused(f"{path}: {answer.status} {answer.body[:2000]!r}")
        return answer

    def _ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        headers = {"Cookie": self.cookie, **accepting("identity")}
        if body:
            headers["Cookie"] = f"{self.cookie}; {self.csrf}"
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        host = PUBLIC_NAME if self.tls else "127.0.0.1"
        headers["Origin"] = f"https://{host}" if self.tls else f"http://{host}"
        # A connection of its own, on which nothing is sent twice.
        with Connection(self.port, self.tls) as connection:
            return connection.ask(request(path, headers, method=method, body=body, host=host))


class Desk:
    """What an editor does to articles, topics and the publisher, in English.

    Args:
        port: where the portal, or the nginx that stands before it (``tls``), listens.
        cookie: of the editor's session.
    """

    def __init__(self, port: int, cookie: str, tls: bool = False):
        self.port, self.cookie, self.tls = port, cookie, tls
        self.forms: dict[str, Form] = {}

    def publish(self, article: int, title: str) -> None:
        """Write an article's title and publish it.

        Raises:
            Refused: it was not published.
        """
        form = self._form(f"/admin/articles/article/{article}/change/")
        # The panel asks about numbers that are new, or that the other title lacks; whoever has seen
        # that sends it back, as articles/desk/concerns.py and publishing/parity.py name it.
        new, other = digest(title), digest(form.data["title_it"])
        answer = form.send(
            title_en=title,
            _note_en="benchmark",
            _severity="2",
            _publish="en",
            _shown_concern=[f"grave:title:en:{new}", f"title en:{new} it:{other}"],
        )
        # Notes that were not used come back.
        if "?" in answer.header("Location"):
            raise Refused(f"{form.path}: saved, but not published")

    def withdraw(self, article: int) -> None:
        form = self._form(f"/admin/articles/article/{article}/change/")
        form.post(f"/admin/articles/article/{article}/withdraw/en/", {"note": "benchmark"})

    def rename_topic(self, topic: int, name: str) -> None:
        self._form(f"/admin/articles/topic/{topic}/change/").send(name_en=name, _save="1")

    def rename_publisher(self, name: str) -> None:
        self._form("/admin/contact/publisher/1/change/").send(name=name, _save="1")

    def forget(self) -> None:
        """Open every form anew before it is used again."""
        self.forms.clear()

    def _form(self, path: str) -> Form:
        if path not in self.forms:
            try:
                self.forms[path] = Form(self.port, path, self.cookie, self.tls)
            except Broken:
                self.forms[path] = Form(self.port, path, self.cookie, self.tls)
        return self.forms[path]
