"""The mail ledger, against a real mail server: what was promised arrives, once."""

import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import time_machine
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import connection, transaction
from django.utils import timezone

from immunoportal import claims, mail, registry, worker
from immunoportal.mail import delivery, report, retention
from immunoportal.mail.ledger import Mail
from tests.factories import make_mail, make_message, make_worker
from tests.mail_server import MailServer, SilentServer, eventually

pytestmark = pytest.mark.django_db

TEMPLATE = "immunoportal/mail/test"
# Rows that several threads see; the migrations' rows are put back for the tests that follow.
WITH_THREADS = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings):
    with MailServer() as server:
        settings.MAIL_SERVER = server.settings()
        yield server


@pytest.fixture
def down(settings) -> MailServer:
    """A server that is not running; the test may start it."""
    server = MailServer()
    settings.MAIL_SERVER = server.settings()
    yield server
    server.stop()


def decoded(row: Mail) -> EmailMessage:
    return message_from_bytes(bytes(row.content), policy=policy.default)


def part(message: EmailMessage, kind: str) -> str:
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def deliver_all() -> int:
    """Deliver what is due, as the worker would; how many tries that took."""
    tries = 0
    while delivery.deliver_next():
        tries += 1
        assert tries < 100
    return tries


def hurry() -> None:
    """Let the time pass until everything is due."""
    Mail.objects.update(next_attempt_at=timezone.now())


def states() -> dict[str, str]:
    return dict(Mail.objects.values_list("recipient", "state"))


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


class TestSend:
    def test_stores_one_mail_for_each_recipient_who_sees_no_other(self):
        to = ["a@example.org", "b@example.org", "a@example.org"]

        rows = mail.send(TEMPLATE, {}, to=to, language="en")

        assert list(states()) == ["b@example.org", "a@example.org"]
        assert [decoded(row)["To"] for row in rows] == ["a@example.org", "b@example.org"]
        for row in rows:
            assert row.state == Mail.State.QUEUED
            assert decoded(row)["Cc"] is decoded(row)["Bcc"] is None
        assert "b@example.org" not in bytes(rows[0].content).decode()

    def test_nobody_to_send_to_is_no_mail(self):
        assert mail.send(TEMPLATE, {}, to=[], language="en") == []
        assert not Mail.objects.exists()

    def test_writes_the_headers_that_a_mail_needs(self, settings):
        settings.SITE_URL = "https://portal.example.org"
        settings.DEFAULT_FROM_EMAIL = "Portàl <noreply@example.org>"
        with time_machine.travel(datetime(2026, 3, 1, 12, 0, tzinfo=UTC), tick=False):
            (row,) = mail.send(
                TEMPLATE, {}, to=["a@example.org"], language="en", reply_to="visitor@example.org"
            )

        message = decoded(row)
        assert message["From"] == "Portàl <noreply@example.org>"
        assert message["Reply-To"] == "visitor@example.org"
        assert message["Subject"] == "Test mail from ImmunOncologia.org"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Message-ID"].endswith("@portal.example.org>")
        assert message["Date"] == "Sun, 01 Mar 2026 13:00:00 +0100"
        assert message["MIME-Version"] == "1.0"

    def test_without_a_reply_to_answers_go_to_the_sender(self):
        (row,) = mail.send(TEMPLATE, {}, to=["a@example.org"], language="en")

        assert decoded(row)["Reply-To"] is None

    def test_gives_each_mail_a_number_of_its_own(self):
        rows = mail.send(TEMPLATE, {}, to=["a@example.org", "b@example.org"], language="en")

        assert len({decoded(row)["Message-ID"] for row in rows}) == 2

    @pytest.mark.parametrize(
        ("language", "subject", "sentence"),
        [
            ("it", "Email di prova da ImmunOncologia.org", "per vedere se la posta arriva"),
            ("en", "Test mail from ImmunOncologia.org", "to see whether mail arrives"),
        ],
    )
    def test_speaks_the_language_of_the_recipient_in_text_and_in_html(
        self, language, subject, sentence
    ):
        (row,) = mail.send(TEMPLATE, {}, to=["a@example.org"], language=language)

        message = decoded(row)
        assert row.subject == message["Subject"] == subject
        assert message.get_content_type() == "multipart/alternative"
        assert sentence in part(message, "plain")
        assert sentence in part(message, "html")
        assert f'<html lang="{language}">' in part(message, "html")

    def test_is_of_the_kind_that_is_named_or_of_that_of_its_template(self):
        (named,) = mail.send(TEMPLATE, {}, to=["a@example.org"], language="en", kind="drill")
        (other,) = mail.send(TEMPLATE, {}, to=["a@example.org"], language="en")

        assert (named.kind, other.kind) == ("drill", "test")

    def test_belongs_to_the_transaction_that_caused_it(self):
        with transaction.atomic():
            mail.send(TEMPLATE, {}, to=["a@example.org"], language="en")
            assert Mail.objects.exists()
            transaction.set_rollback(True)

        assert not Mail.objects.exists()

    def test_talks_to_no_server(self, down, monkeypatch):
        def forbidden(*_arguments, **_options):
            raise AssertionError("a request waits for a mail server")

        monkeypatch.setattr(socket, "create_connection", forbidden)

        (row,) = mail.send(TEMPLATE, {}, to=["a@example.org"], language="en")

        assert row.pk


