"""Receiving messages: stored before answered, mailed unless suspicious, kept for a time."""

import re
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from itertools import count

import pytest
import time_machine
from django.db import DatabaseError, connections
from django.utils import timezone

from contact import inbox
from contact.models import ContactSettings, Message, Publisher, Subject
from immunoportal.mail import compose
from immunoportal.mail.ledger import Mail
from tests.factories import make_editor, make_message, make_subject

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 31, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _recipients(settings):
    settings.CONTACT_RECIPIENTS = ["desk@example.org"]


_numbers = count(1)


def receive(**changes) -> Message:
    """A message as the view hands it on, from a form of its own unless told otherwise."""
    number = next(_numbers)
    arguments = {
        "name": "Anna Bianchi",
        "email": "anna@example.org",
        "subject": Subject.objects.first(),
        "text": f"Buongiorno, è la domanda {number}.",
        "language": "it",
        "network": f"203.0.113.{number % 250}",
        "nonce": f"nonce {number}",
        "seconds": 60.0,
    }
    return inbox.receive(**arguments | changes)


def decoded(row: Mail):
    return message_from_bytes(bytes(row.content), policy=policy.default)


def recipients() -> list[str]:
    return sorted(Mail.objects.values_list("recipient", flat=True))


class TestReceive:
    def test_stores_what_was_written_and_queues_its_mail(self):
        subject = make_subject(name_it="Un errore", name_en="A mistake")

        message = receive(subject=subject, text="Prima riga.\n\nSeconda.")

        message.refresh_from_db()
        assert (message.name, message.email) == ("Anna Bianchi", "anna@example.org")
        assert (message.subject, message.subject_name) == (subject, "Un errore")
        assert (message.text, message.language) == ("Prima riga.\n\nSeconda.", "it")
        assert (message.state, message.suspicions) == (Message.State.NEW, [])
        received = decoded(Mail.objects.get())
        assert received["To"] == "desk@example.org"
        assert received["Reply-To"] == "anna@example.org"
        assert message.number in received["Subject"]
        assert "Prima riga." in received.get_body(("plain",)).get_content()

    def test_without_a_subject_does_as_well(self):
        assert receive(subject=None).subject_name == ""

    def test_is_one_transaction(self, monkeypatch):
        def fails(*_arguments, **_options):
            raise DatabaseError("disk full")

        monkeypatch.setattr(compose, "store", fails)

        with pytest.raises(DatabaseError):
            receive()

        assert not Message.objects.exists()
        assert not Mail.objects.exists()

    def test_keeps_no_network_address(self):
        message = receive(network="203.0.113.77")

        assert "203.0.113.77" not in str(Message.objects.filter(pk=message.pk).values().get())
        assert re.fullmatch("[0-9a-f]{64}", message.network)

    def test_gives_numbers_that_can_be_read_over_the_telephone(self):
        numbers = {inbox.new_number() for _message in range(300)}

        assert len(numbers) == 300
        assert not [
            number
            for number in numbers
            if not re.fullmatch("[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", number)
        ]

    def test_what_cannot_be_mailed_is_kept_all_the_same(self, caplog):
        message = receive(email="anna@example.org\r\nBcc: victim@example.org")

        assert Message.objects.get() == message
        row = Mail.objects.get()
        assert (row.state, bytes(row.content)) == (Mail.State.FAILED, b"")

    def test_no_field_gets_into_the_headers(self):
        """An address that would is never mailed: see above."""
        value = "x\r\nBcc: victim@localhost\r\n\r\nbody"
        with_subject = make_subject(name_it=f"Tema {value}", name_en="Theme")

        receive(subject=with_subject, name=value, text=value)

        row = Mail.objects.get()
        assert row.state == Mail.State.QUEUED
        received = decoded(row)
        assert received["To"] == "desk@example.org"
        assert received["Bcc"] is None
        assert received["Subject"].endswith(": Tema x Bcc: victim@localhost body")
        assert value in received.get_body(("plain",)).get_content()


class TestTwice:
    def test_the_same_form_is_stored_and_mailed_once(self):
        form = {"nonce": "n", "text": "Una volta."}

        first, second = receive(**form), receive(**form)

        assert first == second
        assert Message.objects.count() == Mail.objects.count() == 1

    @pytest.mark.parametrize(
        "change",
        [{"text": "Un’altra."}, {"nonce": "m"}, {"name": "Eva"}, {"email": "eva@example.org"}],
    )
    def test_another_form_or_text_is_another_message(self, change):
        form = {"nonce": "n", "text": "Una volta."}

        assert receive(**form) != receive(**form | change)
        assert Message.objects.count() == 2

    def test_the_second_click_is_answered_even_when_no_more_is_taken(self, monkeypatch):
        form = {"nonce": "n", "text": "Una volta.", "network": "203.0.113.7"}
        first = receive(**form)
        monkeypatch.setattr(inbox, "TOO_MANY", 1)

        assert receive(**form) == first

    @pytest.mark.django_db(transaction=True)
    def test_two_halves_at_the_same_moment_are_one(self):
        start_line, found, errors = threading.Barrier(6), [], []
        subject = Subject.objects.first()

        def click():
            start_line.wait()
            try:
                message = receive(nonce="n", text="Una volta.", subject=subject)
                found.append(message.number)
            except BaseException as error:
                errors.append(error)
            finally:
                connections.close_all()

        clicks = [threading.Thread(target=click) for _ in range(6)]
        for thread in clicks:
            thread.start()
        for thread in clicks:
            thread.join()

        assert errors == []
        assert len(found) == 6
        assert set(found) == {Message.objects.get().number}
        assert Mail.objects.count() == 1


