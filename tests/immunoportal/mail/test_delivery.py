"""Delivery, against a real mail server: what was promised arrives, once."""

import json
import logging
import os
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from immunoportal import claims, mail, registry, worker
from immunoportal.mail import delivery, report
from immunoportal.mail.ledger import Mail
from tests.factories import make_mail, make_worker
from tests.immunoportal.mail.steps import TEMPLATE, decoded, deliver_all, hurry, states
from tests.mail_server import MailServer, SilentServer, eventually

pytestmark = pytest.mark.django_db

# Rows that several threads see; the migrations' rows are put back for the tests that follow.
WITH_THREADS = pytest.mark.django_db(transaction=True)
# ``manage.py worker --once`` on the database of the tests.
WORKER = """
import json, sys, django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.db import connection
connection.settings_dict["NAME"], settings.MAIL_SERVER = sys.argv[1], json.loads(sys.argv[2])
call_command("worker", "--once")
"""


def start_worker(server: MailServer) -> subprocess.Popen:
    name = str(connection.settings_dict["NAME"])
    arguments = [sys.executable, "-c", WORKER, name, json.dumps(server.settings())]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen(arguments, cwd=settings.BASE_DIR, env=environment)


class TestDelivery:
    def test_hands_a_mail_over_once(self, server, settings):
        settings.MAIL_SENDER = "noreply@example.org"
        row = make_mail("a@example.org")

        assert [delivery.deliver_next(), delivery.deliver_next()] == [True, False]

        row.refresh_from_db()
        assert [to for to, _content in server.accepted] == ["a@example.org"]
        assert server.mails()[0]["Message-ID"] == decoded(row)["Message-ID"]
        assert (row.state, row.attempts, row.error) == (Mail.State.SENT, 1, "")
        assert row.sent_at is not None
        assert timezone.now() - row.sent_at < timedelta(minutes=1)
        assert row.claimed_by is None

    def test_the_one_that_waits_longest_goes_first(self, server):
        now = timezone.now()
        make_mail("second@example.org", next_attempt_at=now - timedelta(minutes=1))
        make_mail("first@example.org", next_attempt_at=now - timedelta(minutes=2))
        make_mail("not yet@example.org", next_attempt_at=now + timedelta(minutes=1))

        deliver_all()

        assert [to for to, _content in server.accepted] == [
            "first@example.org", "second@example.org",
        ]  # fmt: skip

    @WITH_THREADS
    def test_is_not_repeated_while_it_cannot_be_stored(self, server, monkeypatch):
        row = make_mail()
        failures = [OperationalError("database is locked")] * 3

        def fail(execute, sql, *arguments):
            if server.accepted and sql.startswith("UPDATE") and failures:
                raise failures.pop()
            return execute(sql, *arguments)

        monkeypatch.setattr(delivery, "STORE_AGAIN_AFTER", 0)
        with connection.execute_wrapper(fail):
            for _attempt in range(3):
                with suppress(OperationalError):
                    delivery.deliver_next()

        row.refresh_from_db()
        assert len(server.accepted) == 1
        assert (row.state, row.claimed_by) == (Mail.State.SENT, None)