BROKEN = [
    "a" * 250 + "@example.org",
    pytest.param("a\ud800@example.org", id="half a character"),
    "a\r\nBcc: victim@example.org@example.org",
    pytest.param(" .\\[\ud800]", id="half a character in brackets"),
    '"',
]


class TestStore:
    @pytest.mark.parametrize("recipient", BROKEN)
    def test_what_cannot_be_written_as_a_mail_is_given_up_alone(self, server, recipient, caplog):
        broken = mail.store(recipient, "Subject", "Text")
        mail.store("good@example.org", "Subject", "Text")

        assert broken.state == Mail.State.FAILED
        assert broken.error.startswith("It could not be written as a mail: ")
        assert bytes(Mail.objects.get(pk=broken.pk).content) == b""
        assert "could not be written" in caplog.text
        assert deliver_all() == 1
        assert [to for to, _content in server.accepted] == ["good@example.org"]

    def test_half_a_character_in_the_text_does_not_undo_what_caused_the_mail(self, caplog):
        row = mail.store("a@example.org", "\udcff", "\ud83d")

        row.refresh_from_db()
        assert (row.state, row.subject) == (Mail.State.FAILED, "")

    @pytest.mark.parametrize("line", ["\n", "\r\n", "\r", "\x0b", "\x85", "\u2028", "\0"])
    def test_nothing_in_a_subject_can_begin_a_header(self, line):
        row = mail.store("a@example.org", f"Hello{line}Bcc: victim@example.org", "Text")

        message = decoded(row)
        assert row.state == Mail.State.QUEUED
        assert message["Subject"] == row.subject == "Hello Bcc: victim@example.org"
        assert message["Bcc"] is None

    @pytest.mark.parametrize("field", ["recipient", "reply_to"])
    @pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
    def test_an_address_with_a_line_break_is_no_mail(self, field, line, caplog):
        fields = {"recipient": "a@example.org"} | {field: f"a@example.org{line}Bcc: v@example.org"}

        row = mail.store(subject="Subject", text="Text", **fields)

        assert row.state == Mail.State.FAILED
        assert b"Bcc" not in bytes(row.content)
        assert "\n" not in row.recipient

    def test_a_text_that_looks_like_headers_or_an_end_stays_a_text(self, server):
        text = "Bcc: victim@example.org\n\n.\nRCPT TO:<victim@example.org>\n.\n.."
        mail.store("a@example.org", "Subject", text)

        deliver_all()

        (received,) = server.mails()
        assert part(received, "plain").rstrip("\n") == text
        assert [to for to, _content in server.accepted] == ["a@example.org"]

    @pytest.mark.parametrize("text", ["è 免疫 💉 مرحبا", "x" * 5000, "a\n" * 3000, ""])
    def test_a_text_arrives_to_the_letter(self, server, text):
        mail.store("a@example.org", "Oggetto: è 免疫 💉", text, html="<p>è 💉</p>")

        deliver_all()

        (received,) = server.mails()
        assert received["Subject"] == "Oggetto: è 免疫 💉"
        assert part(received, "plain").rstrip("\n") == text.rstrip("\n")
        assert part(received, "html").strip() == "<p>è 💉</p>"
        assert max(len(line) for line in server.accepted[0][1].split(b"\r\n")) <= 998

    def test_a_domain_outside_ascii_is_written_as_every_server_reads_it(self, server):
        mail.store("anna@perché.it", "Subject", "Text", reply_to="v@münchen.example")

        deliver_all()

        ((to, content),) = server.accepted
        assert to == "anna@xn--perch-fsa.it"
        assert b"To: anna@xn--perch-fsa.it\r\n" in content
        assert b"Reply-To: v@xn--mnchen-3ya.example\r\n" in content

    def test_what_is_too_long_for_the_ledger_is_cut(self):
        row = mail.store("a@example.org", "s" * 500, "Text", kind="k" * 80)

        assert (len(row.subject), len(row.kind)) == (200, 50)


class TestEncodedWords:
    """RFC 2047: what the library decodes must not become a header of somebody else's."""

    @pytest.mark.parametrize(
        "word",
        [
            "=?utf-8?q?a=0D=0ABcc:_v@evil.org?=",
            "=?utf-8?b?YQ0KQmNjOiB2QGV2aWwub3Jn?=",
            "=?utf-8?q?x=0D=0AContent-Type:_text/html=0D=0A=0D=0A<h1>?=",
        ],
    )
    def test_make_no_header(self, word):
        row = mail.store("a@example.org", f"From {word}", "Text", reply_to=f"{word}@example.org")

        head = bytes(row.content).partition(b"\r\n\r\n")[0]
        names = {line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1].strip()}
        assert names == {
            b"Subject", b"From", b"To", b"Date", b"Message-ID", b"Auto-Submitted",
            b"MIME-Version", b"Content-Type", b"Content-Transfer-Encoding",
        }  # fmt: skip


