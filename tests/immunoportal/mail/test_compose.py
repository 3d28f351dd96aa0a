"""What is written into the ledger, and arrives to the letter."""

import socket
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import transaction

from immunoportal import mail
from immunoportal.mail.ledger import Mail
from tests.factories import make_message
from tests.immunoportal.mail.steps import TEMPLATE, decoded, deliver_all, part, states

pytestmark = pytest.mark.django_db


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
            number="K7QX-93PM", name="<b>Anna</b> & Co", email="anna@example.org",
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
