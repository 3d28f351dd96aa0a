"""Passwords: long, not among the first that are tried, and changed by who knows the old one."""

import unicodedata

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

import immunoportal.settings as portal_settings
from accounts.passwords import LONGEST, LengthValidator, normalized
from tests.accounts.steps import (
    NEW_PASSWORD,
    PASSWORD,
    errors_of,
    is_logged_in,
    language_of,
    links_of,
    log_in,
    mails_to,
    texts_of,
)
from tests.factories import make_user
from tests.pages import page_of

CHANGE = "/en/account/password/"
User = get_user_model()


def refusals(password: str, user=None) -> list[str]:
    """What is said against a password."""
    with translation.override("en"):
        try:
            validate_password(password, user)
        except ValidationError as error:
            return error.messages
    return []


class TestValidation:
    @pytest.mark.parametrize(
        "password",
        [
            "correct horse battery",
            "quindici lettre",
            "  spazi prima e dopo  ",
            "perché così è già più lungo",
            "猫は木の上で静かに眠っている夜に雨",
            "🐈 🌳 🌙 🌧 🎻 🧶 🪁 🦉",
            "x7!Kq2#mZ9@wL4$vR8%tP1^nB6&cF3*hJ5(dG0)sA+yE=uI-oQ~rT|iW?eX<zM>aS",
            "the cancer ward has a purple piano",
            "four words are enough " * 45,
        ],
    )
    def test_takes_any_long_one(self, password):
        assert refusals(password) == []

    @pytest.mark.parametrize(
        "password",
        [
            "passwordpassword",
            "Password Password 1!",
            "football football",
            "123456789012345",
            "qwertyuiopasdfgh",
            "Zyxwvutsrqponmlk1",
            "aaaaaaaaaaaaaaaaaaaaaaaa",
            "abab abab abab abab",
            "ImmunoPortal2026!!",
            "www.immunoncologia.org",
            "Immunoterapia Milano 2026",
            "admin admin admin admin",
            "ＩｍｍｕｎｏＰｏｒｔａｌ２０２６！",
        ],
    )
    def test_refuses_what_is_tried_first_and_says_what_to_do(self, password):
        (refusal, *_more) = refusals(password)

        assert "Choose four or five words" in refusal

    @pytest.mark.parametrize(
        "password", ["annamariabianchi1", "Bianchi-Annamaria", "annamariabianchi@example.org"]
    )
    def test_refuses_the_name_and_the_email_of_its_user(self, password):
        user = User(
            email="annamariabianchi@example.org", first_name="Annamaria", last_name="Bianchi"
        )

        assert refusals(password, user)
        assert not refusals(password)


class TestLength:
    def test_says_how_long_it_is_and_how_long_it_must_be(self):
        (refusal,) = refusals("quattordici le")

        assert refusal.startswith("Too short: 14 characters of at least 15. Four or five words")

    def test_has_an_end_so_that_nobody_has_us_hash_a_book(self):
        longest = "abcdefghij klm" * 100

        assert refusals(longest[:LONGEST]) == []
        assert any("Too long" in refusal for refusal in refusals(longest[: LONGEST + 1]))

    def test_is_the_same_however_an_accent_is_typed(self):
        word = "ùçèéàòìâêôûäöü"

        for form in ("NFC", "NFD"):
            with pytest.raises(ValidationError):
                LengthValidator().validate(unicodedata.normalize(form, word))


class TestNormalized:
    def test_makes_one_of_all_ways_to_type_it(self):
        typed = "perché così è ﬁne"

        forms = {normalized(unicodedata.normalize(form, typed)) for form in ("NFC", "NFD")}

        assert forms == {"perché così è fine"}

    def test_leaves_what_is_too_long_alone(self):
        too_long = "e\u0300" * LONGEST

        assert normalized(too_long) == too_long

    @pytest.mark.django_db
    @pytest.mark.parametrize(("stored", "typed"), [("NFC", "NFD"), ("NFD", "NFC")])
    def test_lets_in_from_a_mac_and_from_a_pc(self, client, stored, typed):
        password = "perché così è già più lungo"
        user = make_user(password=unicodedata.normalize(stored, password))

        log_in(client, user, unicodedata.normalize(typed, password))

        assert is_logged_in(client)

    @pytest.mark.django_db
    def test_keeps_the_spaces_at_both_ends(self, client):
        user = make_user(password="  spazi prima e dopo  ")

        log_in(client, user, "spazi prima e dopo")
        assert not is_logged_in(client)
        log_in(client, user, "  spazi prima e dopo  ")
        assert is_logged_in(client)


