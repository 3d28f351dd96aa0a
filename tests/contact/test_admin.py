"""The inbox in the admin: folders, handling, and what leaves it."""

import csv
import io
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from contact.admin.inbox import reply_url
from contact.models import ContactSettings, Message
from immunoportal.mail.ledger import Mail
from immunoportal.spreadsheets import safe_cell
from tests.factories import (
    logged_in,
    make_editor,
    make_message,
    make_subject,
    make_user,
    staff_with,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

LIST = "/admin/contact/message/"
NEW, IN_PROGRESS, ANSWERED, SPAM = Message.State


@pytest.fixture
def editor():
    return make_editor(first_name="Elena", last_name="Rossi")


@pytest.fixture
def editor_client(client, editor, settings):
    settings.CONTACT_RECIPIENTS = ["desk@example.org"]
    return logged_in(client, editor)


def detail(message: Message) -> str:
    return reverse("admin:contact_message_change", args=[message.pk])


def act(client, action, *messages, **options):
    data = {"action": action, "_selected_action": [message.pk for message in messages]}
    # The list leaves spam out, and an action sees what the list shows.
    return client.post(f"{LIST}?state=all", data, **options)


def listed(response) -> list[str]:
    """The numbers of a list, in its order."""
    rows = page_of(response).all("th", class_="field-number")
    return [row.words for row in rows]


def notes_of(response) -> list[str]:
    lists = list(page_of(response).all("ul", class_="messagelist"))
    return [item.words for notes in lists for item in notes.all("li")]


class TestFolders:
    @pytest.fixture
    def one_of_each(self):
        return {state: make_message(state=state, number=state.upper()) for state in Message.State}

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", {"NEW", "IN_PROGRESS", "ANSWERED"}),
            ("?state=new", {"NEW"}),
            ("?state=in_progress", {"IN_PROGRESS"}),
            ("?state=answered", {"ANSWERED"}),
            ("?state=spam", {"SPAM"}),
            ("?state=all", {"NEW", "IN_PROGRESS", "ANSWERED", "SPAM"}),
            ("?state=nonsense", {"NEW", "IN_PROGRESS", "ANSWERED"}),
            # Who looks for something looks everywhere.
            ("?q=Anna", {"NEW", "IN_PROGRESS", "ANSWERED", "SPAM"}),
            ("?q=Anna&state=spam", {"SPAM"}),
        ],
    )
    def test_show_what_they_are_for(self, editor_client, one_of_each, query, found):
        assert set(listed(editor_client.get(f"{LIST}{query}"))) == found

    def test_the_newest_stands_first(self, editor_client):
        for day in (2, 3, 1):
            make_message(number=f"DAY-{day}", created_at=datetime(2026, 3, day, tzinfo=UTC))

        assert listed(editor_client.get(LIST)) == ["DAY-3", "DAY-2", "DAY-1"]

    @pytest.mark.parametrize(
        "word", ["K7QX", "k7qx-93pm", "Luisa", "luisa@example", "microscopio", "richiamata"]
    )
    def test_are_searched_by_what_an_editor_remembers(self, editor_client, word):
        make_message()
        make_message(
            number="K7QX-93PM", name="Luisa Verdi", email="luisa@example.com",
            text="Il microscopio è rotto.", note="Già richiamata.",
        )  # fmt: skip

        assert listed(editor_client.get(LIST, {"q": word})) == ["K7QX-93PM"]

    def test_cost_the_same_with_many_messages(
        self, editor_client, editor, django_assert_max_num_queries
    ):
        for _number in range(30):
            make_message(assignee=editor)

        with django_assert_max_num_queries(16):
            editor_client.get(LIST)

    @pytest.mark.parametrize(
        "query", ["q=%00", "state=%00", "p=99", "created_at__year=x", "assignee__id__exact=x",
                  "language__exact=xx", "o=9"],
    )  # fmt: skip
    def test_an_odd_question_is_no_crash(self, editor_client, query):
        make_message()

        assert editor_client.get(f"{LIST}?{query}").status_code in (200, 302, 400)


