"""The throttle of the log-in, and the familiar devices that have one of their own."""

import pytest
import time_machine
from django.core import signing
from django.core.cache import cache
from django.test import Client

from accounts.devices import SALT
from immunoportal.network import parse_networks
from tests.accounts.steps import (
    ask_for_reset,
    follow,
    is_logged_in,
    last_mail_to,
    link_of,
    log_in,
    main_of,
    send_resets,
    set_password,
)
from tests.factories import make_editor, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted():
    """What another test has counted, at a time that is still to come here, is forgotten."""
    cache.clear()


@pytest.fixture
def anna():
    return make_user(email="anna@example.org")


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

    def test_says_the_same_of_an_email_that_is_nobodys(self, client, anna, clock):
        known = [*fail(client, anna), main_of(log_in(client, anna, "wrong"))]
        unknown = [
            *fail(client, "nobody@example.org"),
            main_of(log_in(client, "nobody@example.org")),
        ]

        assert known == unknown

    def test_is_the_same_however_the_email_is_written(self, client, anna, clock):
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
