"""The form as a visitor meets it, with a browser, a script, or bad intentions."""

import json
import re
from urllib.parse import urlencode

import pytest
from django.core import signing
from django.db import DatabaseError, OperationalError
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from contact import inbox
from contact.forms import new_stamp
from contact.models import ContactSettings, Message, Subject
from immunoportal.mail.ledger import Mail
from immunoportal.network import parse_networks
from tests.contact.steps import data
from tests.factories import make_subject
from tests.immunoportal.faults import away
from tests.pages import alternates_of, links_of, page_of

pytestmark = pytest.mark.django_db

IT, EN = "/it/contatti/", "/en/contact/"
PAGES = pytest.mark.parametrize(("path", "language"), [(IT, "it"), (EN, "en")])
FORM_TYPE = "application/x-www-form-urlencoded"


@pytest.fixture
def visitor(settings) -> Client:
    """A browser without cookies, which nothing excuses from a token."""
    settings.CONTACT_RECIPIENTS = ["desk@example.org"]
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def form_in(response):
    return page_of(response).one("main").one("form")


def typed_in(response) -> dict[str, str]:
    """What the fields of the form hold."""
    form = form_in(response)
    fields = {field["name"]: field.attributes.get("value", "") for field in form.all("input")}
    fields["text"] = form.one("textarea").text.removeprefix("\n")
    chosen = [option["value"] for option in form.all("option", selected=None)]
    return fields | {"subject": chosen[0] if chosen else ""}


def summary_of(response) -> list:
    return list(page_of(response).one("div", class_="error-summary").all("li"))


class TestGet:
    @PAGES
    def test_is_the_same_for_everyone_and_kept_by_nobody(self, visitor, path, language):
        response = visitor.get(path)

        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
        assert "cookie" not in response.get("Vary", "").lower()
        assert not response.cookies
        assert "csrfmiddlewaretoken" not in response.text

    @PAGES
    def test_speaks_its_language_and_leads_to_the_other(self, visitor, path, language):
        page = page_of(visitor.get(path))

        assert page.one("html")["lang"] == language
        assert {code: url[-len(p) :] for (code, url), p in zip(
            alternates_of(page).items(), [IT, EN, IT], strict=True
        )} == {"it": IT, "en": EN, "x-default": IT}  # fmt: skip

    @pytest.mark.parametrize(
        ("path", "names"),
        [(IT, ["Scegliere", "Uno", "Due"]), (EN, ["Please choose", "Two"])],
    )
    def test_offers_the_subjects_of_its_language(self, visitor, path, names):
        Subject.objects.all().delete()
        make_subject(name_it="Due", name_en="Two", ordering=2)
        make_subject(name_it="Uno", name_en="", ordering=1)

        options = [option.words for option in form_in(visitor.get(path)).all("option")]

        assert options[1:] == names[1:]
        assert len(options) == len(names)

    @PAGES
    def test_every_field_has_a_label(self, visitor, path, language):
        ContactSettings.objects.update(offer_copy=True)
        form = form_in(visitor.get(path))

        labelled = {label["for"] for label in form.all("label")}
        for kind in ("input", "textarea", "select"):
            for field in form.all(kind):
                assert field.attributes.get("type") == "hidden" or field["id"] in labelled

    @pytest.mark.parametrize(
        ("path", "sentences"),
        [
            (IT, ["per 12 mesi", "Come trattiamo i suoi dati", "112"]),
            (EN, ["for 12 months", "How we handle your data", "clinical details"]),
        ],
    )
    def test_says_what_not_to_send_and_how_long_it_is_kept(self, visitor, path, sentences):
        words = form_in(visitor.get(path)).words

        for sentence in sentences:
            assert sentence in words

    def test_says_how_long_an_editor_has_decided(self, visitor):
        ContactSettings.objects.update(retention_months=1)

        assert "We keep your message for 1 month," in form_in(visitor.get(EN)).words

    def test_gives_each_visitor_a_stamp(self, visitor):
        stamps = {typed_in(visitor.get(IT))["stamp"] for _visit in range(5)}

        assert len(stamps) == 5

    def test_hides_the_honeypot_from_people(self, visitor):
        (trap,) = form_in(visitor.get(IT)).all("div", aria_hidden="true")

        field = trap.one("input", name="website")
        assert (field["tabindex"], field["autocomplete"]) == ("-1", "off")

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
    def test_takes_no_other_method(self, visitor, method):
        assert visitor.generic(method, IT).status_code == 405

    def test_answers_head(self, visitor):
        response = visitor.head(IT)

        assert (response.status_code, response.content) == (200, b"")


