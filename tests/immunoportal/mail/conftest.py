"""A real mail server for the tests of mail."""

from collections.abc import Iterator

import pytest

from tests.mail_server import MailServer


@pytest.fixture
def server(settings):
    with MailServer() as server:
        settings.MAIL_SERVER = server.settings()
        yield server


@pytest.fixture
def down(settings) -> Iterator[MailServer]:
    """A server that is not running; the test may start it."""
    server = MailServer()
    settings.MAIL_SERVER = server.settings()
    yield server
    server.stop()
