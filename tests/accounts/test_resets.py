"""New passwords by mail: the same answer for any email address, and a link that works once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import email_changes, resets
from accounts.models import Registration, ResetRequest, User
from immunoportal.mail.ledger import Mail
from immunoportal.network import parse_networks
from tests.accounts.steps import (
    NEW_PASSWORD,
    PASSWORD,
    ask_for_reset,
    errors_of,
    follow,
    is_logged_in,
    language_of,
    last_mail_to,
    link_of,
    links_of,
    log_in,
    mails_to,
    main_of,
    send_resets,
    set_password,
    texts_of,
)
from tests.factories import make_editor, make_registration, make_user
from tests.immunoportal.faults import refusing
from tests.pages import page_of

pytestmark = pytest.mark.django_db

SENT = "/en/account/password-reset/sent/"


@pytest.fixture
def anna():
    return make_user(email="anna@example.org", preferred_language="en")


@pytest.fixture
def link(client, anna) -> str:
    """The path of the link that Anna has been sent."""
    ask_for_reset(client, anna.email)
    send_resets()
    return link_of(last_mail_to(anna.email), "/en/account/password-reset/")


class TestRequest:
    def test_gets_the_same_answer_for_any_email(self, client, anna):
        make_user(email="gone@example.org", is_active=False)
        client.get("/en/account/password-reset/")
        answers = set()

        for email in ("anna@example.org", "nobody@example.org", "gone@example.org",
                        "anna@example", "anna@@example.org", "Anna@ＥＸＡＭＰＬＥ.org",
                        "İ@example.org", "anna@exa mple..org"):  # fmt: skip
            with CaptureQueriesContext(connection) as queries:
                response = ask_for_reset(client, email)
            answers.add(
                (response.status_code, response["Location"], tuple(response.headers.items()),
                 response.content, len(queries))
            )  # fmt: skip

        assert len(answers) == 1
        assert answers.pop()[:2] == (302, SENT)

    def test_waits_for_the_worker_to_find_out_whose_email_it_is(self, client, anna):
        ask_for_reset(client, anna.email)
        assert not Mail.objects.exists()

        assert send_resets() == 1

        assert [mail.kind for mail in mails_to(anna.email)] == ["password_reset_key"]
        assert send_resets() == 0

    def test_sends_nothing_to_who_has_no_account_or_may_not_log_in(self, client):
        make_user(email="gone@example.org", is_active=False)

        for email in ("nobody@example.org", "gone@example.org", "anna@example", "a@b@c"):
            ask_for_reset(client, email)

        assert send_resets() == 4
        assert not Mail.objects.exists()
        assert not ResetRequest.objects.exists()

    @pytest.mark.parametrize(
        ("stored", "typed"),
        [
            ("kinga@example.org", "\u212ainga@example.org"),
            ("kinga@example.org", "\u212aINGA@EXAMPLE.ORG"),
            ("ines@example.org", "İnes@example.org"),
            ("ines@example.org", "ınes@example.org"),
            ("anna@example.org", "ａｎｎａ@example.org"),
            ("mike@example.org", "mike@ex\u0430mple.org"),  # Cyrillic
        ],
    )
    def test_of_a_look_alike_mails_neither_the_user_nor_the_stranger(self, client, stored, typed):
        make_user(email=stored)

        ask_for_reset(client, typed)

        assert send_resets() == 1
        assert not Mail.objects.exists()

    @pytest.mark.parametrize(
        "typed", ["ANNA@example.org", " anna@EXAMPLE.org ", "anna@ｅｘａｍｐｌｅ.org"]
    )
    def test_goes_to_the_email_that_is_stored(self, client, anna, typed):
        ask_for_reset(client, typed)
        send_resets()

        assert [mail.recipient for mail in Mail.objects.all()] == ["anna@example.org"]

    @pytest.mark.parametrize(
        "typed",
        ["", "anna", "@example.org", "anna\x00@example.org", "anna@example.org\x00",
         "anna@example.org\r\nBcc: eva@example.org", f"anna@{'x' * 300}.org",
         "a@" + "x" * 1_000_000],
        ids=range(8),
    )  # fmt: skip
    def test_that_names_no_email_is_refused_in_a_sentence(self, client, typed):
        response = ask_for_reset(client, typed)

        assert response.status_code == 422
        assert len(errors_of(response)) == 1
        assert not ResetRequest.objects.exists()

    @pytest.mark.parametrize(
        ("next", "location"),
        [("-1", "-1"), ("x", "x"), ("/it/", "/it/"), ("//evil.example", SENT)],
    )
    def test_leads_to_an_odd_address_within_the_site_and_not_elsewhere(
        self, client, next, location
    ):
        response = client.post("/en/account/password-reset/", {"email": "a@e.org", "next": next})

        assert (response.status_code, response["Location"]) == (302, location)

    def test_is_stored_with_its_entry_in_the_audit_log_or_not_at_all(self, client, anna):
        client.raise_request_exception = False
        with refusing('INSERT INTO "immunoportal_auditentry"'):
            response = ask_for_reset(client, anna.email)

        assert response.status_code == 503
        assert not ResetRequest.objects.exists()

    def test_keeps_no_more_of_an_email_than_the_table_holds(self, client):
        response = ask_for_reset(client, "a@" + "ü." * 120 + "it")

        longest = ResetRequest._meta.get_field("email").max_length or 0
        assert response.status_code in (302, 422)
        assert all(len(row.email) <= longest for row in ResetRequest.objects.all())
        send_resets()
        assert not Mail.objects.exists()

    def test_is_answered_by_a_page_that_names_nobody(self, client, anna):
        ask_for_reset(client, anna.email)

        response = client.get(SENT)

        assert response.status_code == 200
        assert "one hour" in main_of(response)
        assert "anna" not in response.text


class TestThrottle:
    def test_lets_one_network_ask_five_times_an_hour_for_an_email(self, client, anna, settings):
        settings.TRUSTED_PROXIES = parse_networks(["127.0.0.1"])
        stranger = {"HTTP_X_FORWARDED_FOR": "198.51.100.1, 192.0.2.66"}
        for typed in ("anna@example.org", "Anna@example.org", "anna@Ｅxample.org",
                      "ANNA@example.org", "anna@EXAMPLE.org"):  # fmt: skip
            assert ask_for_reset(client, typed, **stranger).status_code == 302

        stranger = {"HTTP_X_FORWARDED_FOR": "198.51.100.2, 192.0.2.66"}
        refused = ask_for_reset(client, anna.email, **stranger)
        owner = ask_for_reset(client, anna.email, HTTP_X_FORWARDED_FOR="203.0.113.9")

        assert refused.status_code == 429
        assert refused["Retry-After"]
        assert "wait" in main_of(refused)
        assert owner.status_code == 302

    def test_is_the_same_for_an_email_that_is_nobodys(self, client):
        codes = [ask_for_reset(client, "nobody@example.org").status_code for _ in range(6)]

        assert codes == [302] * 5 + [429]

    def test_sends_five_an_hour_to_one_mailbox(self, anna):
        start = timezone.now()
        with time_machine.travel(start, tick=False) as clock:
            for _ in range(7):
                resets.request_reset(anna.email)
            send_resets()
            assert len(mails_to(anna.email)) == 5

            clock.shift(timedelta(hours=1, seconds=1))
            resets.request_reset(anna.email)
            send_resets()
            assert len(mails_to(anna.email)) == 6


class TestMail:
    @pytest.mark.parametrize("language", ["it", "en"])
    def test_speaks_the_language_of_the_user_and_leads_to_the_site(
        self, client, settings, language
    ):
        settings.SITE_URL = "https://portal.example.org"
        user = make_user(email="anna@example.org", preferred_language=language)

        client.post(
            f"/{'en' if language == 'it' else 'it'}/account/password-reset/",
            {"email": user.email},
            headers={"Host": "localhost:1234", "X-Forwarded-Host": "evil.example"},
        )
        send_resets()

        (mail,) = mails_to(user.email)
        text, page = texts_of(mail)
        assert language_of(mail) == language
        assert link_of(mail, f"/{language}/account/password-reset/")
        assert all(link.startswith(f"/{language}/") for link in links_of(mail))
        assert "evil.example" not in text + page
        assert "localhost" not in text + page

    def test_is_not_sent_for_a_forged_host(self, client, anna):
        response = ask_for_reset(client, anna.email, HTTP_HOST="evil.example")

        assert response.status_code == 400
        assert send_resets() == 0


class TestLink:
    def test_lets_choose_a_new_password_once(self, client, anna, link):
        path = follow(client, link)
        response = set_password(client, path)

        assert response["Location"] == "/en/account/password-reset/done/"
        assert not is_logged_in(client)
        assert log_in(client, anna).status_code == 422
        log_in(client, anna, NEW_PASSWORD)
        assert is_logged_in(client)

        again = Client()
        assert follow(again, link) == ""
        assert set_password(again, path, "un'altra frase del tutto").status_code == 404
        assert log_in(again, anna, "un'altra frase del tutto").status_code == 422

    @pytest.mark.django_db(transaction=True)
    def test_lets_choose_one_password_to_those_who_come_at_once(self, anna, link):
        clients = [Client() for _number in range(4)]
        paths = [follow(client, link) for client in clients]
        together = threading.Barrier(len(clients))

        def choose(number):
            together.wait(timeout=10)
            try:
                return set_password(clients[number], paths[number], f"{NEW_PASSWORD} {number}")
            finally:
                connection.close()

        with ThreadPoolExecutor(len(clients)) as pool:
            answers = list(pool.map(choose, range(len(clients))))

        chosen = [number for number, answer in enumerate(answers) if answer.status_code == 302]
        assert len(chosen) == 1
        anna.refresh_from_db()
        assert anna.check_password(f"{NEW_PASSWORD} {chosen[0]}")
        refused = [main_of(answer) for answer in answers if answer.status_code != 302]
        assert all("not valid any more" in words for words in refused)
        assert [mail.kind for mail in mails_to(anna.email)][1:] == ["password_reset"]

    def test_tells_the_user_by_mail(self, client, anna, link):
        set_password(client, follow(client, link))

        notice = last_mail_to(anna.email)
        assert notice.kind == "password_reset"
        assert language_of(notice) == "en"
        assert all(NEW_PASSWORD not in text for text in texts_of(notice))

    def test_never_stands_in_an_address_that_leaves_the_site(self, client, link):
        token = link.rstrip("/").rpartition("password-reset/")[2].partition("-")[2]

        opened = client.get(link)
        page = client.get(opened["Location"])
        done = set_password(client, opened["Location"])

        assert opened["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert page["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert page.status_code == 200
        for shown in (opened["Location"], page.text, done["Location"]):
            assert token not in shown

    def test_ends_all_sessions(self, client, anna):
        there = Client()
        log_in(there, anna)
        # A log-in makes the earlier link void, so there is a new one.
        link = path_for(User.objects.get(pk=anna.pk))

        set_password(client, follow(client, link))

        assert not is_logged_in(there)

    def test_lives_for_one_hour(self, client, anna):
        start = timezone.now()
        with time_machine.travel(start, tick=False) as clock:
            ask_for_reset(client, anna.email)
            send_resets()
            link = link_of(last_mail_to(anna.email), "/en/account/password-reset/")

            clock.shift(timedelta(minutes=59))
            assert follow(client, link)
            clock.shift(timedelta(minutes=1, seconds=1))
            assert follow(Client(), link) == ""

    @pytest.mark.parametrize(
        "meanwhile",
        [
            lambda anna: log_in(Client(), anna),
            lambda anna: anna.set_password(NEW_PASSWORD) or anna.save(),
            lambda anna: email_changes.make(email_changes.ask(anna, "new@example.org")),
            lambda anna: User.objects.filter(pk=anna.pk).update(is_active=False),
        ],
        ids=["log-in", "password", "email", "inactive"],
    )
    def test_is_dead_after(self, client, anna, link, meanwhile):
        path = follow(client, link)
        assert path

        meanwhile(anna)

        assert follow(Client(), link) == ""
        # Not even where it had been opened before.
        response = set_password(client, path, "un'altra frase del tutto")
        assert "not valid any more" in main_of(response)
        anna.refresh_from_db()
        assert not anna.check_password("un'altra frase del tutto")

    @pytest.mark.parametrize(
        "forged",
        ["{uid}-{truncated}", "{uid}-{token}x", "{eva}-{token}", "{uid}-{token[0]}",
         "{uid}-set-password", "{uid}-", "0-{token}", "zzzzzzzzzzzzz-{token}", "{huge}-{token}",
         "{uid}-%00%ff%0a<b>", "{uid}-{other}"],
    )  # fmt: skip
    def test_that_is_not_right_is_refused(self, client, anna, link, forged):
        uid, _dash, token = link.rstrip("/").rpartition("/")[2].partition("-")
        key = forged.format(
            uid=uid, token=token, truncated=token[:-1], eva=user_pk_to_url_str(make_user()),
            huge="z" * 5000, other=signing.dumps([anna.pk], salt=email_changes.SALT),
        )  # fmt: skip

        path = f"/en/account/password-reset/{key}/"
        responses = [client.get(path), set_password(client, path)]

        for response in responses:
            assert response.status_code in (200, 404)
            assert response.status_code == 404 or "not valid any more" in main_of(response)
        anna.refresh_from_db()
        assert anna.check_password(PASSWORD)
        assert [mail.kind for mail in Mail.objects.all()] == ["password_reset_key"]

    @pytest.mark.parametrize(
        ("password", "said"),
        [
            ("", "Please write your password."),
            ("short", "Too short: 5 characters"),
            ("passwordpassword", "Choose four or five words"),
            ("anna@example.org anna", "too much like your name or your email address"),
            ("x" * 1_000_000, "1000"),
        ],
        ids=lambda text: text[:20],
    )
    def test_outlives_a_password_that_is_refused(self, client, anna, link, password, said):
        path = follow(client, link)

        response = set_password(client, path, password)

        assert response.status_code == 422
        assert said in " ".join(errors_of(response))
        assert set_password(client, path)["Location"] == "/en/account/password-reset/done/"

    def test_takes_a_long_password_with_spaces_and_unicode(self, client, anna, link):
        password = "  più di sessantaquattro caratteri, con spazi e 🐈 e tutto il resto  "

        set_password(client, follow(client, link), password)
        log_in(client, anna, password)

        assert is_logged_in(client)

    def test_logs_out_whoever_else_is_logged_in_there(self, client, link):
        eva = make_user()
        log_in(client, eva)

        # not by the link alone, which anybody may have sent
        path = follow(client, link)
        assert client.get(path).status_code == 200
        assert is_logged_in(client)

        set_password(client, path)
        assert not is_logged_in(client)
        eva.refresh_from_db()
        assert eva.check_password(PASSWORD)

    def test_chooses_a_password_that_nobody_else_has_seen(self, client):
        editor = make_editor(preferred_language="en")
        editor.password_is_temporary = True
        editor.save()

        set_password(client, follow(client, path_for(editor)))
        log_in(client, editor, NEW_PASSWORD)

        assert client.get("/admin/").status_code == 200

    def test_shows_whose_mailbox_it_is(self, client):
        registration = make_registration(state="unconfirmed")

        set_password(client, follow(client, path_for(registration.user)))

        registration.refresh_from_db()
        assert registration.state == Registration.State.WAITING
        log_in(client, registration.user, NEW_PASSWORD)
        assert is_logged_in(client)

    @pytest.mark.parametrize("next", ["//evil.example", "https://evil.example/"])
    def test_leads_nobody_elsewhere(self, client, link, next):
        opened = client.get(f"{link}?next={next}")
        response = client.post(opened["Location"], {"password1": NEW_PASSWORD, "next": next})

        assert response["Location"] == "/en/account/password-reset/done/"


def path_for(user) -> str:
    """The path of a link to a new password."""
    return resets.link_for(user).removeprefix(settings.SITE_URL)


class TestInvitation:
    DAY = 24 * 3600

    @pytest.fixture
    def clock(self):
        with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
            yield clock

    @pytest.fixture
    def elena(self, clock):
        return make_user(email="elena@example.org", preferred_language="en", password=None)

    @pytest.fixture
    def link(self, elena) -> str:
        """The path of the link that Elena has been sent."""
        resets.invite(elena)
        return link_of(last_mail_to(elena.email), "/en/account/invitation/")

    def test_says_how_long_it_is_valid_and_what_to_do_later(self, elena, link):
        mail = last_mail_to(elena.email)

        assert all("valid for 7 days" in text for text in texts_of(mail))
        assert links_of(mail) == {link, "/en/account/password-reset/", "/en/contact/"}

    @pytest.mark.parametrize(("seconds", "is_open"), [(7 * DAY - 60, True), (7 * DAY + 60, False)])
    def test_is_valid_for_seven_days(self, client, clock, elena, link, seconds, is_open):
        clock.shift(seconds)

        assert bool(follow(client, link)) == is_open

    def test_that_has_expired_says_where_the_next_one_comes_from(self, client, clock, elena, link):
        clock.shift(8 * self.DAY)

        response = client.get(link)

        assert response.status_code == 404
        main = page_of(response).one("main")
        assert main.one("h1").words == "This invitation is not valid any more"
        assert {"/en/account/login/", "/en/account/password-reset/"} <= {
            a["href"] for a in main.all("a")
        }
        ask_for_reset(client, elena.email)
        send_resets()
        assert last_mail_to(elena.email).kind == "password_reset_key"

    def test_that_expires_while_the_page_is_open_sets_nothing(self, client, clock, elena, link):
        page = follow(client, link)
        clock.shift(8 * self.DAY)

        response = set_password(client, page)

        assert response.status_code == 404
        elena.refresh_from_db()
        assert not elena.has_usable_password()

    def test_works_once(self, client, elena, link):
        page = follow(client, link)
        assert set_password(client, page).status_code == 302

        assert not follow(Client(), link)
        assert set_password(client, page, "another phrase that is new").status_code == 404

    @pytest.mark.parametrize(
        "change",
        [{"is_active": False}, {"email": "new@example.org"}, {"last_login": timezone.now()}],
        ids=lambda change: "".join(change),
    )
    def test_ends_with_what_it_was_made_for(self, client, elena, link, change):
        User.objects.filter(pk=elena.pk).update(**change)

        assert client.get(link).status_code == 404

    def test_is_for_nobody_else(self, client, elena, link):
        other = make_user(password=None)
        key = link.partition("-")[2]

        response = client.get(f"/en/account/invitation/{user_pk_to_url_str(other)}-{key}")

        assert response.status_code == 404