class TestDetail:
    def test_shows_the_message_as_text(self, editor_client):
        message = make_message(
            name="<b>Anna</b>", email="anna@example.org", subject_name="Altro",
            text="Prima <script>alert(1)</script>\nriga.\n\nSeconda مرحبا 💉.",
        )  # fmt: skip

        page = page_of(editor_client.get(detail(message)))

        shown = page.one("div", class_="message-text")
        assert shown["dir"] == "auto"
        assert [paragraph.text for paragraph in shown.all("p")] == [
            "Prima <script>alert(1)</script>\nriga.", "Seconda مرحبا 💉.",
        ]  # fmt: skip
        assert "<b>Anna</b> <anna@example.org>" in page.one("main").words

    def test_tells_why_it_is_suspicious_only_where_it_is(self, editor_client):
        suspicious = make_message(suspicions=["links", "speed"], state=SPAM)

        text = editor_client.get(detail(suspicious)).text
        assert "Why it is suspicious" in text
        assert "it has more than two links; it was sent within three seconds" in text
        assert "Why it is suspicious" not in editor_client.get(detail(make_message())).text

    def test_of_an_emptied_message_says_when(self, editor_client):
        message = make_message(
            name="", email="", text="", emptied_at=datetime(2026, 3, 1, 12, tzinfo=UTC)
        )

        for path in (detail(message), LIST):
            response = editor_client.get(path)
            assert "deleted on 2026-03-01" in response.text
            assert "mailto:" not in response.text

    def test_what_the_visitor_wrote_cannot_be_changed(self, editor_client, editor):
        message = make_message(text="As it was.")
        before = dict(Message.objects.filter(pk=message.pk).values().get())

        editor_client.post(
            detail(message),
            dict.fromkeys(before, "forged")
            | {"state": "answered", "note": "Ha chiamato.", "assignee": editor.pk},
        )

        after = dict(Message.objects.filter(pk=message.pk).values().get())
        changed = {field for field, value in after.items() if before[field] != value}
        assert changed == {"state", "note", "assignee_id"}
        assert (after["state"], after["note"]) == ("answered", "Ha chiamato.")

    @pytest.mark.parametrize("path", ["abc/change/", "0/change/", "9" * 30 + "/change/"])
    def test_of_no_message_leads_back(self, editor_client, path):
        assert editor_client.get(f"{LIST}{path}").status_code in (302, 404)

    def test_can_be_assigned_to_staff_only(self, editor_client):
        reader = make_user()
        message = make_message()

        response = editor_client.post(detail(message), {"state": "new", "assignee": reader.pk})

        assert response.status_code == 200
        message.refresh_from_db()
        assert message.assignee is None


class TestReply:
    @pytest.mark.parametrize(
        ("language", "subject", "opening"),
        [
            (
                "it",
                "Il suo messaggio K7QX-93PM a ImmunOncologia.org",
                "Il 01/03/2026 ha scritto:",
            ),
            ("en", "Your message K7QX-93PM to ImmunOncologia.org", "You wrote on 01/03/2026:"),
        ],
    )
    def test_opens_a_mail_with_the_text_quoted(self, editor_client, language, subject, opening):
        message = make_message(
            number="K7QX-93PM", language=language, email="anna+x@example.org",
            text="Prima & riga? 100%\n\n#Terza = è 💉", created_at=datetime(2026, 3, 1, tzinfo=UTC),
        )  # fmt: skip

        link = page_of(editor_client.get(detail(message))).one("a", class_="button")

        parts = urlsplit(link["href"])
        assert parts.scheme == "mailto"
        assert parts.path.endswith("@example.org")
        assert unquote(parts.path) == "anna+x@example.org"
        assert parts.fragment == ""
        assert parse_qs(parts.query, strict_parsing=True) == {
            "subject": [subject],
            "body": [f"\r\n\r\n{opening}\r\n> Prima & riga? 100%\r\n> \r\n> #Terza = è 💉"],
        }

    def test_nothing_of_the_visitor_adds_a_recipient(self):
        message = make_message(
            email="a@example.org?bcc=v@example.org&cc=v", text="x&bcc=victim@example.org"
        )

        parts = urlsplit(reply_url(message))

        assert unquote(parts.path) == message.email
        assert set(parse_qs(parts.query)) == {"subject", "body"}

    def test_of_a_long_text_quotes_the_beginning(self):
        address = reply_url(make_message(text="parola " * 700))

        assert len(address) < 2_000


