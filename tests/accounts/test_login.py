"""The log-in and its one door, the log-out, and the throttle."""

import time
from urllib.parse import unquote

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.devices import SALT
from accounts.models import User
from immunoportal.mail.ledger import Mail
from immunoportal.network import parse_networks
from tests.accounts.steps import (
    LOGIN,
    PASSWORD,
    PROFILE,
    ask_for_reset,
    errors_of,
    follow,
    is_logged_in,
    last_mail_to,
    link_of,
    log_in,
    mails_to,
    main_of,
    send_resets,
    set_password,
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

    def test_asks_for_the_address_to_be_confirmed_first(self, client):
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

    def test_takes_no_address_that_only_looks_like_the_right_one(self, client):
        make_user(email="kinga@example.org")
        make_user(email="ines@example.org")

        for typed in ("\u212ainga@example.org", "ınes@example.org", "İnes@example.org"):
            assert log_in(client, typed).status_code == 422
        assert not is_logged_in(client)

    @pytest.mark.parametrize("label", ["ü." * 300_000, "ü" * 500_000])
    def test_does_not_think_long_about_a_long_address(self, client, label):
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


@pytest.fixture
def clock():
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        yield clock


def fail(client, user, times=5, **headers) -> list[str]:
    """What is said to so many attempts with a wrong password."""
    return [main_of(log_in(client, user, "wrong", **headers)) for _ in range(times)]


def is_refused(response) -> bool:
    return response.status_code in (422, 429) and "too many" in main_of(response).lower()


class TestThrottle:
    def test_lets_wait_after_five_failures_even_with_the_right_password(self, client, anna, clock):
        said = fail(client, anna)
        assert not any("too many" in text for text in said)

        assert is_refused(log_in(client, anna))

        clock.shift(61)
        assert not is_refused(log_in(client, anna))
        assert is_logged_in(client)

    def test_lets_wait_longer_each_time(self, client, anna, clock):
        waits = []
        for _ in range(3):
            fail(client, anna)
            waits.append(0)
            while is_refused(log_in(client, anna, "wrong")):
                clock.shift(60)
                waits[-1] += 1

        minute, quarter, hour = waits
        assert minute == 1
        assert 12 <= quarter <= 15
        assert 40 <= hour <= 60

    def test_lets_nobody_try_more_than_a_few_times_a_day(self, client, anna, clock):
        attempts = []
        for _quarter in range(24 * 4):
            attempts.append(not is_refused(log_in(client, anna, "wrong")))
            clock.shift(15 * 60)

        assert sum(attempts) == 25

    def test_counts_no_success(self, client, anna, clock):
        for _ in range(12):
            log_in(client, anna)
            assert is_logged_in(client)
            client.post("/en/account/logout/")

    def test_says_the_same_of_an_address_that_is_nobodys(self, client, anna, clock):
        known = [*fail(client, anna), main_of(log_in(client, anna, "wrong"))]
        unknown = [
            *fail(client, "nobody@example.org"),
            main_of(log_in(client, "nobody@example.org")),
        ]

        assert known == unknown

    def test_is_the_same_however_the_address_is_written(self, client, anna, clock):
        for typed in ("anna@example.org", "Anna@example.org", "ANNA@EXAMPLE.ORG",
                      "anna@Ｅxample.org", " anna@example.org"):  # fmt: skip
            fail(client, typed, 1)

        assert is_refused(log_in(client, anna))

    def test_of_one_network_does_not_touch_the_owner_in_another(self, client, anna, clock):
        fail(client, anna, 8, REMOTE_ADDR="192.0.2.66")

        log_in(client, anna, REMOTE_ADDR="198.51.100.7")

        assert is_logged_in(client)

    def test_knows_a_network_that_tries_many_accounts(self, client, anna, clock, settings):
        assert "30/m" in settings.ACCOUNT_RATE_LIMITS["login_failed_here"]
        limits = {"login_failed_here": "3/m/ip"}
        settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | limits
        for number in range(3):
            fail(client, f"user{number}@example.org", 1, REMOTE_ADDR="192.0.2.66")

        assert is_refused(log_in(client, anna, REMOTE_ADDR="192.0.2.66"))
        assert not is_refused(log_in(client, anna, REMOTE_ADDR="192.0.2.67"))

    def test_takes_an_ipv6_network_for_one_visitor(self, client, anna, clock):
        for number in range(5):
            fail(client, anna, 1, REMOTE_ADDR=f"2001:db8:0:1::{number + 1}")

        assert is_refused(log_in(client, anna, REMOTE_ADDR="2001:db8:0:1:ffff::1"))
        assert not is_refused(log_in(client, anna, REMOTE_ADDR="2001:db8:0:2::1"))

    def test_does_not_believe_a_forged_address(self, client, anna, clock):
        for number in range(5):
            fail(client, anna, 1, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")

        assert is_refused(log_in(client, anna, HTTP_X_FORWARDED_FOR="198.51.100.200"))

    def test_reads_the_address_that_our_proxy_has_added(self, client, anna, clock, settings):
        settings.TRUSTED_PROXIES = parse_networks(["127.0.0.1"])
        for number in range(5):
            forwarded = f"198.51.100.{number}, 203.0.113.9"
            fail(client, anna, 1, HTTP_X_FORWARDED_FOR=forwarded)

        assert is_refused(
            log_in(client, anna, HTTP_X_FORWARDED_FOR="198.51.100.200, 203.0.113.9")
        )  # fmt: skip
        assert not is_refused(log_in(client, anna, HTTP_X_FORWARDED_FOR="203.0.113.10"))

    def test_is_the_same_at_the_door_of_the_admin(self, client, clock):
        editor = make_editor()
        fail(client, editor)

        english = {"Accept-Language": "en"}
        page = client.get("/admin/", follow=True, headers=english).redirect_chain[-1][0]

        assert is_refused(log_in(client, editor, at=page))


class TestFamiliarDevice:
    """A stranger who fails on purpose, from everywhere, locks no owner out."""

    @pytest.fixture
    def home(self, anna, clock):
        """The browser in which Anna has logged in before."""
        client = Client(REMOTE_ADDR="198.51.100.7")
        log_in(client, anna)
        client.post("/en/account/logout/")
        return client

    @pytest.fixture
    def attack(self, anna, home, settings):
        assert "50/h" in settings.ACCOUNT_RATE_LIMITS["login_failed_anywhere"]
        limits = {"login_failed_anywhere": "6/h/key"}
        settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | limits
        for number in range(6):
            fail(Client(REMOTE_ADDR=f"192.0.2.{number}"), anna, 1)
        assert is_refused(log_in(Client(REMOTE_ADDR="192.0.2.99"), anna))

    @pytest.mark.usefixtures("attack")
    def test_lets_its_owner_in(self, home, anna):
        log_in(home, anna)

        assert is_logged_in(home)

    @pytest.mark.usefixtures("attack")
    def test_a_new_device_gets_in_through_the_mailbox(self, anna):
        client = Client(REMOTE_ADDR="203.0.113.9")
        assert is_refused(log_in(client, anna))

        ask_for_reset(client, anna.email)
        send_resets()
        path = follow(client, link_of(last_mail_to(anna.email), "/it/account/password-reset/"))
        set_password(client, path, "una frase che nessuno conosce")
        log_in(client, anna, "una frase che nessuno conosce")

        assert is_logged_in(client)

    def test_has_a_throttle_of_its_own(self, home, anna):
        fail(home, anna)

        assert is_refused(log_in(home, anna))

    def test_has_nothing_to_do_with_another_device_of_the_owner(self, home, anna):
        work = Client(REMOTE_ADDR="203.0.113.9")
        log_in(work, anna)
        work.post("/en/account/logout/")

        fail(work, anna)

        assert is_refused(log_in(work, anna))
        log_in(home, anna)
        assert is_logged_in(home)

    @pytest.mark.usefixtures("attack")
    def test_of_somebody_else_is_a_stranger(self, anna):
        eva = make_user()
        client = Client(REMOTE_ADDR="203.0.113.9")
        log_in(client, eva)
        client.post("/en/account/logout/")

        assert is_refused(log_in(client, anna))

    @pytest.mark.usefixtures("attack")
    def test_that_is_forged_is_a_stranger(self, home, anna):
        for forged in (home.cookies["device"].value[:-1] + "x", signing.dumps(1, salt=SALT)):
            home.cookies["device"] = forged

            assert is_refused(log_in(home, anna))

    def test_is_remembered_in_a_cookie_that_scripts_cannot_read(self, home):
        cookie = home.cookies["device"]

        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert "anna" not in cookie.value

    def test_is_not_made_by_a_failure(self, client, anna):
        fail(client, anna, 1)

        assert "device" not in client.cookies


class TestMails:
    def test_none_is_sent_for_a_log_in_or_a_failure(self, client, anna):
        log_in(client, anna, "wrong")
        log_in(client, "nobody@example.org")
        log_in(client, anna)

        assert not Mail.objects.exists()
        assert mails_to(anna.email) == []