class TestServerDown:
    def test_each_try_waits_longer_up_to_five_minutes(self, down):
        row = make_mail()
        delays = []

        with time_machine.travel(timezone.now(), tick=False) as clock:
            for _attempt in range(8):
                assert delivery.deliver_next()
                row.refresh_from_db()
                delays.append((row.next_attempt_at - timezone.now()).total_seconds())
                assert not delivery.deliver_next()
                clock.move_to(row.next_attempt_at)

        assert row.state == Mail.State.RETRYING
        assert row.attempts == 8
        assert row.error.startswith("ConnectionRefusedError: ")
        expected = [10, 20, 40, 80, 160, 300, 300, 300]
        for delay, plain in zip(delays, expected, strict=True):
            assert 0.8 * plain <= delay <= 1.2 * plain

    def test_what_waits_is_delivered_once_when_it_comes_back(self, down):
        for number in range(3):
            make_mail(f"{number}@example.org")
        deliver_all()
        assert set(states().values()) == {Mail.State.RETRYING}

        down.start()
        hurry()
        deliver_all()

        assert set(states().values()) == {Mail.State.SENT}
        assert sorted(to for to, _content in down.accepted) == [
            "0@example.org", "1@example.org", "2@example.org",
        ]  # fmt: skip
        assert deliver_all() == 0

    def test_the_first_that_gets_through_pulls_those_that_could_not_reach_it(self, down):
        later = timezone.now() + timedelta(minutes=4)
        retrying = {"state": Mail.State.RETRYING, "attempts": 6, "next_attempt_at": later}
        make_mail("unreached@example.org", error="TimeoutError: timed out", **retrying)
        told = make_mail("told@example.org", error="451 Try again later", **retrying)
        make_mail("fresh@example.org")

        down.start()
        deliver_all()

        assert [to for to, _content in down.accepted] == [
            "fresh@example.org", "unreached@example.org",
        ]  # fmt: skip
        told.refresh_from_db()
        assert (told.state, told.next_attempt_at) == (Mail.State.RETRYING, later)

    def test_after_two_days_it_is_given_up_and_the_log_says_so(self, down, caplog):
        row = make_mail("a@example.org")

        with time_machine.travel(row.queued_at + timedelta(days=2) - timedelta(seconds=1)):
            delivery.deliver_next()
            row.refresh_from_db()
            assert row.state == Mail.State.RETRYING
        with (
            time_machine.travel(row.queued_at + timedelta(days=2, minutes=10)),
            caplog.at_level(logging.ERROR),
        ):
            delivery.deliver_next()
            assert not delivery.deliver_next()

        row.refresh_from_db()
        assert row.state == Mail.State.FAILED
        assert row.error.startswith("ConnectionRefusedError")
        assert f"The mail {row.pk} to a@example.org is given up" in caplog.text


class TestRefusal:
    def test_451_is_tried_again_and_then_accepted(self, server):
        row = make_mail("a@example.org")
        server.answers = ["451 Greylisted, try later"]

        deliver_all()
        row.refresh_from_db()
        assert (row.state, row.error) == (Mail.State.RETRYING, "451 Greylisted, try later")
        assert server.accepted == []
        hurry()
        deliver_all()

        row.refresh_from_db()
        assert (row.state, row.attempts, row.error) == (Mail.State.SENT, 2, "")
        assert len(server.accepted) == 1

    def test_451_for_a_recipient_is_tried_again(self, server):
        row = make_mail("a@example.org")
        server.recipient_answers = {"a@example.org": ["451 Later, please"]}

        deliver_all()
        row.refresh_from_db()
        assert (row.state, row.error) == (Mail.State.RETRYING, "451 Later, please")
        hurry()
        deliver_all()

        assert len(server.accepted) == 1

    def test_550_for_one_recipient_fails_alone_and_for_good(self, server, caplog):
        server.refused = {"gone@example.org"}
        mail.send(
            TEMPLATE, {}, to=["gone@example.org", "a@example.org", "b@example.org"], language="it"
        )

        tries = deliver_all()
        hurry()

        assert (tries, deliver_all()) == (3, 0)
        assert states() == {
            "gone@example.org": "failed", "a@example.org": "sent", "b@example.org": "sent",
        }  # fmt: skip
        gone = Mail.objects.get(recipient="gone@example.org")
        assert (gone.error, gone.attempts) == ("550 No such user", 1)
        assert "gone@example.org is given up: 550" in caplog.text

    def test_554_after_the_content_is_final(self, server, caplog):
        row = make_mail()
        server.answers = ["554 Looks like spam"]

        deliver_all()
        hurry()

        assert deliver_all() == 0
        row.refresh_from_db()
        assert (row.state, row.error) == (Mail.State.FAILED, "554 Looks like spam")

    def test_a_line_that_drops_after_the_content_is_no_delivery(self, server):
        row = make_mail()
        server.answers = ["drop"]

        deliver_all()
        row.refresh_from_db()
        assert row.state == Mail.State.RETRYING
        assert row.error.startswith("SMTPServerDisconnected")
        hurry()
        deliver_all()

        row.refresh_from_db()
        assert row.state == Mail.State.SENT
        assert len(server.accepted) == 1

    def test_a_server_that_says_nothing_is_hung_up_on(self, settings, monkeypatch):
        monkeypatch.setattr(delivery, "TIMEOUT", 0.2)
        silent = SilentServer()
        settings.MAIL_SERVER = MailServer(silent.port).settings()
        row = make_mail()

        delivery.deliver_next()
        silent.stop()

        row.refresh_from_db()
        assert row.state == Mail.State.RETRYING
        assert "timed out" in row.error

    def test_a_server_without_tls_gets_no_mail_that_was_to_be_encrypted(self, server, settings):
        settings.MAIL_SERVER = server.settings() | {"tls": True}
        row = make_mail()

        deliver_all()

        row.refresh_from_db()
        assert row.state == Mail.State.RETRYING
        assert "STARTTLS" in row.error
        assert server.accepted == []

    def test_nor_does_one_that_does_not_speak_tls_at_all(self, server, settings):
        settings.MAIL_SERVER = server.settings() | {"ssl": True}
        row = make_mail()

        deliver_all()

        row.refresh_from_db()
        assert row.state == Mail.State.RETRYING
        assert row.error.startswith("SSLError: ")
        assert server.accepted == []

    def test_a_server_that_knows_no_passwords_is_a_retry(self, server, settings):
        settings.MAIL_SERVER = server.settings() | {"user": "u", "password": "hunter2"}
        row = make_mail()

        deliver_all()

        row.refresh_from_db()
        assert row.state == Mail.State.RETRYING
        assert "hunter2" not in row.error
        assert server.accepted == []

    def test_a_row_that_nothing_can_be_done_with_blocks_nobody(self, server, caplog):
        odd = make_mail("no\udcffbody@example.org".replace("\udcff", "è"))
        make_mail("good@example.org")

        tries = deliver_all()

        odd.refresh_from_db()
        assert odd.state == Mail.State.RETRYING
        assert odd.next_attempt_at > odd.created_at
        assert tries >= 2
        assert [to for to, _content in server.accepted] == ["good@example.org"]