class TestHandling:
    def test_states_are_set_for_many_and_spam_is_left_alone(self, editor_client):
        new, spam = make_message(), make_message(state=SPAM)

        for action, state in {"mark_in_progress": IN_PROGRESS, "mark_answered": ANSWERED}.items():
            response = act(editor_client, action, new, spam, follow=True)

            new.refresh_from_db()
            spam.refresh_from_db()
            assert (new.state, spam.state) == (state, SPAM)
            assert notes_of(response) == [f"1 message: {state.label}."]
        assert not Mail.objects.exists()

    def test_a_message_can_be_moved_to_the_spam(self, editor_client):
        messages = [make_message(), make_message(state=ANSWERED)]

        act(editor_client, "mark_spam", *messages)

        assert set(Message.objects.values_list("state", flat=True)) == {SPAM}

    def test_take_over_makes_it_mine(self, editor_client, editor):
        messages = [make_message(), make_message(assignee=make_editor())]

        response = act(editor_client, "take_over", *messages, follow=True)

        assert set(Message.objects.values_list("assignee", flat=True)) == {editor.pk}
        assert notes_of(response) == ["2 messages are yours."]

    def test_not_spam_delivers_what_is_spam(self, editor_client):
        spam = make_message(state=SPAM, number="SPAM-1")
        others = [make_message(), make_message(state=SPAM, emptied_at=timezone.now())]

        response = act(editor_client, "mark_not_spam", spam, *others, follow=True)

        spam.refresh_from_db()
        assert spam.state == NEW
        assert [row.recipient for row in Mail.objects.all()] == ["desk@example.org"]
        assert "SPAM-1" in Mail.objects.get().subject
        assert notes_of(response) == ["1 message is in the inbox; mailed now: 1."]

    def test_not_spam_does_not_deliver_twice(self, editor_client):
        message = make_message(state=SPAM)
        act(editor_client, "mark_not_spam", message)
        act(editor_client, "mark_spam", message)

        act(editor_client, "mark_not_spam", message)

        message.refresh_from_db()
        assert message.state == NEW
        assert Mail.objects.count() == 1

    def test_deleting_a_message_empties_its_mails(self, editor_client):
        message = make_message(state=SPAM)
        act(editor_client, "mark_not_spam", message)

        message.delete()

        mail = Mail.objects.get()
        assert (bytes(mail.content), mail.subject, mail.recipient) == (b"", "", "")

    @pytest.mark.parametrize("state", ["new", "answered"])
    def test_nor_does_the_form_of_the_message_forget_to_deliver(self, editor_client, state):
        spam = make_message(state=SPAM)

        response = editor_client.post(detail(spam), {"state": state, "note": ""}, follow=True)

        spam.refresh_from_db()
        assert spam.state == state
        assert Mail.objects.count() == 1
        assert "It was not spam: it is now mailed to the recipients." in notes_of(response)

    def test_saving_spam_as_spam_delivers_nothing(self, editor_client):
        spam = make_message(state=SPAM)

        editor_client.post(detail(spam), {"state": "spam", "note": "Ancora lui."})

        assert not Mail.objects.exists()


def exported(client, *messages) -> list[dict[str, str]]:
    response = act(client, "export_as_csv", *messages)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = response.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


class TestCsv:
    def test_has_a_row_a_message(self, editor_client, editor):
        message = make_message(
            number="K7QX-93PM", name="Anna, \"la\" Bianchi", email="anna@example.org",
            subject_name="Altro", text="Prima\nriga; è 💉", note="Nota", assignee=editor,
            created_at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
        )  # fmt: skip

        assert exported(editor_client, message) == [
            {
                "number": "K7QX-93PM",
                "received": "2026-03-01T13:00:00+01:00",
                "language": "it",
                "state": "new",
                "subject": "Altro",
                "name": "Anna, \"la\" Bianchi",
                "email": "anna@example.org",
                "text": "Prima\nriga; è 💉",
                "assignee": str(editor),
                "note": "Nota",
            }
        ]  # fmt: skip

    def test_is_a_file_that_spreadsheets_read_as_utf_8(self, editor_client):
        response = act(editor_client, "export_as_csv", make_message())

        assert response.content.startswith(b"\xef\xbb\xbf")
        assert response["Content-Disposition"].startswith('attachment; filename="messages-2')
        assert response["Cache-Control"]
        assert "public" not in response["Cache-Control"]

    @pytest.mark.parametrize("field", ["name", "email", "subject_name", "text", "note"])
    @pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
    def test_has_no_formula_in_any_field(self, editor_client, field, sign):
        formula = f'{sign}HYPERLINK("http://evil.example")'
        message = make_message(**{field: formula})

        (row,) = exported(editor_client, message)

        assert formula in [value.removeprefix("'") for value in row.values()]
        assert formula not in row.values()