class TestSuspicion:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"honeypot": "http://x.example"}, "honeypot"),
            ({"seconds": 1.0}, "speed"),
            ({"text": "www.a.it www.b.it www.c.it"}, "links"),
            ({"name": "Anna www.a.it"}, "name"),
        ],
    )
    def test_waits_in_the_spam_folder_and_is_not_mailed(self, change, reason):
        message = receive(**change)

        message.refresh_from_db()
        assert (message.state, message.suspicions) == (Message.State.SPAM, [reason])
        assert message.name == change.get("name", "Anna Bianchi")
        assert not Mail.objects.exists()

    def test_falls_on_the_same_text_within_a_week(self):
        offer = "Offerta speciale per tutti i lettori di questo sito, solo per oggi!"
        receive(text=offer.replace(" ", "  "))
        with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
            again = receive(text=offer.upper(), email="other@example.org")
        with time_machine.travel(timezone.now() + timedelta(days=14)):
            later = receive(text=offer)

        assert again.suspicions == ["repetition"]
        assert later.suspicions == []

    def test_falls_on_the_sixth_message_of_an_hour(self):
        first = [receive(network="203.0.113.7") for _message in range(6)]
        elsewhere = receive(network="203.0.113.8")
        with time_machine.travel(timezone.now() + timedelta(minutes=61)):
            later = receive(network="203.0.113.7")

        assert [message.suspicions for message in first] == [[]] * 5 + [["rate"]]
        assert elsewhere.suspicions == later.suspicions == []

    def test_takes_a_household_of_ipv6_for_one_sender(self):
        found = [receive(network=f"2001:db8:1:2::{number}") for number in range(1, 7)]

        assert found[-1].suspicions == ["rate"]
        assert receive(network="2001:db8:1:3::1").suspicions == []

    def test_ends_in_a_refusal_that_stores_nothing(self, monkeypatch):
        monkeypatch.setattr(inbox, "TOO_MANY", 3)
        for _message in range(3):
            receive(network="203.0.113.7")

        with pytest.raises(inbox.TooMany):
            receive(network="203.0.113.7")

        assert Message.objects.count() == 3
        assert receive(network="203.0.113.8")


class TestNotSpam:
    def test_delivers_after_all(self):
        message = receive(honeypot="x")

        inbox.not_spam(message)
        inbox.not_spam(message)

        message.refresh_from_db()
        assert message.state == Message.State.NEW
        assert recipients() == ["desk@example.org"]

    def test_leaves_alone_what_is_no_spam(self):
        message = make_message(state=Message.State.ANSWERED)

        inbox.not_spam(message)

        message.refresh_from_db()
        assert message.state == Message.State.ANSWERED
        assert not Mail.objects.exists()

    def test_has_nothing_to_deliver_of_what_was_emptied(self):
        message = make_message(state=Message.State.SPAM, emptied_at=timezone.now())

        inbox.not_spam(message)

        assert not Mail.objects.exists()


class TestRecipients:
    def test_are_those_of_the_operator_and_of_the_admin_each_once(self, settings):
        settings.CONTACT_RECIPIENTS = ["a@example.org", "b@example.org"]
        ContactSettings.objects.update(recipients="b@example.org\r\n\n c@example.org ")

        receive()

        assert recipients() == ["a@example.org", "b@example.org", "c@example.org"]

    def test_are_the_publisher_where_nobody_is_named(self, settings):
        settings.CONTACT_RECIPIENTS = []
        Publisher.objects.update(email="publisher@example.org")

        receive()

        assert recipients() == ["publisher@example.org"]

    def test_may_be_nobody_and_the_message_is_in_the_inbox(self, settings):
        settings.CONTACT_RECIPIENTS = []
        Publisher.objects.all().delete()
        ContactSettings.objects.all().delete()

        message = receive()

        assert Message.objects.get() == message
        row = Mail.objects.get()
        assert (row.state, row.recipient) == (Mail.State.FAILED, "")
        assert "no recipient is set" in row.error

    @pytest.mark.parametrize(
        ("language", "sentence"),
        [("it", "ha scritto con il modulo"), ("en", "has written through the contact form")],
    )
    def test_are_written_to_in_their_language(self, language, sentence):
        ContactSettings.objects.update(recipients_language=language)

        receive(language={"it": "en", "en": "it"}[language])

        assert sentence in decoded(Mail.objects.get()).get_body(("plain",)).get_content()


