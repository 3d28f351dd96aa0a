"""The second factor: an authenticator app with recovery codes, and who has to have one."""

import json
import time
from unittest import mock

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from fido2 import cbor
from fido2.utils import websafe_encode

from accounts import second_factor
from accounts.models import AccountSettings
from tests.accounts.steps import (
    NEW_PASSWORD,
    PASSWORD,
    PROFILE,
    ask_for_reset,
    code_of,
    errors_of,
    follow,
    is_logged_in,
    last_mail_to,
    link_of,
    log_in,
    mails_to,
    main_of,
    notes_of,
    send_resets,
    set_password,
)
from tests.factories import add_app, add_passkey, logged_in, make_editor, make_user, member_of
from tests.pages import page_of

pytestmark = pytest.mark.django_db

HOME = "/en/account/second-factor/"
ACTIVATE = f"{HOME}totp/activate/"
DEACTIVATE = f"{HOME}totp/deactivate/"
CODES = f"{HOME}recovery-codes/"
SECOND_STEP = f"{HOME}authenticate/"
REAUTHENTICATE = "/en/account/reauthenticate/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def anna():
    return make_user(email="anna@example.org", preferred_language="en")


def reauthenticate(client, response):
    """Write the password where the site asks for it again; the response that follows."""
    assert response["Location"].startswith(REAUTHENTICATE)
    response = client.post(response["Location"], {"password": PASSWORD})
    assert response.status_code == 302, errors_of(response)
    return client.get(response["Location"])


def set_up(client) -> str:
    """Set up an app through the pages; its secret."""
    page = page_of(reauthenticate(client, client.get(ACTIVATE)))
    secret = page.one("code", class_="key").text
    response = client.post(ACTIVATE, {"code": code_of(secret)})
    assert response["Location"] == CODES
    return secret


def answer_of_browser(**response: bytes) -> str:
    """The answer of a browser about a passkey, with some bytes in it, and others of no meaning."""
    client_data = b'{"type":"x","challenge":"eA","origin":"x"}'
    parts = {"clientDataJSON": client_data, "authenticatorData": b"", "signature": b""} | response
    texts = {name: websafe_encode(part) for name, part in parts.items()}
    return json.dumps({"rawId": "eA", "type": "public-key", "response": texts})


# The header of what announces extensions, and of what announces a credential.
EXTENDED = bytes(32) + b"\x80" + bytes(4)
ATTESTED = bytes(32) + b"\x40" + bytes(4)
# What the library's readers of CBOR and JSON trip over: lists in lists, nothing, a list without its
# items, a number without its end, a credential that is cut.
BROKEN_BELOW_JSON = {
    "lists": {"authenticatorData": EXTENDED + b"\x81" * 5_000},
    "nothing": {"authenticatorData": EXTENDED, "attestationObject": b""},
    "list": {"authenticatorData": EXTENDED + b"\x9b" + b"\xff" * 8},
    "number": {"authenticatorData": EXTENDED + b"\x19\x01", "attestationObject": b"\x19\x01"},
    "cut": {"authenticatorData": ATTESTED + bytes(18)},
    "json": {"clientDataJSON": b"[" * 5_000},
}


def second_step(client, code: str):
    return client.post(SECOND_STEP, {"code": code})