class TestSafeCell:
    @pytest.mark.parametrize("value", ["", "Anna", "3 - 2 = 1", "a;b", "a\nb", "1;2\n3", "' =1"])
    def test_leaves_a_text_alone(self, value):
        assert safe_cell(value) == value

    @pytest.mark.parametrize(
        ("value", "safe"),
        [
            ("=1+1", "'=1+1"),
            ("  =1", "'  =1"),
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r'=1"),
            ("＝1", "'＝1"),
            # Where lists are separated by semicolons, these begin a cell too.
            ("a;=1", "a;'=1"),
            ("a\n=1", "a\n'=1"),
            ("a\t@b", "a\t'@b"),
            ('a; "=1"', 'a;\' "=1"'),
        ],
    )
    def test_begins_no_formula_anywhere(self, value, safe):
        assert safe_cell(value) == safe


class TestPermissions:
    def test_whoever_may_look_changes_nothing(self, client):
        logged_in(client, staff_with("view_message"))
        message = make_message(state=SPAM)

        assert client.get(LIST).status_code == 200
        assert client.get(detail(message)).status_code == 200
        assert client.post(detail(message), {"state": "new"}).status_code == 403
        for action in ("mark_in_progress", "mark_answered", "mark_not_spam", "take_over"):
            act(client, action, message)
        message.refresh_from_db()
        assert (message.state, message.assignee) == (SPAM, None)
        assert not Mail.objects.exists()
        assert exported(client, message)[0]["number"] == message.number

    def test_whoever_may_not_sees_nothing(self, client):
        logged_in(client, staff_with("view_article"))
        message = make_message()

        for path in (LIST, detail(message), "/admin/contact/contactsettings/1/change/"):
            assert client.get(path).status_code == 403
        response = act(client, "export_as_csv", message)
        assert response.status_code == 403

    def test_a_stranger_is_sent_to_the_log_in(self, client):
        message = make_message()

        for response in (client.get(LIST), act(client, "export_as_csv", message)):
            assert response.status_code == 302
            assert response["Location"].startswith("/admin/login/")

    def test_nobody_writes_a_message_for_somebody_else(self, editor_client):
        assert editor_client.get(f"{LIST}add/").status_code == 403


class TestContactSettings:
    URL = "/admin/contact/contactsettings/1/change/"
    FORM = {"recipients": "", "recipients_language": "en", "retention_months": "12"}

    def test_the_list_leads_to_the_one_form(self, editor_client):
        ContactSettings.objects.all().delete()

        response = editor_client.get("/admin/contact/contactsettings/", follow=True)

        assert response.redirect_chain == [(self.URL, 302)]
        assert response.status_code == 200

    def test_take_several_recipients(self, editor_client):
        form = self.FORM | {"recipients": "a@example.org\r\nb@example.org\r\n"}

        editor_client.post(self.URL, form)

        assert ContactSettings.get().recipient_list == ["a@example.org", "b@example.org"]

    @pytest.mark.parametrize(
        "change",
        [
            {"recipients": "a@example.org\nnobody"},
            {"recipients": "a@example.org, b@example.org"},
            {"recipients_language": "de"},
            {"retention_months": "0"},
            {"retention_months": "-1"},
            {"retention_months": "x"},
        ],
    )
    def test_refuse_what_makes_no_sense(self, editor_client, change):
        response = editor_client.post(self.URL, self.FORM | change)

        assert response.status_code == 200
        assert list(page_of(response).all("ul", class_="errorlist"))
        assert ContactSettings.get().retention_months == 12


class TestSubjects:
    def test_a_deleted_one_leaves_its_messages(self, editor_client):
        subject = make_subject(name_it="Vecchio")
        message = make_message(subject=subject, subject_name="Vecchio")

        editor_client.post(f"/admin/contact/subject/{subject.pk}/delete/", {"post": "yes"})

        message.refresh_from_db()
        assert (message.subject, message.subject_name) == (None, "Vecchio")