class TestClaim:
    def test_what_another_worker_has_is_not_taken(self, server):
        make_mail(claimed_by=make_worker().pk)

        assert not delivery.deliver_next()
        assert server.accepted == []

    def test_of_a_dead_worker_is_taken_again_and_is_the_same_mail(self, server):
        # As after a worker that was killed between "250" and its commit.
        worker = make_worker(silent=timedelta(seconds=31))
        row = make_mail(claimed_by=worker.pk, attempts=1)

        assert deliver_all() == 1

        row.refresh_from_db()
        assert (row.state, row.attempts) == (Mail.State.SENT, 2)
        assert server.mails()[0]["Message-ID"] == decoded(row)["Message-ID"]

    def test_that_was_lost_in_a_pause_is_not_undone_by_a_late_failure(self, server, monkeypatch):
        row, other = make_mail(), make_worker()

        def taken_over(_mail, _server):
            Mail.objects.update(claimed_by=other.pk, state=Mail.State.SENT)
            raise TimeoutError

        monkeypatch.setattr(delivery, "_hand_over", taken_over)

        delivery.deliver_next()

        row.refresh_from_db()
        assert (row.state, row.claimed_by, row.error) == (Mail.State.SENT, other.pk, "")

    @WITH_THREADS
    def test_of_two_processes_each_mail_is_sent_once(self, server):
        recipients = {f"{number}@example.org" for number in range(10)}
        for recipient in sorted(recipients):
            make_mail(recipient)
        server.hanging = set(recipients)

        workers = [start_worker(server) for _ in range(2)]
        held = Mail.objects.exclude(claimed_by=None).values_list("claimed_by", flat=True)
        try:
            eventually(lambda: len(set(held.all())) == 2)
            server.hanging.clear()
            assert [process.wait(60) for process in workers] == [0, 0]
        finally:
            for process in workers:
                process.kill()

        assert sorted(to for to, _content in server.accepted) == sorted(recipients)
        assert set(states().values()) == {Mail.State.SENT}
        assert not claims.Worker.objects.exists()