@pytest.mark.django_db
class TestHasher:
    def test_is_argon2id(self, settings):
        settings.PASSWORD_HASHERS = portal_settings.PASSWORD_HASHERS

        assert make_user().password.startswith("argon2$argon2id$")

    def test_an_earlier_hash_becomes_one_at_the_next_log_in(self, settings, client):
        settings.PASSWORD_HASHERS = portal_settings.PASSWORD_HASHERS[::-1]
        user = make_user()
        assert user.password.startswith("pbkdf2_sha256$")

        settings.PASSWORD_HASHERS = portal_settings.PASSWORD_HASHERS
        log_in(client, user)

        user.refresh_from_db()
        assert user.password.startswith("argon2$argon2id$")
        assert is_logged_in(client)


def change(client, old=PASSWORD, new=NEW_PASSWORD):
    return client.post(CHANGE, {"oldpassword": old, "password1": new})


@pytest.mark.django_db
class TestChange:
    @pytest.fixture
    def user(self, client):
        user = make_user(email="anna@example.org", preferred_language="it")
        log_in(client, user)
        return user

    def test_opens_with_the_new_one_and_no_longer_with_the_old_one(self, client, user):
        response = change(client)

        assert (response.status_code, response["Location"]) == (302, "/en/account/")
        assert not is_logged_in_with(user, PASSWORD)
        assert is_logged_in_with(user, NEW_PASSWORD)

    def test_ends_all_other_sessions(self, client, user):
        other = Client()
        log_in(other, user)

        change(client)

        assert is_logged_in(client)
        assert not is_logged_in(other)

    def test_is_told_by_mail_in_the_language_of_the_user(self, client, user):
        change(client)

        (mail,) = mails_to("anna@example.org")
        assert language_of(mail) == "it"
        assert "/it/account/password-reset/" in links_of(mail)
        assert all(NEW_PASSWORD not in text for text in texts_of(mail))

    def test_asks_for_the_old_one_and_lets_nobody_guess_it(self, client, user):
        for _ in range(5):
            response = change(client, old="wrong")
            assert response.status_code == 422
            assert errors_of(response) == ["This is not your password."]

        response = change(client)

        assert response.status_code in (422, 429)
        assert not mails_to("anna@example.org")
        assert is_logged_in_with(user, PASSWORD)

    @pytest.mark.parametrize(
        ("new", "said"),
        [
            ("", "Please write your password."),
            ("short", "Too short: 5 characters of at least 15."),
            ("passwordpassword", "Choose four or five words"),
            ("anna@example.org anna", "too much like your name or your email address"),
            ("x" * 1_000_000, "1000"),
            ("una frase\x00 che nessuno conosce", "Null characters are not allowed."),
        ],
    )
    def test_refuses_a_bad_one_and_says_why(self, client, user, new, said):
        response = change(client, new=new)

        assert response.status_code == 422
        assert said in " ".join(errors_of(response))
        assert not mails_to("anna@example.org")

    def test_is_for_who_is_logged_in(self):
        response = Client().get(CHANGE)

        assert response["Location"] == f"/en/account/login/?next={CHANGE}"

    def test_speaks_italian(self, client, user):
        response = client.post("/it/account/password/", {"oldpassword": PASSWORD})

        assert response.status_code == 422
        assert page_of(response).one("html")["lang"] == "it"
        assert errors_of(response) != errors_of(change(client, new=""))


@pytest.mark.django_db
class TestWithoutPassword:
    """Whom an administrator has made, or whose password an administrator has taken away."""

    @pytest.fixture
    def user(self, client):
        user = make_user(email="anna@example.org")
        user.set_unusable_password()
        user.save()
        client.force_login(user)
        return user

    def test_the_page_leads_to_a_mailed_link(self, client, user):
        response = client.get(CHANGE, follow=True)

        assert response.status_code == 200
        assert 'href="/en/account/password-reset/"' in response.text

    def test_none_is_set_past_the_mailbox(self, client, user):
        data = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
        response = client.post("/en/account/password/set/", data)

        assert response.status_code < 500
        assert not is_logged_in_with(user, NEW_PASSWORD)


def is_logged_in_with(user, password: str) -> bool:
    """Whether a user gets in with a password, on another device."""
    client = Client(REMOTE_ADDR="192.0.2.200")
    log_in(client, user, password)
    return is_logged_in(client)