class TestCopy:
    def test_goes_to_the_sender_in_the_language_of_the_form(self):
        ContactSettings.objects.update(offer_copy=True)

        message = receive(language="en", send_copy=True, text="A question.")

        copy = decoded(Mail.objects.get(recipient="anna@example.org"))
        assert copy["Subject"] == f"Your message {message.number} to ImmunOncologia.org"
        assert "A question." in copy.get_body(("plain",)).get_content()
        assert copy["Reply-To"] is None

    @pytest.mark.parametrize(
        ("offered", "change"),
        [
            (False, {"send_copy": True}),
            (True, {"send_copy": False}),
            (True, {"send_copy": True, "honeypot": "x"}),
        ],
    )
    def test_is_sent_only_where_it_is_offered_wanted_and_not_suspicious(self, offered, change):
        ContactSettings.objects.update(offer_copy=offered)

        receive(**change)

        assert "anna@example.org" not in recipients()

    def test_is_not_sent_when_the_editor_takes_it_out_of_the_spam(self):
        ContactSettings.objects.update(offer_copy=True)

        inbox.not_spam(receive(send_copy=True, honeypot="x"))

        assert recipients() == ["desk@example.org"]


class TestRetention:
    EMPTIED = ("name", "email", "text", "note", "fingerprint", "network")

    def values(self, message) -> dict:
        return dict(Message.objects.filter(pk=message.pk).values().get())

    def test_empties_what_is_personal_and_keeps_what_is_for_statistics(self):
        editor = make_editor()
        old = make_message(
            created_at=NOW - timedelta(days=400), note="Ha chiamato.", assignee=editor,
            subject=Subject.objects.first(), suspicions=["links"], state=Message.State.ANSWERED,
            network="a" * 64,
        )  # fmt: skip
        before = self.values(old)

        with time_machine.travel(NOW, tick=False):
            assert [inbox.empty_old_messages(), inbox.empty_old_messages()] == [True, False]

        after = self.values(old)
        assert all(before[field] for field in self.EMPTIED)
        changed = {field for field in after if after[field] != before[field]}
        assert changed == {*self.EMPTIED, "emptied_at"}
        assert {after[field] for field in self.EMPTIED} == {""}
        assert after["emptied_at"] == NOW

    @pytest.mark.parametrize(
        ("now", "months", "oldest_kept"),
        [
            ("2026-05-31", 12, "2025-05-31"),
            ("2026-05-31", 3, "2026-02-28"),
            ("2026-05-31", 1, "2026-04-30"),
            ("2028-03-31", 1, "2028-02-29"),
            ("2028-02-29", 12, "2027-02-28"),
            ("2026-01-31", 1, "2025-12-31"),
            ("2026-01-31", 2, "2025-11-30"),
            ("2026-12-31", 12, "2025-12-31"),
            ("2026-12-31", 1, "2026-11-30"),
            ("2026-06-15", 30, "2023-12-15"),
        ],
    )
    def test_counts_months_as_people_do(self, now, months, oldest_kept):
        ContactSettings.objects.update(retention_months=months)
        moment = datetime.fromisoformat(f"{now}T10:00:00+00:00")
        edge = datetime.fromisoformat(f"{oldest_kept}T10:00:00+00:00")
        kept = make_message(created_at=edge)
        old = make_message(created_at=edge - timedelta(seconds=1))

        with time_machine.travel(moment, tick=False):
            inbox.empty_old_messages()

        assert self.values(kept)["text"]
        assert self.values(old)["text"] == ""

    def test_for_ever_is_no_crash(self):
        ContactSettings.objects.update(retention_months=32_767)
        message = make_message(created_at=NOW - timedelta(days=4000))

        with time_machine.travel(NOW, tick=False):
            assert inbox.empty_old_messages() is False

        assert self.values(message)["text"]

    def test_forgets_the_address_after_a_day(self):
        fresh = make_message(created_at=NOW - timedelta(hours=23, minutes=59), network="a" * 64)
        older = make_message(created_at=NOW - timedelta(days=1, seconds=1), network="b" * 64)

        with time_machine.travel(NOW, tick=False):
            assert inbox.empty_old_messages() is False

        assert self.values(fresh)["network"] == "a" * 64
        assert self.values(older)["network"] == ""
        assert self.values(older)["text"]

    def test_two_that_are_empty_do_not_stand_in_each_others_way(self):
        for _message in range(3):
            make_message(created_at=NOW - timedelta(days=4000))

        with time_machine.travel(NOW, tick=False):
            inbox.empty_old_messages()

        assert Message.objects.filter(emptied_at=NOW).count() == 3

    def test_an_emptied_text_is_no_repetition(self):
        make_message(created_at=timezone.now() - timedelta(days=400), text="")
        inbox.empty_old_messages()

        assert receive().suspicions == []
