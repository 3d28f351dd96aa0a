"""A new email address: asked for with the password, confirmed at both mailboxes."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from accounts import email_changes, housekeeping
from accounts.models import EmailChange, User
from immunoportal.mail.ledger import Mail
from tests.accounts.steps import (
    PASSWORD,
    PROFILE,
    errors_of,
    is_logged_in,
    language_of,
    last_mail_to,
    link_of,
    links_of,
    log_in,
    mails_to,
    main_of,
    submit_in_admin,
)
from tests.factories import logged_in, make_editor, make_user
from tests.pages import page_of

pytestmark = pytest.mark.django_db

PAGE = "/en/account/email/"
OLD, NEW = "anna@example.org", "new@example.org"


@pytest.fixture
def anna(client):
    user = make_user(email=OLD, preferred_language="en")
    log_in(client, user)
    return user


def ask(client, email=NEW, password=PASSWORD):
    return client.post(PAGE, {"email": email, "password": password})


def subjects_in_data(client) -> list[str]:
    return [mail["subject"] for mail in client.get("/en/account/data/").json()["mails"]]


def link_to(email: str) -> str:
    return link_of(last_mail_to(email), PAGE)


def email_of(user) -> str:
    return User.objects.get(pk=user.pk).email


class TestAsking:
    def test_sends_a_link_to_both_emails_and_changes_nothing(self, client, anna):
        response = ask(client, " NEW@example.org ")

        assert response["Location"] == PROFILE
        assert link_to(OLD) != link_to(NEW)
        assert Mail.objects.count() == 2
        assert email_of(anna) == OLD
        assert NEW in main_of(client.get(PROFILE))

    @pytest.mark.parametrize("language", ["it", "en"])
    def test_writes_in_the_language_of_the_user(self, client, anna, settings, language):
        settings.SITE_URL = "https://portal.example.org"
        User.objects.update(preferred_language=language)

        client.post(
            PAGE, {"email": NEW, "password": PASSWORD}, headers={"Host": "localhost:1234"}
        )  # fmt: skip

        (to_old,), (to_new,) = mails_to(OLD), mails_to(NEW)
        for mail in (to_old, to_new):
            assert language_of(mail) == language
            assert link_of(mail, f"/{language}/account/email/")
            assert all(link.startswith(f"/{language}/") for link in links_of(mail))

    def test_of_an_email_that_is_taken_tells_only_its_owner(self, client, anna):
        make_user(email="eva@example.org")

        taken = ask(client, "Eva@ＥＸＡＭＰＬＥ.org")
        page = main_of(client.get(PROFILE))

        assert (taken.status_code, taken["Location"]) == (302, PROFILE)
        (mail,) = mails_to("eva@example.org")
        assert mail.kind == "account_already_exists"
        assert not any(link.startswith(PAGE) for link in links_of(mail))
        mails = subjects_in_data(client)
        ask(client, "eve@example.org")
        assert main_of(client.get(PROFILE)) == page.replace("eva@", "eve@")
        assert subjects_in_data(client) == mails * 2

    def test_tells_the_owner_of_a_taken_email_in_their_language(self, client, anna):
        make_user(email="eva@example.org", preferred_language="it")

        ask(client, "eva@example.org")

        (mail,) = mails_to("eva@example.org")
        assert language_of(mail) == "it"

    @pytest.mark.parametrize(
        ("email", "said"),
        [
            ("", "Please write your email address."),
            ("new", "no email address"),
            (OLD, "This is your email address already."),
            (OLD.upper(), "This is your email address already."),
            ("\u212ainga@example.org", "no email address"),
            ("İnes@example.org", "no email address"),
            ("new@example.org\r\nBcc: eva@example.org", "no email address"),
            ("new\x00@example.org", ""),
            (f"{'n' * 250}@example.org", "254"),
        ],
        ids=lambda text: text[:20].encode("ascii", "replace").decode(),
    )
    def test_refuses_what_is_no_new_email(self, client, anna, email, said):
        response = ask(client, email)

        assert response.status_code == 422
        assert errors_of(response)
        assert said in errors_of(response)[0]
        assert not Mail.objects.exists()
        assert not EmailChange.objects.exists()

    def test_needs_the_password(self, client, anna):
        for password in ("", "wrong", "x" * 1_000_000):
            response = ask(client, password=password)
            assert response.status_code == 422
            assert len(errors_of(response)) == 1

        assert not Mail.objects.exists()

    def test_is_for_who_is_logged_in(self):
        assert Client().get(PAGE)["Location"] == f"/en/account/login/?next={PAGE}"

    def test_mails_no_stranger_over_and_over(self, client, anna):
        for number in range(30):
            ask(client, f"stranger{number}@example.net")

        strangers = Mail.objects.filter(recipient__endswith="@example.net")
        assert strangers.count() < 30


class TestConfirming:
    @pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
    def test_at_both_emails_makes_the_change(self, client, anna, order):
        ask(client)
        first, second = [link_to(email) for email in order]
        visitor = Client()

        assert "one link to go" in main_of(visitor.post(first))
        assert email_of(anna) == OLD
        assert "is changed" in main_of(visitor.post(second))

        assert email_of(anna) == NEW
        assert is_logged_in(client)
        visitor = Client()
        assert log_in(visitor, OLD).status_code == 422
        log_in(visitor, NEW)
        assert is_logged_in(visitor)
        assert last_mail_to(NEW).kind == "email_changed"
        # the old one is told that it cannot help itself with a reset any more
        told = last_mail_to(OLD)
        assert told.kind == "email_left"
        assert not [link for link in links_of(told) if "password-reset" in link]

    def test_shows_what_is_left_to_do_when_a_link_is_followed_again(self, client, anna):
        ask(client)
        link = link_to(OLD)
        client.post(link)

        response = client.get(link)

        assert response.status_code == 200
        assert "one link to go" in main_of(response)
        assert not list(page_of(response).one("main").all("form", class_="form"))

    def test_is_not_done_by_opening_the_link(self, client, anna):
        ask(client)

        for email in (OLD, NEW):
            page = page_of(client.get(link_to(email)))
            assert page.one("main").one("form", class_="form")["action"] == link_to(email)

        assert email_of(anna) == OLD

    def test_twice_at_one_email_is_not_enough(self, client, anna):
        ask(client)

        for _ in range(2):
            assert client.post(link_to(NEW)).status_code == 200

        assert email_of(anna) == OLD

    def test_twice_is_no_crash_once_it_is_made(self, client, anna):
        ask(client)
        client.post(link_to(OLD))
        link = link_to(NEW)
        client.post(link)

        responses = [client.get(link), client.post(link)]

        assert [response.status_code for response in responses] == [404, 404]
        assert "not valid any more" in main_of(responses[1])
        assert email_of(anna) == NEW

    def test_is_too_late_after_two_days(self, client, anna):
        ask(client)
        links = [link_to(OLD), link_to(NEW)]

        with time_machine.travel(timezone.now() + email_changes.WITHIN + timedelta(seconds=5)):
            assert [client.post(link).status_code for link in links] == [404, 404]
            assert housekeeping.tidy_up()

        assert email_of(anna) == OLD
        assert not EmailChange.objects.exists()

    @pytest.mark.parametrize("meanwhile", ["given up", "asked anew", "inactive", "administrator"])
    def test_is_dead_after(self, client, anna, meanwhile):
        ask(client)
        old, new = link_to(OLD), link_to(NEW)
        client.post(old)

        match meanwhile:
            case "given up":
                client.post(PAGE, {"_give_up": "1"})
            case "asked anew":
                ask(client, "other@example.org")
            case "inactive":
                User.objects.update(is_active=False)
            case "administrator":  # as when the mailbox is in the wrong hands
                office = logged_in(Client(), make_editor())
                path = f"/admin/accounts/user/{anna.pk}/change/"
                assert submit_in_admin(office, path, email="safe@example.org").status_code == 302

        for response in (client.get(new), client.post(new), client.post(old)):
            assert response.status_code == 404
        assert email_of(anna) != NEW

    def test_of_an_email_that_was_taken_meanwhile_changes_nothing(self, client, anna):
        ask(client)
        client.post(link_to(OLD))
        make_user(email=NEW)

        response = client.post(link_to(NEW))

        assert response.status_code == 409
        assert "belongs to another account" in main_of(response)
        assert email_of(anna) == OLD

    @pytest.mark.parametrize(
        "forged",
        ["{truncated}", "{beheaded}", "{token}x", "x", "%00%ff%0a<b>", "{long}", "{unsalted}",
         "{huge}", "{email}", "{nothing}"],
    )  # fmt: skip
    def test_needs_the_right_link(self, client, anna, forged):
        ask(client)
        client.post(link_to(OLD))
        token = link_to(NEW).removeprefix(PAGE).removesuffix("/")
        pk = EmailChange.objects.get().pk
        forged = forged.format(
            token=token, truncated=token[:-1], beheaded=token[1:], long="x" * 5000,
            unsalted=signing.dumps([pk, "new", OLD, NEW]), huge=signed(10**30, "new", OLD, NEW),
            email=signed(pk, "new", OLD, "eva@example.org"),
            nothing=signed(pk + 1, "new", OLD, NEW),
        )  # fmt: skip

        responses = [client.get(f"{PAGE}{forged}/"), client.post(f"{PAGE}{forged}/")]

        assert [response.status_code for response in responses] == [404, 404]
        assert email_of(anna) == OLD

    def test_speaks_the_language_of_the_page(self, client, anna):
        response = client.get("/it/account/email/x/")

        assert response.status_code == 404
        assert page_of(response).one("html")["lang"] == "it"


def signed(*content) -> str:
    return signing.dumps(list(content), salt=email_changes.SALT)