class TestPost:
    @PAGES
    def test_leads_to_a_page_with_the_number_of_what_was_stored(self, visitor, path, language):
        response = visitor.post(path, data(text="Una domanda."))

        assert response.status_code in (302, 303)
        assert not response.cookies
        received = visitor.get(response["Location"])
        message = Message.objects.get()
        assert (message.text, message.language) == ("Una domanda.", language)
        assert received.status_code == 200
        assert page_of(received).one("html")["lang"] == language
        assert message.number in page_of(received).one("main").words
        assert Mail.objects.get().recipient == "desk@example.org"

    def test_needs_no_visit_before(self, visitor):
        response = visitor.post(IT, urlencode(data()), content_type=FORM_TYPE)

        assert response.status_code == 302
        assert Message.objects.count() == 1

    def test_sent_with_the_form_that_was_shown_is_suspicious_only_if_hasty(self, visitor):
        stamp = typed_in(visitor.get(IT))["stamp"]

        response = visitor.post(IT, data(stamp=stamp))

        # The robot is told the same as everybody.
        assert response.status_code == 302
        assert Message.objects.get().suspicions == ["speed"]
        assert not Mail.objects.exists()

    def test_says_received_and_promises_no_delivery(self, visitor):
        response = visitor.get(visitor.post(EN, data())["Location"])

        words = page_of(response).one("main").words
        assert "We have received your message" in words
        assert not re.search(r"\b(sent|delivered)\b", words)

    def test_twice_is_answered_twice_and_stored_once(self, visitor):
        form = data()

        pages = [visitor.get(visitor.post(IT, form)["Location"]) for _click in range(2)]

        assert Message.objects.count() == Mail.objects.count() == 1
        assert [Message.objects.get().number in page.text for page in pages] == [True, True]

    @pytest.mark.parametrize(
        ("path", "error", "messages"),
        [
            (IT, "Errore: ", ["Scriva il suo nome.", "Indirizzo non valido."]),
            (EN, "Error: ", ["Please write your name.", "This is no email address."]),
        ],
    )
    def test_with_faults_keeps_what_was_typed_and_says_what_to_mend(
        self, visitor, path, error, messages
    ):
        form = data(name="", email="anna", text='Perché? <b>"2 < 3"</b>\n</textarea> & 💉')

        response = visitor.post(path, form)

        assert response.status_code == 422
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies
        assert page_of(response).one("title").words.startswith(error)
        found = typed_in(response)
        assert {name: found[name] for name in form} == form
        entries = summary_of(response)
        assert [entry.one("a")["href"] for entry in entries] == ["#id_name", "#id_email"]
        for entry, message in zip(entries, messages, strict=True):
            assert entry.words.startswith(message)
        assert not Message.objects.exists()

    def test_with_faults_ties_each_message_to_its_field(self, visitor):
        page = page_of(visitor.post(EN, data(name="", email="x", text="")))

        for name in ("name", "email", "text"):
            (field,) = page.all(id=f"id_{name}")
            assert field["aria-invalid"] == "true"
            described = field["aria-describedby"].split()
            assert f"id_{name}_error" in described
            for identifier in described:
                assert len(list(page.all(id=identifier))) == 1

    def test_with_faults_mended_is_stored(self, visitor):
        form = typed_in(visitor.post(IT, data(name="")))

        response = visitor.post(IT, form | {"name": "Anna"})

        assert response.status_code == 302
        assert Message.objects.get().text == "Buongiorno."

    @pytest.mark.parametrize("stamp", ["", "foreign", None, "\0", "💉"])
    def test_with_a_stamp_that_is_not_ours_needs_one_more_click(self, visitor, stamp):
        response = visitor.post(EN, data(stamp=stamp, text="A long text."))

        assert response.status_code == 422
        assert "press “Send” once more" in summary_of(response)[0].words
        again = visitor.post(EN, typed_in(response))
        assert again.status_code == 302
        assert Message.objects.get().text == "A long text."
        assert Message.objects.get().suspicions == []