class TestSetUp:
    def test_begins_with_the_password_and_ends_with_recovery_codes(
        self, client, anna, django_capture_on_commit_callbacks
    ):
        log_in(client, anna)
        with django_capture_on_commit_callbacks(execute=True):
            set_up(client)

        page = page_of(client.get(CODES))
        codes = [item.words for item in page.one("ul", class_="codes").all("li")]
        assert len(set(codes)) == 10
        assert [mail.kind for mail in mails_to(anna.email)] == ["totp_activated"]
        assert second_factor.factors_of(anna).count() == 1

    def test_needs_a_code_that_the_app_shows(self, client, anna):
        log_in(client, anna)
        reauthenticate(client, client.get(ACTIVATE))

        for code in ("", "000000", "12345", "é\x00", "x" * 100_000):
            response = client.post(ACTIVATE, {"code": code})
            assert response.status_code < 500
            assert errors_of(response)

        assert not second_factor.factors_of(anna).exists()

    def test_shows_the_same_key_after_a_mistyped_code(self, client, anna):
        log_in(client, anna)
        page = page_of(reauthenticate(client, client.get(ACTIVATE)))
        secret = page.one("code", class_="key").text

        again = page_of(client.post(ACTIVATE, {"code": "000000"}))

        assert again.one("code", class_="key").text == secret

    def test_keeps_the_secret_encrypted(self, client, anna):
        log_in(client, anna)
        secret = set_up(client)

        stored = Authenticator.objects.get(type=Authenticator.Type.TOTP).data

        assert secret not in str(stored)

    def test_outlives_a_new_secret_key(self, client, anna, settings):
        secret, _codes = add_app(anna)
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "quite another one"

        log_in(client, anna)
        second_step(client, code_of(secret))

        assert is_logged_in(client)

    @pytest.mark.parametrize("path", [HOME, ACTIVATE, CODES, f"{CODES}generate/"])
    def test_is_for_who_is_logged_in(self, client, path):
        assert client.get(path)["Location"].startswith("/en/account/login/?next=")

    def test_speaks_italian(self, client, anna):
        log_in(client, anna)

        page = page_of(client.get("/it/account/second-factor/"))

        assert page.one("html")["lang"] == "it"


class TestLogIn:
    def test_asks_for_the_code_of_the_app(self, client, anna):
        secret, _codes = add_app(anna)

        response = log_in(client, anna, next="/en/account/email/")
        assert response["Location"].startswith(SECOND_STEP)
        assert not is_logged_in(client)
        response = second_step(client, code_of(secret))

        assert response["Location"] == "/en/account/email/"
        assert is_logged_in(client)

    def test_asks_nothing_of_who_has_none(self, client, anna):
        log_in(client, anna)

        assert is_logged_in(client)

    def test_asks_for_it_at_the_door_of_the_admin_too(self, client):
        editor = make_editor()
        secret, _codes = add_app(editor)
        english = {"Accept-Language": "en"}
        door = client.get("/admin/", follow=True, headers=english).redirect_chain[-1][0]

        log_in(client, editor, at=door)
        assert client.get("/admin/").status_code == 302
        response = second_step(client, code_of(secret))

        assert response["Location"] == "/admin/"
        assert client.get("/admin/").status_code == 200

    def test_asks_for_it_after_a_reset_too(self, client, anna):
        add_app(anna)
        ask_for_reset(client, anna.email)
        send_resets()
        set_password(client, follow(client, link_of(last_mail_to(anna.email), "/en/account/pass")))

        response = log_in(client, anna, NEW_PASSWORD)

        assert response["Location"].startswith(SECOND_STEP)
        assert not is_logged_in(client)

    def test_forgives_a_clock_that_is_half_a_minute_wrong(self, client, anna):
        secret, _codes = add_app(anna)
        for wrong in (-2, 2):
            log_in(client, anna)
            second_step(client, code_of(secret, periods=wrong))
            assert not is_logged_in(client)

        second_step(client, code_of(secret, periods=1))

        assert is_logged_in(client)

    def test_takes_a_code_once(self, anna, clock):
        secret, _codes = add_app(anna)
        code = code_of(secret)
        clients = [Client() for _ in range(4)]
        typed = (code, code, code, f"{code[:3]}-{code[3:]}")
        for client, seconds, text in zip(clients, (0, 5, 31, 1), typed, strict=True):
            clock.shift(seconds)
            log_in(client, anna)
            second_step(client, text)

        assert [is_logged_in(client) for client in clients] == [True, False, False, False]

    @pytest.mark.parametrize("code", ["", "000000", "é\x00", "x" * 100_000], ids=len)
    def test_refuses_a_code_that_is_not_right(self, client, anna, code):
        add_app(anna)
        log_in(client, anna)

        response = second_step(client, code)

        assert response.status_code < 500
        assert len(errors_of(response)) == 1
        assert not is_logged_in(client)

    def test_refuses_the_code_of_somebody_else(self, client, anna):
        add_app(anna)
        secret, codes = add_app(make_user())
        log_in(client, anna)

        for code in (code_of(secret), codes[0]):
            second_step(client, code)

        assert not is_logged_in(client)

    def test_lets_nobody_guess(self, client, anna, clock):
        secret, _codes = add_app(anna)
        log_in(client, anna)
        for _ in range(5):
            second_step(client, "000000")

        second_step(client, code_of(secret))
        assert not is_logged_in(client)

        clock.shift(61)
        second_step(client, code_of(secret))
        assert is_logged_in(client)

    def test_has_no_second_step_without_a_first(self, client, anna):
        secret, _codes = add_app(anna)

        response = second_step(client, code_of(secret))

        assert response["Location"] == "/en/account/login/"
        assert not is_logged_in(client)

    def test_does_not_follow_a_password_that_has_been_changed(self, client, anna):
        secret, _codes = add_app(anna)
        log_in(client, anna)
        anna.set_password(NEW_PASSWORD)
        anna.save()

        response = client.post(SECOND_STEP, {"code": code_of(secret)}, follow=True)

        assert response.redirect_chain == [("/en/account/login/", 302)]
        assert "password was changed meanwhile" in page_of(response).one("main").words
        assert not is_logged_in(client)

    def test_can_be_cancelled(self, client, anna):
        secret, _codes = add_app(anna)
        log_in(client, anna)

        client.post("/en/account/logout/")
        second_step(client, code_of(secret))

        assert not is_logged_in(client)