class TestHangingServer:
    @WITH_THREADS
    def test_holds_up_no_other_conversation_and_no_mail_comes_twice(self, server):
        hanging = {f"hang{number}@example.org" for number in range(delivery.THREADS - 1)}
        others = {f"{number}@example.org" for number in range(8)}
        server.hanging = set(hanging)
        for recipient in [*sorted(hanging), *sorted(others)]:
            make_mail(recipient)
        stop, jobs = threading.Event(), [job for job in registry.jobs() if job.name == "mail"]

        def work():
            worker.run(jobs, stop)
            connection.close()

        working = threading.Thread(target=work)
        claimed = Mail.objects.filter(claimed_by=claims.ME)

        working.start()
        try:
            eventually(lambda: len(server.accepted) >= len(others))
            eventually(lambda: {mail.recipient for mail in claimed.all()} == hanging)
            server.hanging.clear()
            eventually(lambda: not Mail.objects.exclude(state=Mail.State.SENT).exists())
        finally:
            server.hanging.clear()
            stop.set()
            working.join()

        assert sorted(to for to, _content in server.accepted) == sorted(hanging | others)


class TestWithoutServer:
    def test_a_mail_stays_queued_and_is_shown_once(self, settings, caplog):
        settings.MAIL_SERVER = None
        row = mail.store("a@example.org", "Perché", "È un testo.", reply_to="v@example.org")

        with caplog.at_level(logging.INFO):
            assert [delivery.deliver_next(), delivery.deliver_next()] == [True, False]

        assert caplog.text.count("È un testo.") == 1
        for line in ("To: a@example.org", "Subject: Perché", "Reply-To: v@example.org"):
            assert line in caplog.text
        row.refresh_from_db()
        assert (row.state, row.attempts) == (Mail.State.QUEUED, 0)

    def test_what_was_shown_is_delivered_once_there_is_one(self, server, settings):
        settings.MAIL_SERVER = None
        make_mail("a@example.org")
        deliver_all()

        settings.MAIL_SERVER = server.settings()
        deliver_all()

        assert [to for to, _content in server.accepted] == ["a@example.org"]


class TestResend:
    def test_begins_two_days_of_tries_anew(self, server):
        long_ago = timezone.now() - timedelta(days=9)
        row = make_mail(
            state=Mail.State.FAILED, attempts=40, error="550 No", queued_at=long_ago,
            next_attempt_at=long_ago, dismissed_at=timezone.now(),
        )  # fmt: skip

        assert delivery.resend(Mail.objects.all()) == 1
        server.answers = ["451 Later"]
        deliver_all()

        row.refresh_from_db()
        assert (row.state, row.attempts, row.error) == (Mail.State.RETRYING, 1, "451 Later")
        assert timezone.now() - row.queued_at < timedelta(minutes=1)

    def test_sends_what_was_sent_once_more(self, server):
        row = make_mail()
        deliver_all()

        delivery.resend(Mail.objects.filter(pk=row.pk))
        deliver_all()

        assert len(server.accepted) == 2

    def test_leaves_alone_what_is_on_its_way_or_has_no_text(self):
        make_mail(claimed_by=make_worker().pk)
        make_mail(state=Mail.State.SENT, content=b"")

        assert delivery.resend(Mail.objects.all()) == 0

    def test_takes_what_a_dead_worker_had_in_hand(self):
        row = make_mail(claimed_by=make_worker(silent=timedelta(seconds=31)).pk, attempts=3)

        assert delivery.resend(Mail.objects.all()) == 1

        row.refresh_from_db()
        assert (row.state, row.attempts, row.claimed_by) == (Mail.State.QUEUED, 0, None)

    def test_a_second_failure_raises_the_alert_again(self, server, caplog):
        row = make_mail("gone@example.org", state=Mail.State.FAILED, dismissed_at=timezone.now())
        server.refused = {"gone@example.org"}

        delivery.resend(Mail.objects.filter(pk=row.pk))
        deliver_all()

        assert report.condition()["given_up"] == 1