class TestBadInput:
    @PAGES
    def test_a_text_of_a_megabyte_is_kept_and_refused_with_a_reason(self, visitor, path, language):
        text = "è" * 500_000

        response = visitor.post(path, data(text=text), content_type=MULTIPART_CONTENT)

        assert response.status_code == 422
        assert typed_in(response)["text"] == text
        assert "500000" in summary_of(response)[0].words

    def test_a_body_of_seven_megabytes_is_a_400(self, visitor):
        response = visitor.post(IT, urlencode(data(text="x" * 7_000_000)), content_type=FORM_TYPE)

        assert response.status_code in (400, 413)
        assert page_of(response).one("html")["lang"] == "it"
        assert not Message.objects.exists()

    @pytest.mark.parametrize(
        ("content_type", "body"),
        [
            ("application/json", json.dumps({"name": "A", "text": "x"})),
            ("application/json", "{"),
            ("text/plain", "name=A"),
            ("text/xml", "<x/>"),
            ("", "name=A&text=x"),
            ("nonsense", b"\xff\xfe\0"),
            ("application/octet-stream", bytes(range(256))),
            (FORM_TYPE, ""),
            (FORM_TYPE, "&&&==="),
            (FORM_TYPE, b"\xff\xfe=\xff&name=\xff"),
            (f"{FORM_TYPE}; charset=utf-16", b"name=A"),
            (f"{FORM_TYPE}; charset=nonsense", b"name=A"),
            ("multipart/form-data", "x"),
            ("multipart/form-data; boundary=", "x"),
            ("multipart/form-data; boundary=x", "--x\r\nnonsense"),
            ("multipart/form-data; boundary=" + "x" * 500, "--x--"),
            ("multipart/form-data; boundary=é", "x"),
        ],
    )
    def test_another_kind_of_body_is_a_form_with_faults_or_a_400(self, visitor, content_type, body):
        response = visitor.generic("POST", IT, body, content_type=content_type)

        assert response.status_code in (400, 415, 422)
        assert page_of(response).one("html")["lang"] == "it"
        assert not Message.objects.exists()

    @pytest.mark.parametrize("field", ["name", "email", "subject", "text", "stamp"])
    def test_a_missing_field_is_told(self, visitor, field):
        form = data(**{field: None})

        response = visitor.post(IT, form)

        assert response.status_code == 422
        found = typed_in(response)
        assert {name: found[name] for name in form} == form

    def test_a_missing_honeypot_is_no_fault(self, visitor):
        assert visitor.post(IT, data(website=None)).status_code == 302

    def test_of_a_repeated_field_one_counts(self, visitor):
        form = {name: [value, value] for name, value in data().items()}
        form["text"] = ["Prima.", "Seconda."]

        response = visitor.post(IT, form)

        assert response.status_code == 302
        assert Message.objects.get().text == "Seconda."

    def test_array_fields_are_missing_fields(self, visitor):
        form = {f"{name}[]": value for name, value in data().items()}

        response = visitor.post(IT, form)

        assert response.status_code == 422
        assert len(summary_of(response)) == 5

    @pytest.mark.parametrize("field", ["name", "email", "subject", "text", "website", "stamp"])
    @pytest.mark.parametrize(
        "odd",
        ["\0", "\x01\x1b", "\u202e", "\ufffe", "x" * 100_000, "'; DROP TABLE x; --", "{{ 7*7 }}",
         "a\r\nBcc: v@example.org", "<script>alert(1)</script>", "مرحبا", "💉", "%00%ff"],
    )  # fmt: skip
    def test_whatever_stands_in_a_field_is_answered_properly(self, visitor, field, odd):
        response = visitor.post(IT, data(**{field: odd}))

        assert response.status_code in (302, 422)
        if response.status_code == 422:
            page = page_of(response)
            assert page.one("html")["lang"] == "it"
            own = ("/js/dialog.js", "/js/search.js")
            assert all(script["src"].endswith(own) for script in page.all("script"))
        for row in Mail.objects.all():
            assert "\nBcc:" not in bytes(row.content).decode().partition("\r\n\r\n")[0]

    @pytest.mark.parametrize("field", ["name", "email", "subject", "text", "stamp"])
    @pytest.mark.parametrize("octets", ["%ff%fe", "%c3%28", "%ed%a0%80", "%f0%9f%92", "%00", "%"])
    def test_bytes_that_are_no_text_are_answered_properly(self, visitor, field, octets):
        body = urlencode(data(**{field: None})) + f"&{field}={octets}"

        response = visitor.post(IT, body, content_type=FORM_TYPE)

        assert response.status_code in (302, 422)
        assert page_of(response)

    def test_a_file_instead_of_a_text_is_a_missing_text(self, visitor, tmp_path):
        file = tmp_path / "text.txt"
        file.write_text("x")

        with file.open() as handle:
            response = visitor.post(IT, data(text=None) | {"text": handle})

        assert response.status_code == 422

    def test_more_fields_than_django_reads_are_a_400(self, visitor):
        body = "&".join(f"f{number}=1" for number in range(20_000))

        assert visitor.post(IT, body, content_type=FORM_TYPE).status_code == 400

    def test_a_cookie_and_a_false_token_are_no_obstacle(self, visitor):
        visitor.cookies["csrf"] = "x" * 32

        response = visitor.post(IT, data() | {"csrfmiddlewaretoken": "false"})

        assert response.status_code == 302


