"""The log-in and its one door, and the log-out."""

import time
from urllib.parse import unquote

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from immunoportal.mail.ledger import Mail
from tests.accounts.steps import (
    LOGIN,
    PASSWORD,
    PROFILE,
    errors_of,
    is_logged_in,
    last_mail_to,
    link_of,
    log_in,
    mails_to,
    main_of,
)
from tests.factories import add_app, make_editor, make_registration, make_user, member_of
from tests.pages import page_of

pytestmark = pytest.mark.django_db

# Addresses that must not be followed, whatever they pretend to be.
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.example",
    "/\t/evil.example",
    "https://testserver@evil.example/",
    "http://testserver/en/",
]


@pytest.fixture
def anna():
    return make_user(email="anna@example.org")


class TestLogIn:
    @pytest.mark.parametrize("language", ["it", "en"])
    def test_is_a_page_in_both_languages(self, client, language):
        response = client.get(f"/{language}/account/login/")

        page = page_of(response)
        assert response.status_code == 200
        assert page.one("html")["lang"] == language
        form = page.one("form", action=f"/{language}/account/login/")
        assert [field["autocomplete"] for field in form.all("input", autocomplete=None)] == [
            "username", "current-password",
        ]  # fmt: skip

    @pytest.mark.parametrize("typed", ["anna@example.org", " ANNA@Example.ORG "])
    def test_lets_in_whatever_the_capitals(self, client, anna, typed):
        response = log_in(client, typed)

        assert (response.status_code, response["Location"]) == (302, PROFILE)
        assert is_logged_in(client)

    def test_leads_everybody_where_they_are_at_home(self):
        homes = {
            "admin:index": make_editor(),
            "articles:professionals": make_registration(state="approved").user,
            "account_profile": make_registration(state="waiting").user,
        }

        for name, user in homes.items():
            with translation.override("en"):
                assert log_in(Client(), user)["Location"] == reverse(name)

    def test_says_the_same_of_a_wrong_password_and_of_nobody(self, client, anna):
        make_user(email="gone@example.org", is_active=False)

        wrong = log_in(client, anna, "not the password at all")
        answers = {
            (response.status_code, main_of(response), tuple(dict(response.headers)))
            for response in (
                wrong,
                log_in(client, "nobody@example.org"),
                log_in(client, "gone@example.org", "not the password at all"),
            )
        }

        assert len(answers) == 1
        assert wrong.status_code == 422
        assert "The email address or the password is not right." in main_of(wrong)
        assert not is_logged_in(client)

    def test_tells_who_is_not_active_any_more(self, client):
        user = make_user(is_active=False)

        response = log_in(client, user)

        assert response["Location"] == "/en/account/inactive/"
        assert not is_logged_in(client)

    def test_asks_for_the_email_to_be_confirmed_first(self, client):
        user = make_registration(state="unconfirmed").user

        response = log_in(client, user)

        assert response["Location"] == "/en/account/confirm/"
        assert link_of(last_mail_to(user.email), "/it/account/confirm/")
        assert not is_logged_in(client)

    def test_gives_the_session_a_new_key(self, client, anna):
        client.get(PROFILE)
        session = client.session
        session["fixed"] = True
        session.save()
        before = session.session_key

        log_in(client, anna)

        assert client.session.session_key != before

    @pytest.mark.parametrize(("remember", "age"), [({}, ""), ({"remember": "on"}, 14 * 24 * 3600)])
    def test_lasts_until_the_browser_is_closed_or_two_weeks(self, client, anna, remember, age):
        client.post(LOGIN, {"login": anna.email, "password": PASSWORD} | remember)

        assert client.cookies["session"]["max-age"] == age

    def test_leads_on_who_is_logged_in_already(self, client, anna):
        log_in(client, anna)

        assert client.get(LOGIN)["Location"] == PROFILE
        assert client.get(f"{LOGIN}?next=//evil.example")["Location"] == PROFILE

    def test_does_not_say_what_was_typed_as_password(self, client, anna):
        response = log_in(client, anna, "a mistyped secret")

        assert "a mistyped secret" not in response.text

    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"login": "anna@example.org"},
            {"password": PASSWORD},
            {"login": "anna@example.org\x00", "password": PASSWORD},
            {"login": "anna@example.org\r\nBcc: eva@example.org", "password": PASSWORD},
            {"login": "anna", "password": PASSWORD},
            {"login": "ａnna@example.org", "password": PASSWORD},
            {"login": f"{'a' * 300}@example.org", "password": PASSWORD},
            {"login": "anna@example.org", "password": "x\x00"},
            {"login": "anna@example.org", "password": "x" * 1_000_000},
        ],
        ids=lambda data: "-".join(data) + str(len(str(data))),
    )
    def test_answers_odd_input_with_a_clear_message(self, client, anna, data):
        response = client.post(LOGIN, data)

        assert response.status_code == 422
        assert page_of(response).one("title").words.startswith("Error: ")
        assert all(errors_of(response))
        assert errors_of(response)
        assert not is_logged_in(client)

    def test_takes_no_email_that_only_looks_like_the_right_one(self, client):
        make_user(email="kinga@example.org")
        make_user(email="ines@example.org")

        for typed in ("\u212ainga@example.org", "ınes@example.org", "İnes@example.org"):
            assert log_in(client, typed).status_code == 422
        assert not is_logged_in(client)

    @pytest.mark.parametrize("label", ["ü." * 300_000, "ü" * 500_000])
    def test_does_not_think_long_about_a_long_email(self, client, label):
        started = time.process_time()
        response = log_in(client, f"a@{label}it")
        took = time.process_time() - started

        assert response.status_code == 422
        assert took < 1

    def test_needs_the_token_of_the_form(self, anna):
        client = Client(enforce_csrf_checks=True)

        assert log_in(client, anna).status_code == 403
        assert not is_logged_in(client)