class TestPasskey:
    """The ceremony itself needs a browser; what is no passkey needs none."""

    BROKEN = [
        "", "x", "{}", "null", "\x00", "{" * 100_000, "[]", "1", '"x"', '{"id":1}',
        "[" * 1_500, "[" * 900 + "]" * 900, "1" * 5_000, '{"id":"\\ud800"}',
        '{"id":"eA","rawId":"eA","type":"public-key","response":{"userHandle":5}}',
        '{"id":"eA","rawId":"eA","type":"public-key","response":[]}',
        '{"id":"x","rawId":"eA","type":"public-key","response":'
        '{"clientDataJSON":"e30","attestationObject":"eA"}}',
    ]  # fmt: skip

    @pytest.mark.parametrize("credential", BROKEN, ids=range(len(BROKEN)))
    def test_that_is_broken_is_refused(self, client, anna, credential):
        client.get(f"{HOME}webauthn/login/", headers={"Accept": "application/json"})
        response = client.post(f"{HOME}webauthn/login/", {"credential": credential})
        assert response.status_code in (302, 422)
        assert not is_logged_in(client)

        log_in(client, anna)
        reauthenticate(client, client.get(f"{HOME}webauthn/add/"))
        response = client.post(f"{HOME}webauthn/add/", {"credential": credential, "name": "x"})
        assert response.status_code == 422
        assert not second_factor.factors_of(anna).exists()

    @pytest.mark.parametrize("response", BROKEN_BELOW_JSON.values(), ids=BROKEN_BELOW_JSON)
    def test_that_is_broken_below_its_json_is_refused(self, client, anna, response):
        self.test_that_is_broken_is_refused(client, anna, answer_of_browser(**response))

    @pytest.mark.parametrize(("zeros", "steps"), [(100, 102), (50_000, 0)])
    def test_that_is_longer_than_any_browser_sends_is_not_decoded(self, client, zeros, steps):
        extensions = b"\x9a\x00\x00\xff\xff" + bytes(zeros)
        credential = answer_of_browser(authenticatorData=EXTENDED + extensions)

        with mock.patch.object(cbor, "decode_from", wraps=cbor.decode_from) as decode:
            client.post(f"{HOME}webauthn/login/", {"credential": credential})

        assert decode.call_count == steps

    @pytest.mark.parametrize("credential", ["[" * 1_500, "1" * 5_000], ids=["deep", "long"])
    def test_that_is_no_json_is_refused_wherever_one_is_asked_for(self, client, anna, credential):
        log_in(client, anna)
        add_passkey(anna)
        again = client.post(f"{HOME}webauthn/reauthenticate/", {"credential": credential})
        other = Client()
        log_in(other, anna)
        second = other.post(SECOND_STEP, {"credential": credential})

        assert second.status_code == 422
        # With a message, as django-allauth does it.
        assert (again.status_code, again["Location"]) == (302, "/en/account/login/")

    def test_of_nobody_is_no_second_step(self, client, anna):
        add_app(anna)
        log_in(client, anna)

        response = client.post(SECOND_STEP, {"credential": self.BROKEN[-1]})

        assert response.status_code == 422
        assert not is_logged_in(client)