class TestOrigin:
    @pytest.mark.parametrize(
        "origin",
        ["http://testserver.evil.example", "http://testserver:1", "https://testserver", "null", ""],
    )
    def test_of_another_site_is_refused_and_what_was_typed_stays(self, visitor, origin):
        form = data(text="Una lunga storia.")

        response = visitor.post(EN, form, headers={"origin": origin})

        assert response.status_code == 403
        assert not Message.objects.exists()
        assert "not sent from our site" in summary_of(response)[0].words
        found = typed_in(response)
        assert {name: found[name] for name in form} == form
        again = visitor.post(EN, found, headers={"origin": "http://testserver"})
        assert again.status_code == 302

    @pytest.mark.parametrize(
        "origin", ["http://testserver", "HTTP://TestServer", "https://www.example.org", None]
    )
    def test_of_this_site_is_taken_and_a_missing_one_too(self, visitor, settings, origin):
        settings.SITE_URL = "https://www.example.org"

        response = visitor.post(IT, data(), headers={"origin": origin} if origin else {})

        assert response.status_code == 302


class TestDatabaseDown:
    def test_nothing_that_another_site_has_sent_is_given_back(self, visitor):
        form = data(text="Forged")

        with away():
            response = visitor.post(EN, form, headers={"origin": "https://evil.example"})

        assert response.status_code == 503
        assert "Forged" not in response.text
        assert not list(page_of(response).one("main").all("form"))

    @pytest.mark.parametrize(
        ("path", "heading"),
        [
            (IT, "Il suo messaggio non è stato registrato"),
            (EN, "Your message has not been stored"),
        ],
    )
    @pytest.mark.parametrize("error", [DatabaseError, OperationalError])
    def test_the_text_is_given_back_and_nothing_is_promised(
        self, visitor, monkeypatch, caplog, path, heading, error
    ):
        def fails(**_arguments):
            raise error("disk full, password=hunter2")

        monkeypatch.setattr(inbox, "receive", fails)

        response = visitor.post(path, data(text="Una lunga <b>storia</b> 💉."))

        page = page_of(response)
        assert response.status_code == 503
        assert response["Cache-Control"] == "no-store"
        assert response["Retry-After"] == "300"
        assert page.one("h1").words == heading
        assert page.one("textarea").text.endswith("Una lunga <b>storia</b> 💉.")
        assert "hunter2" not in response.text
        assert links_of(page.one("main")).popitem()[1] == path
        assert "could not be stored" in caplog.text


class TestOddCharsets:
    @pytest.mark.parametrize("charset", ["hex", "base64", "rot13", "undefined", "idna", "utf-16"])
    def test_are_a_400(self, visitor, charset):
        kind = f"multipart/form-data; boundary=XX; charset={charset}"
        body = b'--XX\r\nContent-Disposition: form-data; name="text"\r\n\r\nx\r\n--XX--\r\n'

        response = visitor.generic("POST", "/it/contatti/", body, content_type=kind)

        assert response.status_code == 400


