"""security.txt, as RFC 9116 has it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from contact.models import Publisher

pytestmark = pytest.mark.django_db

PATH = "/.well-known/security.txt"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def fields(client, moment=NOON) -> list[list[str]]:
    with time_machine.travel(moment, tick=False):
        response = client.get(PATH)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    return [line.split(": ", 1) for line in response.content.decode().splitlines()]


class TestSecurity:
    def test_tells_whom_to_write_to(self, client):
        Publisher(name="Effetti srl", email="a&b@effetti.it").save()

        told = fields(client)

        assert [value for name, value in told if name == "Contact"] == [
            "mailto:a%26b@effetti.it",
            "http://127.0.0.1:8000/it/contatti/",
        ]
        rest = dict(told)
        assert rest["Preferred-Languages"] == "it, en"
        assert rest["Canonical"] == f"http://127.0.0.1:8000{PATH}"

    def test_asks_for_the_recipients_where_the_publisher_has_no_email(self, client, settings):
        Publisher(name="Effetti srl").save()
        settings.CONTACT_RECIPIENTS = ["one@example.org", "two@example.org"]

        assert fields(client)[0] == ["Contact", "mailto:one@example.org"]

    def test_expires_in_less_than_a_year_and_is_the_same_all_day(self, client):
        told = [fields(client, NOON + timedelta(hours=hours)) for hours in (0, 11, 12)]

        assert told[0] == told[1] != told[2]
        [expires] = [datetime.fromisoformat(value) for name, value in told[0] if name == "Expires"]
        assert timedelta(days=300) < expires - NOON < timedelta(days=365)

    def test_is_found_where_it_used_to_be(self, client):
        response = client.get("/security.txt")

        assert (response.status_code, response["Location"]) == (301, PATH)
