"""A row of the ledger, as people read it."""

import pytest

from tests.factories import make_mail

pytestmark = pytest.mark.django_db


class TestAsText:
    def test_is_decoded_and_for_people(self):
        row = make_mail("a@example.org", "Perché 💉", "È un testo.\nDue righe.")

        lines = row.as_text().splitlines()

        assert "To: a@example.org" in lines
        assert "Subject: Perché 💉" in lines
        assert lines[-3:] == ["", "È un testo.", "Due righe."]
        assert "<p>" not in row.as_text()