class TestRate:
    def test_counts_by_the_address_behind_our_proxies(self, visitor, settings, monkeypatch):
        settings.TRUSTED_PROXIES = parse_networks(["127.0.0.1"])
        monkeypatch.setattr(inbox, "TOO_MANY", 2)

        def send(forwarded_for):
            return visitor.post(
                EN, data(text=forwarded_for), headers={"x-forwarded-for": forwarded_for}
            )

        assert [send(f"{claim}, 203.0.113.7").status_code for claim in "abc"] == [302, 302, 429]
        assert send("203.0.113.7, 203.0.113.8").status_code == 302

    def test_cannot_be_escaped_by_a_forged_header(self, visitor, settings, monkeypatch):
        settings.TRUSTED_PROXIES = []
        monkeypatch.setattr(inbox, "TOO_MANY", 2)

        answers = [
            visitor.post(EN, data(), headers={"x-forwarded-for": f"203.0.113.{number}"})
            for number in range(3)
        ]

        assert [answer.status_code for answer in answers] == [302, 302, 429]

    def test_beyond_it_the_text_is_kept_and_the_reason_told(self, visitor, monkeypatch):
        monkeypatch.setattr(inbox, "TOO_MANY", 0)
        form = data(text="Una lunga storia.")

        response = visitor.post(EN, form)

        assert response.status_code == 429
        assert "many messages from your connection" in summary_of(response)[0].words
        assert page_of(response).one("title").words.startswith("Error: ")
        assert {name: typed_in(response)[name] for name in form} == form
        assert not Message.objects.exists()


class TestReceived:
    @pytest.mark.parametrize(
        "token",
        [
            "x", "K7QX-93PM", "a:b:c", "%00", "é", "💉", "x" * 5000,
            pytest.param(signing.dumps("K7QX-93PM", salt="another"), id="signed otherwise 1"),
            pytest.param(
                signing.dumps("K7QX-93PM", key="another key" * 5, salt="contact.reference"),
                id="signed otherwise 2",
            ),
        ],
    )  # fmt: skip
    def test_a_foreign_token_is_not_found(self, visitor, token):
        response = visitor.get(f"/en/contact/received/{token}/")

        assert response.status_code == 404
        assert "We have received" not in response.text

    def test_a_stamp_is_no_acknowledgement(self, visitor):
        assert visitor.get(f"/en/contact/received/{new_stamp()}/").status_code == 404

    def test_is_for_the_visitor_alone_and_in_both_languages(self, visitor):
        response = visitor.get(visitor.post(EN, data())["Location"])

        page = page_of(response)
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies
        assert page.one("meta", name="robots")["content"] == "noindex"
        (italian,) = page.one("header").all("a", hreflang="it")
        other = visitor.get(italian["href"])
        assert Message.objects.get().number in other.text
        assert page_of(other).one("h1").words == "Abbiamo ricevuto il suo messaggio"

    def test_takes_get_and_head_only(self, visitor):
        assert visitor.post("/en/contact/received/x/").status_code == 405


class TestPrivacy:
    @pytest.mark.parametrize(
        ("path", "heading", "sentence"),
        [
            ("/it/privacy/", "Come trattiamo i suoi dati", "Dopo 7 mesi"),
            ("/en/privacy/", "How we handle your data", "After 7 months"),
        ],
    )
    def test_says_what_is_kept_and_for_how_long(self, visitor, path, heading, sentence):
        settings = ContactSettings.get()
        settings.retention_months = 7
        settings.save()

        response = visitor.get(path)

        main = page_of(response).one("main")
        assert main.one("h1").words == heading
        assert sentence in main.words
        assert "Effetti srl" in main.words
        assert "effetti@effetti.it" in links_of(main)
        assert "public" in response["Cache-Control"]
        assert not response.cookies

    @PAGES
    def test_is_linked_from_the_form_and_from_every_page(self, visitor, path, language):
        page = page_of(visitor.get(path))

        assert f"/{language}/privacy/" in links_of(page.one("main").one("form")).values()
        assert f"/{language}/privacy/" in links_of(page.one("footer")).values()
