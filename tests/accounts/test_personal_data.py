"""One's own data: the profile, the download, the sessions, and the end of the account."""

import json

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import housekeeping, personal_data
from accounts.models import EmailChange, Registration, User
from accounts.personal_data import erase
from accounts.professionals import approval
from immunoportal import mail
from immunoportal.mail.ledger import Mail
from tests.accounts.steps import (
    NEW_PASSWORD,
    PASSWORD,
    PROFILE,
    ask_for_reset,
    errors_of,
    is_logged_in,
    language_of,
    last_mail_to,
    link_of,
    log_in,
    main_of,
    send_resets,
)
from tests.factories import (
    add_app,
    logged_in,
    make_article,
    make_editor,
    make_message,
    make_registration,
    make_user,
    member_of,
    publish,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

DATA = "/en/account/data/"
DELETE = "/en/account/delete/"
DELETED = "/en/account/deleted/"
SESSIONS = "/en/account/sessions/"


@pytest.fixture
def anna(client):
    user = make_user(
        email="anna@example.org", first_name="Anna", last_name="Bianchi", preferred_language="it"
    )
    log_in(client, user, HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Firefox/150.0")
    return user


class TestProfile:
    def test_changes_name_and_language(self, client, anna):
        data = {"first_name": " Anna\nMaria ", "last_name": "Rossi", "preferred_language": "en"}
        response = client.post(PROFILE, data)

        assert response["Location"] == PROFILE
        anna.refresh_from_db()
        assert (anna.get_full_name(), anna.preferred_language) == ("Anna Maria Rossi", "en")
        ask_for_reset(client, anna.email)
        send_resets()
        assert language_of(last_mail_to(anna.email)) == "en"

    def test_keeps_the_name_that_was_approved(self, client, anna):
        make_registration(user=anna, state="approved")

        client.post(PROFILE, {"first_name": "Eva", "last_name": "", "preferred_language": "en"})

        anna.refresh_from_db()
        assert (anna.get_full_name(), anna.preferred_language) == ("Anna Bianchi", "en")
        main = page_of(client.get(PROFILE)).one("main")
        assert not list(main.all("input", name="first_name"))
        assert "part of what we have approved" in main.words

    def test_leaves_no_registration_without_a_name(self, client, anna):
        make_registration(user=anna)

        response = client.post(PROFILE, {"preferred_language": "it"})

        assert errors_of(response) == [
            "Please write your first name.", "Please write your last name.",
        ]  # fmt: skip

    def test_changes_nothing_else(self, client, anna):
        fields = ("email", "is_staff", "is_superuser", "password", "is_active")
        before = User.objects.values(*fields).get()

        client.post(
            PROFILE,
            {"preferred_language": "it", "email": "eva@example.org", "is_staff": "on",
             "is_superuser": "on", "password": "x"},
        )  # fmt: skip

        assert User.objects.values(*fields).get() == before

    @pytest.mark.parametrize(
        "changes",
        [{"preferred_language": "de"}, {"preferred_language": ""}, {"first_name": "x" * 151},
         {"last_name": "x" * 1_000_000}, {"first_name": "https://evil.example"}],
        ids=["language", "none", "long", "longest", "email"],
    )  # fmt: skip
    def test_refuses_what_makes_no_sense(self, client, anna, changes):
        data = {"first_name": "Eva", "last_name": "Eva", "preferred_language": "it"}

        response = client.post(PROFILE, data | changes)

        assert response.status_code == 422
        assert len(errors_of(response)) == 1
        assert page_of(response).one("li", class_="account-name").words == "Anna Bianchi"
        anna.refresh_from_db()
        assert anna.get_full_name() == "Anna Bianchi"

    def test_shows_markup_as_text(self, client, anna):
        User.objects.update(first_name="<b>Anna</b>")

        page = page_of(client.get(PROFILE))

        assert page.one("li", class_="account-name").words == "<b>Anna</b> Bianchi"

    def test_speaks_both_languages(self, client, anna):
        for language in ("it", "en"):
            page = page_of(client.get(f"/{language}/account/"))
            assert page.one("html")["lang"] == language

    @pytest.mark.parametrize("path", [PROFILE, DATA, DELETE, SESSIONS])
    def test_is_for_who_is_logged_in_and_for_nobodys_cache(self, client, anna, path):
        assert "no-store" in client.get(path)["Cache-Control"]
        assert Client().get(path)["Location"] == f"/en/account/login/?next={path}"


class TestDownload:
    def test_has_everything_that_is_stored(self, client, anna):
        make_registration(
            user=anna, state="rejected", number="12345", order="OMCeO Lecce", reason="Manca."
        )
        add_app(anna)
        EmailChange.objects.create(user=anna, new_email="new@example.org")
        group = member_of("Authors").groups.get()
        anna.groups.add(group)
        LogEntry.objects.create(
            user=anna, action_flag=CHANGE, object_repr="An article", object_id="12"
        )

        response = client.get(DATA)

        assert response["Content-Type"] == "application/json"
        assert response["Content-Disposition"].startswith('attachment; filename="immunoncologia-2')
        data = response.json()
        account = data["account"]
        assert (account["email"], account["first_name"]) == ("anna@example.org", "Anna")
        assert account["groups"] == ["Authors"]
        assert account["registration"]["number"] == "12345"
        assert account["registration"]["reason"] == "Manca."
        assert {factor["kind"] for factor in account["second_factors"]} == {
            "totp", "recovery_codes",
        }  # fmt: skip
        (session,) = account["sessions"]
        assert session["network_address"] == "127.0.0.1"
        assert "Firefox" in session["browser"]
        (entry,) = account["done_in_the_administration"]
        assert (entry["what"], entry["number"]) == ("Change", "12")
        assert "An article" not in response.text
        assert "new@example.org" in response.text

    def test_has_no_secret(self, client, anna):
        secret, codes = add_app(anna)

        text = client.get(DATA).text

        anna.refresh_from_db()
        for hidden in (anna.password, secret, codes[0], client.session.session_key):
            assert hidden not in text

    def test_has_nothing_of_anybody_else(self, client, anna):
        other = make_registration(user=make_user(email="eva@example.org"), number="99999").user
        log_in(Client(), other)

        text = client.get(DATA).text

        assert "eva@example.org" not in text
        assert "99999" not in text

    def test_has_the_mails_to_an_earlier_email_and_none_to_editors(self, client, anna):
        registration = make_registration(user=anna)
        make_editor(email="elena@example.org")
        approval.tell_editors(registration)
        mail.store("old@example.org", "Al vecchio indirizzo", "…", about=anna.ledger_key)

        mails = client.get(DATA).json()["mails"]

        assert [row["subject"] for row in mails] == ["Al vecchio indirizzo"]

    @pytest.mark.parametrize("other", ["eva.bıanchi@example.org", "eva.bianchi@example.organic"])
    def test_has_nothing_of_who_has_an_email_like_it(self, client, other):
        """Databases take more letters for the same than mail servers do."""
        eva = make_user(email="eva.bianchi@example.org")
        logged_in(client, eva)
        make_message(email="Eva.Bianchi@Example.org", text="Mia.")
        make_message(email=other, text="Non mia.")
        mail.store(other, "Non a me", "…")

        text = client.get(DATA).text
        erase(eva)

        assert '"Mia."' in text
        assert "Non mia." not in text
        assert "Non a me" not in text
        assert Mail.objects.get(recipient=other).subject == "Non a me"

    def test_is_written_for_people_too(self, client, anna):
        client.post(PROFILE, {"first_name": "Zoë", "preferred_language": "it"})

        response = client.get(DATA)

        assert '"first_name": "Zoë"' in response.text
        assert json.loads(response.content)


class TestDeletion:
    def test_needs_the_password(self, client, anna):
        assert "cannot be undone" in main_of(client.get(DELETE))
        for password in ("", "wrong", "x" * 1_000_000):
            response = client.post(DELETE, {"password": password})
            assert response.status_code == 422
            assert len(errors_of(response)) == 1

        assert User.objects.get() == anna

    def test_cannot_be_guessed_in_a_session_that_was_left_open(self, client, anna):
        for _ in range(5):
            client.post(DELETE, {"password": "wrong"})

        response = client.post(DELETE, {"password": PASSWORD})

        assert response.status_code in (422, 429)
        assert User.objects.exists()

    def test_ends_the_account_and_all_its_sessions(self, client, anna):
        other = Client()
        log_in(other, anna)

        response = client.post(DELETE, {"password": PASSWORD})

        assert response["Location"] == DELETED
        assert "is deleted" in main_of(client.get(DELETED))
        assert not User.objects.exists()
        assert not is_logged_in(client)
        assert not is_logged_in(other)
        assert not Session.objects.exists()
        assert log_in(Client(), anna).status_code == 422

    def test_leaves_nothing_personal_anywhere(self, client):
        editor = member_of("Editors")
        client.post(
            "/en/account/register/",
            {"first_name": "Paola", "last_name": "Verdissimi", "email": "paola@example.org",
             "password1": NEW_PASSWORD, "profession": "nurse", "order": "OPI Lecce",
             "province": "Lecce", "number": "918273", "declaration": "on", "privacy": "on"},
        )  # fmt: skip
        client.post(link_of(last_mail_to("paola@example.org"), "/en/account/confirm/"))
        registration = Registration.objects.get()
        logged_in(Client(), editor).post(
            f"/admin/accounts/registration/{registration.pk}/decide/approve/"
        )
        log_in(client, "paola@example.org", NEW_PASSWORD)
        client.post(
            "/en/account/email/", {"email": "paola.new@example.org", "password": NEW_PASSWORD}
        )  # fmt: skip

        client.post(DELETE, {"password": NEW_PASSWORD})

        assert [user.pk for user in User.objects.all()] == [editor.pk]
        left = [
            f"{model._meta.label} {row}"
            for model in apps.get_models(include_auto_created=True)
            for row in map(stored_text, model._default_manager.all())
            if any(word in row for word in ("paola", "Verdissimi", "918273"))
        ]
        assert left == []

    def test_of_who_has_edited_leaves_articles_and_their_history(self, client):
        make_editor()
        editor = make_editor(email="elena@example.org", first_name="Elena", last_name="Rossi")
        add_app(editor)
        make_registration(user=editor)
        article = make_article()
        publish(article, by=editor)
        LogEntry.objects.create(
            user=editor, action_flag=CHANGE, object_repr="An article", object_id=str(article.pk),
            content_type=ContentType.objects.get_for_model(article),
        )  # fmt: skip
        client.force_login(editor)
        # somebody has taken the email address that deleted users once got
        make_user(email=f"deleted-{editor.pk}@account.invalid")

        response = client.post(DELETE, {"password": PASSWORD})

        assert response["Location"] == DELETED
        editor.refresh_from_db()
        assert "elena" not in stored_text(editor).lower()
        assert str(editor) == "deleted account"
        assert (editor.is_active, editor.is_staff, editor.is_superuser) == (False, False, False)
        assert not editor.has_usable_password()
        assert LogEntry.objects.get().user == editor
        assert article.editions.count() == 2
        for model in (Registration, EmailChange, *personal_tables()):
            assert not model._default_manager.filter(user=editor).exists()
        make_user(email="elena@example.org")

    def test_of_the_last_administrator_is_refused_with_a_reason(self, client):
        only = make_editor()
        make_editor(is_active=False)
        member_of("Administrators")
        log_in(client, only)

        response = client.post(DELETE, {"password": PASSWORD})

        assert response.status_code == 422
        assert "Make somebody else an administrator first." in main_of(response)
        only.refresh_from_db()
        assert only.is_superuser
        assert is_logged_in(client)

    def test_of_one_administrator_among_others_is_none_of_our_business(self, client):
        make_editor()
        log_in(client, make_editor())

        client.post(DELETE, {"password": PASSWORD})

        assert User.objects.count() == 1

    def test_empties_the_mails_that_wait(self, client, anna):
        ask_for_reset(client, anna.email)
        send_resets()

        client.post(DELETE, {"password": PASSWORD})

        mail = Mail.objects.get()
        assert (mail.recipient, mail.subject, bytes(mail.content)) == ("", "", b"")


def stored_text(row) -> str:
    """All that a row says; of a mail, what its reader sees."""
    words = [str(getattr(row, field.attname)) for field in row._meta.concrete_fields]
    return " ".join([*words, row.as_text()] if isinstance(row, Mail) else words)


def personal_tables():
    """What django-allauth keeps about users."""
    for name in ("account.EmailAddress", "mfa.Authenticator", "usersessions.UserSession"):
        yield apps.get_model(name)


class TestSessions:
    def test_are_listed_with_what_tells_them_apart(self, client, anna):
        log_in(
            Client(), anna, REMOTE_ADDR="192.0.2.9",
            HTTP_USER_AGENT="Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Safari/605",
        )  # fmt: skip
        log_in(Client(), make_user(), REMOTE_ADDR="192.0.2.10")

        page = page_of(client.get(SESSIONS))

        rows = [row.words for row in page.one("tbody").all("tr")]
        assert len(rows) == 2
        assert "Firefox" in rows[0]
        assert "this device" in rows[0]
        assert "192.0.2.9" in rows[1]
        assert "this device" not in rows[1]

    def test_of_others_can_be_ended(self, client, anna):
        eva = make_user()
        lost, hers = Client(), Client()
        log_in(lost, anna)
        log_in(hers, eva)

        response = client.post(SESSIONS)

        assert response["Location"] == SESSIONS
        assert is_logged_in(client)
        assert not is_logged_in(lost)
        assert is_logged_in(hers)
        assert len(list(page_of(client.get(SESSIONS)).one("tbody").all("tr"))) == 1

    def test_of_one_device_can_be_ended(self, client, anna):
        eva = make_user()
        lost, kept, hers = Client(), Client(), Client()
        for device, user in ((lost, anna), (kept, anna), (hers, eva)):
            log_in(device, user)
        keys = [device.session.session_key for device in (lost, client, hers)]
        rows = {row.session_key: row.pk for row in UserSession.objects.all()}

        for key in keys:
            response = client.post(f"{SESSIONS}{rows[key]}/end/")
            assert response["Location"] == SESSIONS
        assert client.post(f"{SESSIONS}999999/end/")["Location"] == SESSIONS
        assert client.get(f"{SESSIONS}{rows[keys[0]]}/end/").status_code == 405

        # this one has its log-out, and nobody ends somebody else's
        assert not is_logged_in(lost)
        assert all(map(is_logged_in, (client, kept, hers)))

    def test_show_an_odd_browser_as_text(self, client, anna):
        log_in(Client(), anna, HTTP_USER_AGENT="<script>alert(1)</script>" * 20)

        assert "<script>alert" not in client.get(SESSIONS).text

    def test_that_are_over_are_tidied_up(self, client, anna):
        log_in(Client(), anna)
        Session.objects.exclude(session_key=client.session.session_key).delete()

        housekeeping.tidy_up()

        assert len(personal_data.collect(anna)["sessions"]) == 1

    def test_come_through_a_unix_socket_too(self, client, anna):
        other = Client(REMOTE_ADDR="")

        log_in(other, anna)

        assert is_logged_in(other)


class TestErase:
    def test_of_an_unconfirmed_registration_leaves_nothing(self):
        user = make_registration(state="unconfirmed").user

        personal_data.erase(user)

        assert not User.objects.exists()
        assert not Registration.objects.exists()
        assert approval.waiting(make_editor())[0].count == 0