class TestNext:
    def test_is_followed_within_the_site(self, client, anna):
        response = log_in(client, anna, next="/it/account/delete/?x=1")

        assert response["Location"] == "/it/account/delete/?x=1"

    @pytest.mark.parametrize("address", ELSEWHERE)
    def test_is_not_followed_elsewhere(self, client, anna, address):
        assert log_in(client, anna, next=address)["Location"] == PROFILE

        response = client.post("/en/account/logout/", {"next": address})
        assert response["Location"] == "/en/"

    def test_is_kept_by_the_form(self, client):
        page = page_of(client.get(f"{LOGIN}?next=/en/account/email/"))

        form = page.one("form", action=LOGIN)
        assert form.one("input", name="next")["value"] == "/en/account/email/"

    def test_asks_for_a_page_that_is_not_public(self, client, anna):
        response = client.get("/en/account/email/")
        assert response["Location"] == f"{LOGIN}?next=/en/account/email/"

        response = client.post(
            response["Location"], {"login": anna.email, "password": PASSWORD}
        )  # fmt: skip
        assert response["Location"] == "/en/account/email/"


class TestLogOut:
    def test_is_asked_first_and_then_done(self, client, anna):
        log_in(client, anna)

        page = page_of(client.get("/en/account/logout/"))
        assert is_logged_in(client)
        response = client.post(page.one("main").one("form", class_="form")["action"])

        assert response["Location"] == "/en/"
        assert not is_logged_in(client)
        assert "session" not in {
            name for name, cookie in client.cookies.items() if cookie.value
        }  # fmt: skip

    def test_is_the_same_in_the_admin(self, client):
        log_in(client, make_editor())

        client.get("/admin/logout/")
        assert is_logged_in(client)
        client.post("/admin/logout/")
        assert not is_logged_in(client)

    def test_of_nobody_is_no_crash(self, client):
        assert client.post("/en/account/logout/").status_code == 302


class TestAdminDoor:
    @pytest.mark.parametrize("language", ["it", "en"])
    def test_is_the_log_in_of_everybody(self, client, language):
        response = client.get("/admin/", follow=True, headers={"Accept-Language": language})

        last, _status = response.redirect_chain[-1]
        assert unquote(last) == f"/{language}/account/login/?next=/admin/"
        assert response.status_code == 200
        form = page_of(response).one("form", action=f"/{language}/account/login/")
        assert form.one("input", name="next")["value"] == "/admin/"

    def test_leads_back_to_the_page_that_was_asked_for(self, client):
        editor = make_editor()
        response = client.get("/admin/accounts/user/", follow=True)

        response = log_in(client, editor, at=response.redirect_chain[-1][0])

        assert response["Location"] == "/admin/accounts/user/"

    def test_lets_nobody_in_itself(self, client):
        editor = make_editor()

        response = client.post(
            "/admin/login/", {"username": editor.email, "password": PASSWORD, "next": "/admin/"}
        )

        assert response["Location"].startswith("/it/account/login/")
        assert not is_logged_in(client)

    @pytest.mark.parametrize("address", ["//evil.example", "https://evil.example/"])
    def test_sends_nobody_elsewhere(self, client, address):
        editor = make_editor()
        response = client.get("/admin/login/", {"next": address})
        assert unquote(response["Location"]) == "/it/account/login/?next=/admin/"

        response = log_in(client, editor, at=response["Location"])
        while response.status_code == 302:
            assert response["Location"].startswith("/")
            assert not response["Location"].startswith("//")
            response = client.get(response["Location"])

    def test_makes_nobody_somebody_else(self, client):
        """Neither with a right password, which would need a second factor, nor by guessing one."""
        author, editor = member_of("Authors"), make_editor()
        add_app(editor)
        log_in(client, author)

        for path in ("/admin/login/", "/admin/login/?next=/admin/articles/"):
            data = {"username": editor.email, "password": PASSWORD, "next": "/admin/"}
            response = client.post(path, data)

            assert response.status_code == 302
            assert client.session[SESSION_KEY] == str(author.pk)
        assert response["Location"] == "/admin/articles/"

    def test_stays_closed_for_a_reader(self, client, anna):
        log_in(client, anna)

        for path in ("/admin/", "/admin/accounts/user/", "/admin/login/"):
            assert client.get(path, follow=True).status_code == 403

    def test_asks_a_staff_member_who_became_inactive_again(self, client):
        editor = make_editor()
        log_in(client, editor)

        User.objects.update(is_active=False)

        assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/it/account/")


class TestMails:
    def test_none_is_sent_for_a_log_in_or_a_failure(self, client, anna):
        log_in(client, anna, "wrong")
        log_in(client, "nobody@example.org")
        log_in(client, anna)

        assert not Mail.objects.exists()
        assert mails_to(anna.email) == []