class TestLedgerBackend:
    @pytest.fixture(autouse=True)
    def _as_in_production(self, settings):
        # Django's test runner keeps mails in memory.
        if hasattr(settings, "MAILERS"):
            settings.MAILERS = {"default": {"BACKEND": settings.LEDGER_BACKEND}}
        else:
            settings.EMAIL_BACKEND = settings.LEDGER_BACKEND

    def test_is_how_django_sends(self):
        count = send_mail(
            "Subject\u2028folded", "Text", None, ["a@example.org", "b@example.org"],
            html_message="<p>HTML</p>",
        )  # fmt: skip

        assert count == 1
        assert set(states()) == {"a@example.org", "b@example.org"}
        for row in Mail.objects.all():
            message = decoded(row)
            assert (row.kind, row.state) == ("django", Mail.State.QUEUED)
            assert message["Subject"] == "Subject folded"
            assert part(message, "plain").strip() == "Text"
            assert part(message, "html").strip() == "<p>HTML</p>"

    def test_keeps_attachments(self):
        message = EmailMultiAlternatives("Subject", "Text", to=["a@example.org"])
        message.attach("a.txt", "attached", "text/plain")

        message.send()

        (attachment,) = decoded(Mail.objects.get()).iter_attachments()
        assert attachment.get_filename() == "a.txt"

    def test_keeps_hidden_recipients_hidden(self):
        message = EmailMultiAlternatives(
            "Subject", "Text", to=["a@example.org"], bcc=["b@example.org"], cc=["c@example.org"],
            reply_to=["r@example.org", "s@example.org"],
        )  # fmt: skip

        message.send()

        assert len(states()) == 3
        to_a = decoded(Mail.objects.get(recipient="a@example.org"))
        assert "b@example.org" not in to_a.as_string()
        assert to_a["Reply-To"] == "r@example.org, s@example.org"


class TestDelivery:
    def test_hands_a_mail_over_once(self, server, settings):
        settings.MAIL_SENDER = "noreply@example.org"
        row = make_mail("a@example.org")

        assert [delivery.deliver_next(), delivery.deliver_next()] == [True, False]

        row.refresh_from_db()
        assert [to for to, _content in server.accepted] == ["a@example.org"]
        assert server.mails()[0]["Message-ID"] == decoded(row)["Message-ID"]
        assert (row.state, row.attempts, row.error) == (Mail.State.SENT, 1, "")
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

    def test_a_server_that_hangs_holds_the_worker_up_for_a_moment_only(self, settings, monkeypatch):
        monkeypatch.setattr(delivery, "TIMEOUT", 0.2)
        silent = SilentServer()
        settings.MAIL_SERVER = MailServer(silent.port).settings()
        row = make_mail()

        started = time.monotonic()
        delivery.deliver_next()
        silent.stop()

        assert time.monotonic() - started < 5
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

        def taken_over(_mail):
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


class TestAsText:
    def test_is_decoded_and_for_people(self):
        row = make_mail("a@example.org", "Perché 💉", "È un testo.\nDue righe.")

        lines = row.as_text().splitlines()

        assert "To: a@example.org" in lines
        assert "Subject: Perché 💉" in lines
        assert lines[-3:] == ["", "È un testo.", "Due righe."]
        assert "<p>" not in row.as_text()


class TestMessageMail:
    """The one mail whose words come from strangers."""

    @pytest.mark.parametrize(
        ("language", "sentence", "day"),
        [
            ("it", "ha scritto con il modulo di contatto.", "1 marzo 2026, 13:00"),
            ("en", "has written through the contact form.", "1 March 2026, 13:00"),
        ],
    )
    def test_shows_markup_as_text_and_says_what_was_written(
        self, server, settings, language, sentence, day
    ):
        settings.SITE_URL = "https://portal.example.org"
        message = make_message(
            reference="K7QX-93PM", name="<b>Anna</b> & Co", email="anna@example.org",
            subject_name="Un errore", text="Riga <i>uno</i> & \"due\"\n\nمرحبا 💉",
            created_at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
        )  # fmt: skip

        mail.send(
            "contact/mail/message", {"message": message}, to=["a@example.org"], language=language
        )
        deliver_all()

        (received,) = server.mails()
        text, html = part(received, "plain"), part(received, "html")
        assert f"<b>Anna</b> & Co <anna@example.org> {sentence}" in text
        assert message.text in text
        assert day in text
        assert day in html
        assert "K7QX-93PM" in received["Subject"]
        assert "&lt;b&gt;Anna&lt;/b&gt; &amp; Co" in html
        assert "<i>uno" not in html
        assert "مرحبا 💉" in html
        link = f"https://portal.example.org/admin/contact/message/{message.pk}/change/"
        assert link in text
        assert f'href="{link}"' in html