class TestRecoveryCodes:
    def test_let_in_once_each(self, anna):
        _secret, codes = add_app(anna)

        entered = []
        for code in (codes[0], codes[0], codes[1]):
            client = Client()
            log_in(client, anna)
            second_step(client, code)
            entered.append(is_logged_in(client))

        assert entered == [True, False, True]

    def test_are_void_once_there_are_new_ones(self, client, anna, clock):
        secret, codes = add_app(anna)
        log_in(client, anna)
        second_step(client, code_of(secret))
        reauthenticate(client, client.get(f"{CODES}generate/"))
        client.post(f"{CODES}generate/")

        page = page_of(client.get(CODES))
        new = [item.words for item in page.one("ul", class_="codes").all("li")]

        assert not set(codes) & set(new)
        other = Client()
        log_in(other, anna)
        second_step(other, codes[0])
        assert not is_logged_in(other)
        second_step(other, new[0])
        assert is_logged_in(other)

    def test_are_downloaded_as_a_file(self, client, anna):
        log_in(client, anna)
        set_up(client)
        page = page_of(client.get(CODES))

        response = client.get(f"{CODES}download/")

        assert response["Content-Type"].startswith("text/plain")
        assert "attachment" in response["Content-Disposition"]
        for item in page.one("ul", class_="codes").all("li"):
            assert item.words in response.text

    def test_of_nobody_are_not_found(self, client, anna):
        log_in(client, anna)

        assert client.get(CODES).status_code == 404


class TestRemoval:
    def test_needs_the_password_and_is_told_by_mail(self, client, anna):
        log_in(client, anna)
        set_up(client)
        # Five minutes after the password was asked, it is asked again.
        with time_machine.travel(time.time() + 600, tick=False):
            page = reauthenticate(client, client.get(DEACTIVATE))
            assert page.status_code == 200
            response = client.post(DEACTIVATE)

        assert response["Location"] == HOME
        assert not Authenticator.objects.exists()
        assert mails_to(anna.email)[-1].kind == "totp_deactivated"
        other = Client()
        log_in(other, anna)
        assert is_logged_in(other)

    def test_of_what_is_not_there_is_not_found(self, client, anna):
        log_in(client, anna)

        assert client.get(DEACTIVATE).status_code == 404


@pytest.fixture
def required():
    AccountSettings(require_second_factor=True).save()


