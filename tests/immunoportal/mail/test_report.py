"""How the ledger stands."""

from datetime import timedelta

import pytest
from django.utils import timezone

from immunoportal.mail import report
from immunoportal.mail.ledger import Mail
from tests.factories import make_mail

pytestmark = pytest.mark.django_db


class TestCondition:
    def test_counts_what_was_given_up_and_what_nobody_fetches(self, server):
        late = timezone.now() - report.LATE - timedelta(seconds=1)
        make_mail(state=Mail.State.FAILED)
        make_mail(state=Mail.State.FAILED, dismissed_at=timezone.now())
        make_mail(next_attempt_at=late)
        make_mail(next_attempt_at=late, state=Mail.State.RETRYING)
        make_mail(next_attempt_at=late, state=Mail.State.SENT)
        make_mail()

        assert report.condition() == {"given_up": 1, "late": 2}

    def test_without_a_server_nothing_is_late(self, settings):
        settings.MAIL_SERVER = None
        make_mail(next_attempt_at=timezone.now() - timedelta(days=1))

        assert report.condition() == {"given_up": 0, "late": 0}

    def test_readyz_tells_of_it_and_does_not_take_the_site_away(self, client, server):
        make_mail(state=Mail.State.FAILED)
        make_mail(next_attempt_at=timezone.now() - timedelta(hours=1))

        response = client.get("/readyz")

        assert response.status_code == 200
        assert response.json() == {
            "database": "ok",
            "cache": "ok",
            "mail": "1 given_up; 1 late",
            "worker": "no worker is running",
        }
