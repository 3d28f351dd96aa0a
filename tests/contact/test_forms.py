"""The contact form: what it cleans, what it refuses, and whose form it takes."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.utils import timezone, translation

from contact.forms import STAMP_SALT, ContactForm, new_stamp, read_stamp
from contact.models import ContactSettings, Message, Subject
from tests.contact.steps import data
from tests.factories import make_subject

pytestmark = pytest.mark.django_db

CONTROLS = ["\0", "\x01", "\x1b", "\x7f", "\x85", "\ufffe", "\ue000"]
BIDI = ["\u202e", "\u202d", "\u202a", "\u2066", "\u2067", "\u2069", "\u200f", "\u061c", "\ufeff"]
LINE_BREAKS = ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"]


def form_of(**changes) -> ContactForm:
    form = ContactForm(data(**changes))
    form.is_valid()
    return form


def stamp_made(moment, salt=STAMP_SALT) -> str:
    with time_machine.travel(moment, tick=False):
        return signing.dumps([moment.timestamp(), "nonce"], salt=salt)


class TestCleaning:
    def test_leaves_an_ordinary_message_as_it_is(self):
        form = form_of(name="  Anna Bianchi ", text="Prima riga.\n\n\tSeconda riga.\n")

        assert form.errors == {}
        assert form.cleaned_data["name"] == "Anna Bianchi"
        assert form.cleaned_data["text"] == "Prima riga.\n\n\tSeconda riga."

    @pytest.mark.parametrize("character", [*CONTROLS, *BIDI])
    def test_takes_out_what_nobody_types(self, character):
        form = form_of(name=f"Anna{character} Bianchi", text=f"Buon{character}giorno.")

        assert form.errors == {}
        assert form.cleaned_data["name"] == "Anna Bianchi"
        assert form.cleaned_data["text"] == "Buongiorno."

    @pytest.mark.parametrize(
        "text",
        [
            "💉👩🏽‍⚕️🇮🇹", "مرحبا، لدي سؤال", "שלום, יש לי שאלה", "免疫療法", "Ærø łódź ñ ü ß",
            "CO₂ → 5 µg/m² ≤ ½ “so” – …", "e\u0301",
        ],
    )  # fmt: skip
    def test_keeps_every_script_and_every_picture(self, text):
        form = form_of(text=text)

        assert form.errors == {}
        assert form.cleaned_data["text"] == text

    @pytest.mark.parametrize("name", ["D’Àvila-Øre 💉", "محمد", "王小明", "שרה"])
    def test_keeps_every_name(self, name):
        assert form_of(name=name).cleaned_data["name"] == name

    def test_composes_a_name_so_that_it_is_found(self):
        assert form_of(name="Nicolo\u0300").cleaned_data["name"] == "Nicolò"

    @pytest.mark.parametrize("line", LINE_BREAKS)
    def test_a_name_is_one_line(self, line):
        form = form_of(name=f"Anna{line}Bcc: victim@example.org")

        assert form.cleaned_data["name"] == "Anna Bcc: victim@example.org"

    @pytest.mark.parametrize("line", LINE_BREAKS)
    def test_an_address_with_another_line_is_no_address(self, line):
        form = form_of(email=f"anna@example.org{line}Bcc: victim@example.org")

        assert list(form.errors) == ["email"]

    @pytest.mark.parametrize("around", ["\n", " ", "\r\n", "\u202e", "\0"])
    def test_what_stands_around_an_address_is_no_fault(self, around):
        form = form_of(email=f"{around}anna@example.org{around}")

        assert form.errors == {}
        assert form.cleaned_data["email"] == "anna@example.org"

    @pytest.mark.parametrize("line", ["\n", "\r\n", "\r", "\u2028", "\u2029"])
    def test_the_lines_of_a_text_end_alike(self, line):
        assert form_of(text=f"a{line}b").cleaned_data["text"] == "a\nb"

    def test_many_empty_lines_are_few(self):
        assert form_of(text="a" + "\r\n" * 50 + "b").cleaned_data["text"] == "a\n\n\nb"

    @pytest.mark.parametrize("nothing", ["", " ", "\n\n", "\0", "\u202e", "\u2028", "\u200b\u200d"])
    @pytest.mark.parametrize("field", ["name", "email", "text"])
    def test_what_is_nothing_once_it_is_clean_is_missing(self, field, nothing):
        form = form_of(**{field: nothing})

        assert [error.code for error in form.errors[field].as_data()] == ["required"]

    def test_a_name_that_takes_long_to_compose_holds_nobody_up(self):
        started = time.process_time()

        form = form_of(name="a" + "\u0301\u0316" * 300_000)

        assert list(form.errors) == ["name"]
        assert time.process_time() - started < 10


class TestRefusing:
    @pytest.mark.parametrize(
        ("language", "messages"),
        [
            (
                "it",
                {
                    "name": "Scriva il suo nome.",
                    "email": "Scriva il suo indirizzo email: così potremo risponderle.",
                    "subject": "Scelga di che cosa si tratta.",
                    "text": "Scriva il suo messaggio.",
                },
            ),
            (
                "en",
                {
                    "name": "Please write your name.",
                    "email": "Please write your email address, so that we can answer.",
                    "subject": "Please choose what it is about.",
                    "text": "Please write your message.",
                },
            ),
        ],
    )
    def test_says_of_each_field_what_is_missing(self, language, messages):
        with translation.override(language):
            form = form_of(name="", email="", subject="", text="")

            assert {field: errors[0] for field, errors in form.errors.items()} == messages

    @pytest.mark.parametrize(
        "email",
        [
            "anna", "anna@", "@example.org", "anna@example", "anna@@example.org", "a b@example.org",
            "anna@example.org, b@example.org", "Anna <anna@example.org>", "anna@exam ple.org",
            "\"x\"@example.org;b@example.org", "anna@example..org", "a" * 65 + "@" + "b" * 300,
        ],
    )  # fmt: skip
    def test_knows_what_is_no_address(self, email):
        form = form_of(email=email)

        assert list(form.errors) == ["email"]

    @pytest.mark.parametrize("email", ["anna+x@example.org", "o'neil@a.b.example", "a@perché.it"])
    def test_takes_every_address(self, email):
        assert form_of(email=email).cleaned_data["email"] == email

    def test_says_how_much_too_long_a_text_is(self):
        with translation.override("en"):
            form = form_of(text="x" * 5001)

            assert form.errors == {
                "text": [
                    "Your message has 5001 characters; there is room for 5000. Please shorten it."
                ]
            }

    def test_takes_a_text_that_fills_the_room(self):
        assert form_of(text="💉" * Message.MAX_LENGTH).errors == {}

    def test_a_name_may_have_a_hundred_characters(self):
        assert form_of(name="x" * 100).errors == {}
        assert list(form_of(name="x" * 101).errors) == ["name"]

    @pytest.mark.parametrize(
        "subject",
        ["0", "-1", "999999", "9" * 30, "9" * 5000, "1e3", "1 OR 1=1", "x", "None"],
    )
    def test_a_subject_is_one_of_the_list(self, subject):
        with translation.override("en"):
            form = form_of(subject=subject)

            assert form.errors == {"subject": ["Please choose one of the list."]}

    def test_nor_is_nothing_at_all(self):
        assert list(form_of(subject="\0").errors) == ["subject"]

    def test_several_faults_are_told_at_once(self):
        form = form_of(name="", email="x", stamp="foreign")

        assert list(form.errors) == ["name", "email", "__all__"]


class TestSubjects:
    def names(self, language) -> list[str]:
        with translation.override(language):
            return [label for _value, label in ContactForm().fields["subject"].widget.choices][1:]

    def test_are_those_that_the_language_has_in_their_order(self):
        Subject.objects.all().delete()
        make_subject(name_it="Due", name_en="Two", ordering=2)
        make_subject(name_it="Uno", name_en="", ordering=1)
        make_subject(name_it=None, name_en="Three", ordering=3)

        assert self.names("it") == ["Uno", "Due"]
        assert self.names("en") == ["Two", "Three"]

    def test_the_form_starts_with_four(self):
        assert self.names("it")[-1] == "Altro"
        assert self.names("en")[-1] == "Something else"
        assert len(self.names("en")) == 4

    def test_one_that_the_language_has_not_cannot_be_chosen(self):
        italian = make_subject(name_it="Solo", name_en="")

        with translation.override("en"):
            assert list(form_of(subject=str(italian.pk)).errors) == ["subject"]

    def test_without_any_the_form_does_not_ask(self):
        Subject.objects.all().delete()

        form = ContactForm(
            {"name": "A", "email": "a@example.org", "text": "x", "stamp": new_stamp()}
        )

        assert "subject" not in form.fields
        assert form.is_valid()


class TestCopy:
    def test_is_offered_only_where_an_editor_wants_it(self):
        assert "send_copy" not in form_of(send_copy="on").cleaned_data

        ContactSettings.objects.update(offer_copy=True)

        assert form_of(send_copy="on").cleaned_data["send_copy"] is True
        assert form_of().cleaned_data["send_copy"] is False


class TestStamp:
    def test_of_a_fresh_form_tells_how_long_it_was_open(self):
        with time_machine.travel(timezone.now(), tick=False) as clock:
            stamp = new_stamp()
            clock.shift(42)

            assert read_stamp(stamp).seconds == pytest.approx(42)

    def test_of_each_form_is_its_own(self):
        assert len({read_stamp(new_stamp()).nonce for _form in range(20)}) == 20

    def test_renewed_one_lets_the_form_be_sent_at_once(self):
        assert read_stamp(new_stamp(renewed=True)).seconds >= 3

    @pytest.mark.parametrize("age", [timedelta(hours=23, minutes=59), timedelta(hours=24)])
    def test_is_good_for_a_day(self, age):
        now = timezone.now().replace(microsecond=0)
        stamp = stamp_made(now - age)

        with time_machine.travel(now, tick=False):
            form = form_of(stamp=stamp)

            assert form.errors == {}
            assert form.cleaned_data["stamp"].seconds == age.total_seconds()

    def test_is_stale_a_second_later(self):
        now = timezone.now().replace(microsecond=0)
        stamp = stamp_made(now - timedelta(hours=24, seconds=1))

        with time_machine.travel(now, tick=False):
            assert list(form_of(stamp=stamp).errors) == ["__all__"]

    def test_from_the_future_is_taken_and_looks_hasty(self):
        stamp = stamp_made(timezone.now() + timedelta(hours=1))

        form = form_of(stamp=stamp)

        assert form.errors == {}
        assert form.cleaned_data["stamp"].seconds < 0

    @pytest.mark.parametrize(
        "stamp",
        [
            None, "", " ", "x", ":", "::", "a:b:c", "\0", "é:è:ê", "💉", "x" * 100_000,
            "WzEsIngiXQ:1abcde:forged",
            pytest.param(
                signing.dumps([0, "nonce"], key="another key" * 5, salt=STAMP_SALT),
                id="another key",
            ),
            pytest.param(signing.dumps([0, "nonce"], salt="contact.reference"), id="another salt"),
        ],
    )  # fmt: skip
    def test_that_is_not_ours_is_told_and_replaced(self, stamp):
        with translation.override("en"):
            form = form_of(stamp=stamp)

            assert "press “Send” once more" in form.non_field_errors()[0]
        assert form_of(stamp=form.stamp_to_send).errors == {}

    @pytest.mark.parametrize("content", [None, 1, "x", [], [1], [1, 2, 3], {"a": 1}])
    def test_with_another_content_is_not_ours(self, content):
        form = form_of(stamp=signing.dumps(content, salt=STAMP_SALT))

        assert list(form.errors) == ["__all__"]

    def test_of_a_form_with_faults_stays(self):
        stamp = new_stamp()

        form = form_of(name="", stamp=stamp)

        assert form.stamp_to_send == stamp

    def test_cannot_be_changed_by_a_letter(self):
        stamp = new_stamp()

        for position in range(len(stamp)):
            other = "B" if stamp[position] == "A" else "A"
            forged = stamp[:position] + other + stamp[position + 1 :]
            with pytest.raises((signing.BadSignature, ValueError)):
                read_stamp(forged)