class TestRequired:
    @pytest.mark.usefixtures("required")
    @pytest.mark.parametrize("group", ["Editors", "Administrators"])
    def test_of_who_may_publish_before_the_admin_opens(self, client, group):
        user = member_of(group, preferred_language="en")
        log_in(client, user)

        for path in ("/admin/", "/admin/articles/article/", "/admin/nowhere/"):
            for method in (client.get, client.post):
                response = method(path, headers={"Accept-Language": "en"})
                assert (response.status_code, response["Location"]) == (302, HOME)
        assert "needs a second factor here" in main_of(client.get(HOME))
        set_up(client)

        assert client.get("/admin/").status_code == 200

    @pytest.mark.usefixtures("required")
    def test_of_a_superuser(self, client):
        log_in(client, make_editor())

        assert client.get("/admin/")["Location"].endswith("/account/second-factor/")
        assert "You need a second factor" in main_of(client.get(PROFILE))

    @pytest.mark.usefixtures("required")
    def test_of_nobody_else(self, client, anna):
        author = member_of("Authors")
        log_in(client, author)
        assert client.get("/admin/").status_code == 200

        assert not second_factor.is_required(anna)

    def test_of_nobody_until_an_administrator_says_so(self, client):
        log_in(client, make_editor())

        assert client.get("/admin/").status_code == 200

    @pytest.mark.usefixtures("required")
    def test_cannot_be_taken_off_again(self, client):
        user = member_of("Editors", preferred_language="en")
        log_in(client, user)
        set_up(client)

        shown = client.get(DEACTIVATE)
        posted = client.post(DEACTIVATE)

        assert "needs a second factor here" in main_of(shown)
        assert posted.status_code != 302
        assert second_factor.factors_of(user).exists()
        assert client.get("/admin/").status_code == 200

    @pytest.mark.usefixtures("required")
    def test_is_not_met_by_recovery_codes_alone(self, client):
        user = member_of("Editors")
        add_app(user)
        second_factor.factors_of(user).delete()
        client.force_login(user)

        assert client.get("/admin/")["Location"].endswith("/account/second-factor/")

    @pytest.mark.usefixtures("required")
    def test_lets_the_user_log_out(self, client):
        log_in(client, make_editor())

        client.post("/admin/logout/")

        assert not is_logged_in(client)

    @pytest.mark.usefixtures("required")
    def test_comes_after_a_password_of_ones_own(self, client):
        editor = make_editor()
        editor.password_is_temporary = True
        editor.save()
        log_in(client, editor)

        assert client.get("/admin/")["Location"].endswith("/account/password/")

    def test_that_is_set_up_ends_the_sessions_that_had_none(
        self, client, anna, django_capture_on_commit_callbacks
    ):
        thief = Client()
        for device in (thief, client):
            log_in(device, anna)

        with django_capture_on_commit_callbacks(execute=True):
            set_up(client)

        assert second_factor.factors_of(anna).exists()
        assert is_logged_in(client)
        assert not is_logged_in(thief)

    def test_tells_whom_it_will_stop(self, client):
        boss = make_editor(email="boss@example.org")
        ready = member_of("Editors", email="ready@example.org")
        add_app(ready)
        member_of("Editors", first_name="Elena", last_name="Rossi")
        member_of("Authors", email="author@example.org")
        logged_in(client, boss)
        client.get("/admin/accounts/accountsettings/", follow=True)

        response = client.get("/admin/accounts/accountsettings/1/change/")

        words = page_of(response).one("main").words
        assert "Elena Rossi, boss@example.org" in words or "boss@example.org, Elena Rossi" in words
        assert "ready@" not in words
        assert "author@" not in words

    @pytest.mark.parametrize(
        ("user", "status"),
        [
            (lambda: make_editor(), 302),
            (lambda: member_of("Administrators"), 302),
            (lambda: member_of("Editors"), 403),
            (lambda: member_of("Authors"), 403),
        ],
        ids=["superuser", "administrator", "editor", "author"],
    )
    def test_is_switched_on_by_an_administrator(self, client, user, status):
        logged_in(client, user())

        client.get("/admin/accounts/accountsettings/", follow=True)
        response = client.post(
            "/admin/accounts/accountsettings/1/change/", {"require_second_factor": "on"}
        )

        assert response.status_code == status
        assert AccountSettings.get().require_second_factor is (status == 302)


class TestLostTelephone:
    LIST = "/admin/accounts/user/"

    def remove(self, client, *users):
        data = {
            "action": "remove_second_factor",
            "_selected_action": [user.pk for user in users],
        }
        return client.post(self.LIST, data, follow=True)

    def test_is_helped_by_an_administrator_and_told_by_mail(self, client, anna):
        add_app(anna)
        other = make_user()
        logged_in(client, member_of("Administrators"))

        response = self.remove(client, anna, other)

        assert notes_of(response) == [
            "1 user can log in with the password alone, and has been told."
        ]
        assert not Authenticator.objects.exists()
        assert [mail.kind for mail in mails_to(anna.email)] == ["second_factor_removed"]
        assert mails_to(other.email) == []
        visitor = Client()
        log_in(visitor, anna)
        assert is_logged_in(visitor)

    def test_of_ones_own_is_taken_off_in_the_account(self, client):
        """There the password is asked for once more."""
        administrator = member_of("Administrators")
        add_app(administrator)
        logged_in(client, administrator)

        response = self.remove(client, administrator)

        assert notes_of(response) == [
            "Your own second factor is removed in your account, with the password.",
            "Nobody else among them has a second factor to remove.",
        ]
        assert second_factor.factors_of(administrator).exists()

    def test_of_a_superuser_is_not_for_an_administrator(self, client):
        boss = make_editor()
        add_app(boss)
        logged_in(client, member_of("Administrators"))

        self.remove(client, boss)

        assert second_factor.factors_of(boss).exists()
        assert mails_to(boss.email) == []

    @pytest.mark.parametrize("group", ["Editors", "Authors"])
    def test_is_not_for_others(self, client, anna, group):
        add_app(anna)
        logged_in(client, member_of(group))

        self.remove(client, anna)

        assert second_factor.factors_of(anna).exists()
