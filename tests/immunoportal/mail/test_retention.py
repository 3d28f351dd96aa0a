"""What is personal in the ledger is not kept for ever."""

from datetime import timedelta

import pytest
from django.utils import timezone

from immunoportal import mail
from immunoportal.mail import report, retention
from immunoportal.mail.ledger import Mail
from tests.factories import make_mail
from tests.immunoportal.mail.steps import deliver_all

pytestmark = pytest.mark.django_db


class TestEmptyOldTexts:
    def test_keeps_the_row_and_the_texts_of_what_may_still_be_needed(self):
        long_ago = timezone.now() - retention.KEEP_TEXT - timedelta(seconds=1)
        recent = timezone.now() - retention.KEEP_TEXT + timedelta(minutes=1)
        old = make_mail("old@example.org", state=Mail.State.SENT, sent_at=long_ago)
        kept = [
            make_mail("new@example.org", state=Mail.State.SENT, sent_at=recent),
            make_mail("failed@example.org", state=Mail.State.FAILED, queued_at=recent),
            make_mail("queued@example.org", queued_at=long_ago),
        ]

        assert [retention.empty_old_texts(), retention.empty_old_texts()] == [True, False]

        old.refresh_from_db()
        assert (bytes(old.content), old.subject, old.as_text()) == (b"", "A mail", "")
        for row in kept:
            row.refresh_from_db()
            assert "A text." in row.as_text()


class TestForget:
    def test_empties_the_mails_about_something_and_they_are_not_sent(self, server):
        gone = make_mail("gone@example.org", about="K7QX-93PM")
        kept = make_mail("kept@example.org", about="AAAA-AAAA")

        mail.forget(["K7QX-93PM"])

        gone.refresh_from_db()
        assert (bytes(gone.content), gone.subject, gone.recipient) == (b"", "", "")
        assert deliver_all() == 1
        assert [to for to, _content in server.accepted] == [kept.recipient]
        assert report.condition() == {"given_up": 0, "late": 0}
