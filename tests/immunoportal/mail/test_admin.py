"""The ledger in the admin: what became of each mail, and what an editor can do about it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone as django_timezone

from immunoportal.mail import report
from immunoportal.mail.ledger import Mail
from tests.factories import logged_in, make_editor, make_mail, make_worker, staff_with
from tests.mail_server import MailServer
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db

LIST = "/admin/immunoportal/mail/"
TEST = "/admin/immunoportal/mail/test/"
FAILED = {"state": Mail.State.FAILED, "error": "550 No such user"}


@pytest.fixture
def editor_client(client):
    return logged_in(client, make_editor(email="editor@example.org"))


@pytest.fixture
def looker_client(client):
    """Somebody who may look, and change nothing."""
    return logged_in(client, staff_with("view_mail"))


def detail(row: Mail) -> str:
    return reverse("admin:immunoportal_mail_change", args=[row.pk])


def resend(row: Mail) -> str:
    return reverse("admin:immunoportal_mail_resend", args=[row.pk])


def act(client, action, *rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(LIST, data, follow=True)


def notes_of(response) -> list[str]:
    """The messages above a page."""
    lists = list(page_of(response).all("ul", class_="messagelist"))
    return [item.words for notes in lists for item in notes.all("li")]


class TestList:
    def test_tells_what_became_of_each_mail(self, editor_client):
        make_mail("a@example.org", "Queued one")
        make_mail("b@example.org", "Sent one", state=Mail.State.SENT)
        make_mail("c@example.org", "Failed one", **FAILED)
        make_mail(
            "d@example.org", "Later one", state=Mail.State.RETRYING,
            next_attempt_at=datetime(2026, 3, 1, 12, 34, 56, tzinfo=UTC),
        )  # fmt: skip
        make_mail("e@example.org", "Known", dismissed_at=django_timezone.now(), **FAILED)

        page = page_of(editor_client.get(LIST))

        rows = list(page.one("tbody").all("tr"))
        assert [row.one("td", class_="field-state_shown").words for row in rows] == [
            "given up, dealt with",
            "will be tried again at 13:34:56",
            "given up",
            "sent",
            "queued",
        ]
        assert "550 No such user" in rows[2].words

    def test_says_so_where_there_is_no_server(self, editor_client, settings):
        settings.MAIL_SERVER = None
        assert "No mail server is set (EMAIL_URL)" in editor_client.get(LIST).text

        settings.MAIL_SERVER = MailServer().settings()
        assert "No mail server is set" not in editor_client.get(LIST).text

    def test_says_so_where_no_worker_runs(self, editor_client):
        worker = make_worker(silent=timedelta(seconds=31))
        assert "No worker is running" in editor_client.get(LIST).text

        worker.delete()
        make_worker()
        assert "No worker is running" not in editor_client.get(LIST).text

    @pytest.mark.parametrize("query", ["q=gone", "state=failed", "q=The+lost"])
    def test_finds_a_mail(self, editor_client, query):
        make_mail("gone@example.org", "The lost one", **FAILED)
        make_mail("there@example.org", "Another")

        rows = page_of(editor_client.get(f"{LIST}?{query}")).one("tbody").all("tr")

        assert ["The lost one" in row.words for row in rows] == [True]

    def test_reads_no_texts(self, editor_client, django_assert_max_num_queries):
        for _number in range(5):
            make_mail()

        with django_assert_max_num_queries(12) as queries:
            editor_client.get(LIST)

        assert not [query for query in queries if '"content"' in query["sql"]]

    @pytest.mark.parametrize(
        "query", ["q=%00", "state=nonsense", "p=99", "o=9.9", "created_at__gte=x", "x=1"]
    )
    def test_an_odd_question_is_no_crash(self, editor_client, query):
        assert editor_client.get(f"{LIST}?{query}").status_code in (200, 302, 400)


class TestDetail:
    def test_shows_the_mail_decoded_and_markup_as_text(self, editor_client):
        row = make_mail("a@example.org", "Perché?", "È <script>alert(1)</script> un testo 💉.")

        page = page_of(editor_client.get(detail(row)))

        text = page.one("pre", class_="mail-text").text
        assert "Subject: Perché?" in text
        assert "È <script>alert(1)</script> un testo 💉." in text
        assert not list(page.all("input", name="_save"))

    @pytest.mark.parametrize(("kind", "is_shown"), [("test", True), ("password_reset_key", False)])
    def test_of_a_link_that_lets_somebody_in_is_for_superusers(self, client, kind, is_shown):
        row = make_mail(kind=kind)

        texts = [
            list(page_of(logged_in(client, user).get(detail(row))).all("pre", class_="mail-text"))
            for user in (staff_with("view_mail"), make_editor())
        ]

        assert [bool(text) for text in texts] == [is_shown, True]

    def test_of_an_emptied_mail_says_that(self, editor_client):
        row = make_mail(state=Mail.State.SENT, content=b"")

        page = page_of(editor_client.get(detail(row)))

        assert page.one("pre", class_="mail-text").words == "The text has been deleted."
        assert not list(page.all("button", formaction=resend(row)))

    def test_has_a_button_that_sends_it_again(self, editor_client):
        row = make_mail(attempts=40, **FAILED)
        form = page_of(editor_client.get(detail(row))).one("form", id="mail_form")
        button = form.one("button", formaction=resend(row))

        response = editor_client.post(button["formaction"], follow=True)

        row.refresh_from_db()
        assert (row.state, row.attempts, row.error) == (Mail.State.QUEUED, 0, "")
        assert notes_of(response) == ["1 mail is queued again."]

    @pytest.mark.parametrize("path", ["abc/change/", "0/change/", "9" * 30 + "/change/"])
    def test_of_no_mail_leads_back(self, editor_client, path):
        assert editor_client.get(f"{LIST}{path}").status_code in (302, 404)

    @pytest.mark.parametrize("path", ["abc/resend/", "-1/resend/"])
    def test_an_odd_number_cannot_be_sent_again(self, editor_client, path):
        assert editor_client.post(f"{LIST}{path}").status_code in (302, 403, 404)

    @pytest.mark.parametrize("number", [0, 999_999, int("9" * 30)])
    def test_sending_again_what_is_not_there_queues_nothing(self, editor_client, number):
        row = make_mail(**FAILED)

        response = editor_client.post(f"{LIST}{number}/resend/", follow=True)

        row.refresh_from_db()
        assert row.state == Mail.State.FAILED
        assert notes_of(response) == ["0 mails are queued again."]


class TestActions:
    def test_send_again_tells_what_cannot_be(self, editor_client):
        failed = make_mail(**FAILED)
        emptied = make_mail(state=Mail.State.SENT, content=b"")

        response = act(editor_client, "send_again", failed, emptied)

        failed.refresh_from_db()
        emptied.refresh_from_db()
        assert (failed.state, emptied.state) == (Mail.State.QUEUED, Mail.State.SENT)
        assert notes_of(response) == [
            "1 mail is queued again.",
            "1 mail cannot be sent again: it has no text any more, or is under way.",
        ]

    def test_dismiss_ends_the_alert_of_what_was_given_up(self, editor_client):
        failed, queued = make_mail(**FAILED), make_mail()

        response = act(editor_client, "dismiss", failed, queued)

        failed.refresh_from_db()
        queued.refresh_from_db()
        assert failed.dismissed_at
        assert queued.dismissed_at is None
        assert notes_of(response) == ["1 mail no longer raises an alert."]
        assert report.condition()["given_up"] == 0


class TestTestMail:
    def test_is_proposed_to_whoever_asks_and_queued(self, editor_client):
        assert links_of(page_of(editor_client.get(LIST)))["Send a test mail"] == TEST
        field = page_of(editor_client.get(TEST)).one("input", name="recipient")
        assert field["value"] == "editor@example.org"

        response = editor_client.post(TEST, {"recipient": field["value"]}, follow=True)

        row = Mail.objects.get()
        assert (row.recipient, row.kind, row.state) == ("editor@example.org", "test", "queued")
        assert row.subject == "Test mail from ImmunOncologia.org"
        assert notes_of(response)[0].startswith("The test mail is queued.")

    @pytest.mark.parametrize(
        "recipient",
        ["", "nobody", "a@example.org, b@example.org", "a@example.org\r\nBcc: v@example.org",
         "a" * 300 + "@example.org", "\0@example.org"],
    )  # fmt: skip
    def test_to_no_address_is_refused_in_the_form(self, editor_client, recipient):
        response = editor_client.post(TEST, {"recipient": recipient})

        assert response.status_code == 200
        assert list(page_of(response).all("ul", class_="errorlist"))
        assert not Mail.objects.exists()


class TestPermissions:
    def test_whoever_may_look_changes_nothing(self, looker_client):
        row = make_mail(**FAILED)

        assert looker_client.get(LIST).status_code == 200
        assert looker_client.get(detail(row)).status_code == 200
        assert TEST not in links_of(page_of(looker_client.get(LIST))).values()
        assert looker_client.get(TEST).status_code == 403
        assert looker_client.post(TEST, {"recipient": "a@example.org"}).status_code == 403
        assert looker_client.post(resend(row)).status_code == 403
        act(looker_client, "send_again", row)
        act(looker_client, "dismiss", row)

        row.refresh_from_db()
        assert (row.state, row.dismissed_at) == (Mail.State.FAILED, None)
        assert Mail.objects.count() == 1

    def test_whoever_may_not_sees_nothing(self, client):
        logged_in(client, staff_with("view_article"))
        row = make_mail(**FAILED)

        for path in (LIST, detail(row), TEST):
            assert client.get(path).status_code == 403
        assert "given up" not in client.get("/admin/").text

    def test_a_stranger_is_sent_to_the_log_in(self, client):
        for path in (LIST, TEST, resend(make_mail())):
            for response in (client.get(path), client.post(path)):
                assert response.status_code == 302
                assert response["Location"].startswith("/admin/login/")

    def test_nobody_adds_changes_or_deletes_a_mail(self, editor_client):
        row = make_mail(subject="As it was")

        assert editor_client.get(f"{LIST}add/").status_code == 403
        assert editor_client.post(detail(row), {"subject": "Forged"}).status_code == 403
        assert editor_client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
        row.refresh_from_db()
        assert row.subject == "As it was"

    def test_a_link_cannot_send_again(self, editor_client):
        row = make_mail(**FAILED)

        assert editor_client.get(resend(row)).status_code == 403
        row.refresh_from_db()
        assert row.state == Mail.State.FAILED


class TestAlert:
    def alerts(self, client) -> list:
        return list(page_of(client.get("/admin/")).all("p", class_="alert"))

    def test_is_quiet_when_all_is_well(self, editor_client):
        make_mail()
        make_mail(state=Mail.State.SENT)

        assert self.alerts(editor_client) == []

    def test_asks_for_the_worker_when_nobody_fetches_mails(self, editor_client, settings):
        settings.MAIL_SERVER = MailServer().settings()
        make_mail(next_attempt_at=django_timezone.now() - timedelta(minutes=16))

        (alert,) = self.alerts(editor_client)

        assert "1 mail has been waiting for a quarter of an hour" in alert.words
