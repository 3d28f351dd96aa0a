"""Health professionals: the form, the confirmed email address, the correction, the story."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import signing
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import email_changes, housekeeping, personal_data, resets
from accounts.models import Registration, RegistrationEvent, User
from accounts.professionals import approval, registrations
from immunoportal.events import EventIsStored
from immunoportal.mail.compose import store
from immunoportal.mail.ledger import Mail
from tests.accounts.steps import (
    NEW_PASSWORD,
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
    reserved_is_open,
    texts_of,
)
from tests.factories import (
    logged_in,
    make_editor,
    make_registration,
    make_user,
    member_of,
    staff_with,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

REGISTER = "/en/account/register/"
UNCONFIRMED, WAITING, APPROVED, REJECTED, WITHDRAWN = Registration.State
UNCHANGED = {"profession": "nurse", "order": "OPI Milano", "province": "Milano", "number": "12345"}
DECLARED = {
    "profession": "nurse",
    "order": "OPI Milano",
    "province": "Milano",
    "number": "12345",
    "declaration": "on",
}
FORM = DECLARED | {
    "first_name": "Paola",
    "last_name": "Verdi",
    "email": "paola@example.org",
    "password1": NEW_PASSWORD,
    "privacy": "on",
}


def register(client, at=REGISTER, **changes):
    return client.post(at, FORM | changes)


class TestForm:
    def test_makes_an_account_that_waits_for_its_email(self, client):
        response = register(client)

        assert (response.status_code, response["Location"]) == (302, "/en/account/confirm/")
        user = User.objects.get()
        assert (user.email, user.get_full_name()) == ("paola@example.org", "Paola Verdi")
        assert (user.is_staff, user.is_superuser) == (False, False)
        registration = Registration.objects.get()
        assert (registration.user, registration.state) == (user, UNCONFIRMED)
        assert (registration.profession, registration.order) == ("nurse", "OPI Milano")
        assert (registration.province, registration.number) == ("Milano", "12345")
        assert not reserved_is_open(user)
        assert not is_logged_in(client)

    @pytest.mark.parametrize("language", ["it", "en"])
    def test_mails_a_link_in_the_language_of_the_page(self, client, settings, language):
        settings.SITE_URL = "https://portal.example.org"

        client.post(
            f"/{language}/account/register/", FORM, headers={"X-Forwarded-Host": "evil.example"}
        )

        (mail,) = Mail.objects.all()
        assert mail.recipient == "paola@example.org"
        assert language_of(mail) == language
        assert link_of(mail, f"/{language}/account/confirm/")
        assert User.objects.get().preferred_language == language

    @time_machine.travel("2026-03-01T12:00:00Z", tick=False)
    def test_says_nothing_of_an_email_that_has_an_account(self, client):
        owner = make_user(email="paola@example.org", preferred_language="it")
        before = User.objects.values().get()
        new = register(Client(), email="new@example.org")

        response = register(client, email="Paola@ＥＸＡＭＰＬＥ.org", first_name="Eva")

        assert (response.status_code, response["Location"]) == (302, new["Location"])
        assert dict(response.headers) == dict(new.headers)
        assert User.objects.values().get(pk=owner.pk) == before
        (mail,) = mails_to("paola@example.org")
        assert language_of(mail) == "it"
        assert "/it/account/login/" in links_of(mail)
        assert not any("confirm" in link for link in links_of(mail))
        assert Mail.objects.exclude(recipient="new@example.org").count() == 1

    def test_says_what_is_missing_field_by_field(self, client):
        response = client.post(REGISTER, {})

        assert response.status_code == 422
        assert page_of(response).one("title").words.startswith("Error: ")
        assert len(errors_of(response)) == len(FORM)
        assert not User.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("profession", "magician", "magician"),
            ("declaration", "", "Without this declaration we cannot give you access."),
            ("privacy", "", "Please read how your data are handled."),
            ("number", "x" * 41, "40"),
            # It stands in a mail to whoever has the email address.
            ("first_name", "www.evil.example", "A name has no digits, no web address"),
            ("last_name", "Click https://evil.example", "A name has no digits, no web address"),
            ("first_name", "Vinci su premi.example", "A name has no digits, no web address"),
            ("last_name", "evil\uff0ecom", "A name has no digits, no web address"),
            ("first_name", " \u00a0\n", "Please write your first name."),
            ("password1", "short", "Too short"),
            ("password1", "Paola@example.org", "too much like your name"),
            ("password1", "x" * 1_000_000, "1000"),
            ("email", "paola", "no email address"),
            ("email", "paola@example.org\r\nBcc: eva@example.org", "no email address"),
            ("email", "paola\x00@example.org", ""),
            ("email", "paola@example", "no email address"),
            ("email", "=?utf-8?q?paola?=@example.org", "no email address"),
            ("email", "paola@[127.0.0.1]\u0661", "no email address"),
            ("email", f"{'p' * 250}@example.org", "254"),
        ],
        ids=lambda value: value[:24].encode("ascii", "replace").decode(),
    )
    def test_refuses_what_makes_no_sense_and_says_so(self, client, field, value, said):
        response = register(client, **{field: value})

        assert response.status_code == 422
        assert len(errors_of(response)) >= 1
        assert said in " ".join(errors_of(response))
        assert not User.objects.exists()
        assert not Mail.objects.exists()

    @pytest.mark.parametrize(
        "email", ["\u212ainga@example.org", "İnes@example.org", "ınes@example.org",
                  "ｋinga@example.org"]
    )  # fmt: skip
    def test_takes_no_email_that_looks_like_another(self, client, email):
        make_user(email="kinga@example.org")
        make_user(email="ines@example.org")

        response = register(client, email=email)

        assert response.status_code == 422
        assert User.objects.count() == 2
        assert not Mail.objects.exists()

    def test_cannot_be_filled_in_with_rights(self, client):
        register(client, is_staff="on", is_superuser="on", state="approved", groups="1")

        user = User.objects.get()
        assert (user.is_staff, user.is_superuser, user.groups.count()) == (False, False, 0)
        assert user.registration.state == UNCONFIRMED

    def test_has_an_end_for_one_network(self, client, settings):
        assert settings.ACCOUNT_RATE_LIMITS["signup"] == "20/h/ip"
        settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"signup": "2/h/ip"}

        codes = [register(client, email=f"p{n}@example.org").status_code for n in range(3)]

        assert codes == [302, 302, 429]

    def test_is_not_for_who_is_logged_in(self, client):
        log_in(client, make_user())

        assert client.get(REGISTER)["Location"] == PROFILE


@pytest.fixture
def link(client) -> str:
    """The path of the link that Paola has been sent."""
    register(client)
    return link_of(last_mail_to("paola@example.org"), "/en/account/confirm/")


class TestConfirmation:
    def test_is_made_by_the_button_and_not_by_opening_the_link(self, client, link):
        editor = make_editor(preferred_language="en")

        page = page_of(client.get(link))
        assert Registration.objects.get().state == UNCONFIRMED
        response = client.post(page.one("main").one("form", class_="form")["action"])

        assert response["Location"] == "/en/account/confirm/done/"
        assert Registration.objects.get().state == WAITING
        assert not reserved_is_open(User.objects.get(email="paola@example.org"))
        assert len(mails_to(editor.email)) == 1
        assert not is_logged_in(client)

    def test_opens_the_account(self, client, link):
        client.post(link)

        log_in(client, "paola@example.org", NEW_PASSWORD)

        assert "Your registration is with our editors." in main_of(client.get(PROFILE))
        assert not reserved_is_open(User.objects.get())

    def test_tells_those_who_decide_each_in_their_language(self, client, link):
        deciders = [
            member_of("Editors", preferred_language="it"),
            member_of("Administrators", preferred_language="en"),
            make_editor(preferred_language="en"),
        ]
        member_of("Authors")
        staff_with("view_registration")
        make_editor(is_active=False)
        member_of("Editors", is_staff=False)

        client.post(link)

        waiting = Mail.objects.filter(kind="registration_waiting")
        assert {mail.recipient: language_of(mail) for mail in waiting} == {
            user.email: user.preferred_language for user in deciders
        }
        for mail in waiting:
            registration = Registration.objects.get()
            assert any(f"/admin/accounts/registration/{registration.pk}/" in link
                       or "/admin/accounts/registration/" in link
                       for link in links_of(mail))  # fmt: skip

    def test_shows_markup_to_the_editors_as_text(self, client):
        editor = make_editor()
        register(client, order="<script>alert(1)</script>", number="<b>1</b>")

        client.post(link_of(last_mail_to("paola@example.org"), "/en/account/confirm/"))

        mail = last_mail_to(editor.email)
        text, _page = texts_of(mail)
        assert "<script>alert(1)</script>" in text
        html = bytes(mail.content).partition(b"text/html")[2]
        assert b"Verdi" in html
        assert b"<script>" not in html
        assert b"<b>1</b>" not in html

    def test_is_made_once(self, client, link):
        make_editor()
        client.post(link)
        count = Mail.objects.count()

        responses = [client.get(link), client.post(link)]

        assert [response.status_code for response in responses] == [404, 404]
        assert "not valid any more" in main_of(responses[0])
        assert Mail.objects.count() == count

    def test_logs_nobody_out_who_only_follows_it(self, client, link):
        """It may be a link to a stranger's account, to do just that."""
        log_in(client, make_user())

        client.get(link)
        assert is_logged_in(client)

        client.post(link)
        assert not is_logged_in(client)

    def test_is_too_late_after_three_days(self, client, link):
        with time_machine.travel(timezone.now() + timedelta(days=3, seconds=5)):
            responses = [client.get(link), client.post(link)]

        assert [response.status_code for response in responses] == [404, 404]
        assert Registration.objects.get().state == UNCONFIRMED

    @pytest.mark.parametrize(
        "forged",
        ["{truncated}", "{beheaded}", "{key}x", "x", ":::", "%00%ff%0a<b>", "{huge}", "{change}",
         "{reset}"],
    )  # fmt: skip
    def test_needs_the_right_link(self, client, link, forged):
        key = link.removeprefix("/en/account/confirm/").removesuffix("/")
        user = User.objects.get()
        forged = forged.format(
            key=key, truncated=key[:-1], beheaded=key[1:], huge="x" * 5000,
            change=signing.dumps(EmailAddress.objects.get().pk, salt=email_changes.SALT),
            reset=resets.default_token_generator.make_token(user),
        )  # fmt: skip
        path = f"/en/account/confirm/{forged}/"

        responses = [client.get(path), client.post(path)]

        assert [response.status_code for response in responses] == [404, 404]
        assert Registration.objects.get().state == UNCONFIRMED

    def test_is_mailed_again_at_a_log_in_but_not_at_once(self, client, link):
        log_in(client, "paola@example.org", NEW_PASSWORD)
        assert len(mails_to("paola@example.org")) == 1

        with time_machine.travel(timezone.now() + timedelta(minutes=4)):
            log_in(Client(), "paola@example.org", NEW_PASSWORD)

        assert len(mails_to("paola@example.org")) == 2
        assert link_of(last_mail_to("paola@example.org"), "/en/account/confirm/")


@pytest.fixture
def editor():
    return member_of("Editors", preferred_language="en")


class TestProfessionalPage:
    PAGE = "/en/account/professional/"

    def test_takes_the_registration_of_who_has_an_account(self, client, editor):
        user = make_user()
        logged_in(client, user)

        response = client.post(self.PAGE, DECLARED)

        assert response["Location"] == PROFILE
        assert Registration.objects.get().state == WAITING
        assert [mail.kind for mail in mails_to(editor.email)] == ["registration_waiting"]
        assert not reserved_is_open(user)

    def test_corrects_what_is_waiting_without_a_further_mail(self, client, editor):
        registration = make_registration(number="1")
        logged_in(client, registration.user)

        client.post(self.PAGE, DECLARED)

        registration.refresh_from_db()
        assert (registration.number, registration.state) == ("12345", WAITING)
        assert not Mail.objects.exists()

    def test_puts_what_was_rejected_before_the_editors_again(self, client, editor):
        registration = make_registration(state="rejected", reason="Il numero manca.")
        logged_in(client, registration.user)
        assert "Il numero manca." in main_of(client.get(self.PAGE))

        client.post(self.PAGE, DECLARED)

        registration.refresh_from_db()
        assert (registration.state, registration.reason) == (WAITING, "")
        assert registration.decided_at is None
        assert len(mails_to(editor.email)) == 1

    @pytest.mark.parametrize("state", ["rejected", "withdrawn"])
    def test_takes_nothing_again_that_is_unchanged(self, client, editor, state):
        registration = make_registration(state=state, **UNCHANGED)
        logged_in(client, registration.user)

        response = client.post(self.PAGE, DECLARED)

        assert response.status_code == 422
        assert "You have changed nothing" in main_of(response)
        registration.refresh_from_db()
        assert registration.state == state
        assert not Mail.objects.exists()

    def test_asks_which_profession_the_list_does_not_have(self, client, editor):
        logged_in(client, make_user())
        other = DECLARED | {"profession": "other"}

        refused = client.post(self.PAGE, other)
        response = client.post(self.PAGE, other | {"other_profession": "ostetrica"})

        assert errors_of(refused) == ["Please write which profession it is."]
        assert response["Location"] == PROFILE
        assert Registration.objects.get().profession_shown == "ostetrica"
        assert all("ostetrica" in text for text in texts_of(last_mail_to(editor.email)))

    def test_keeps_no_other_profession_beside_one_of_the_list(self, client):
        logged_in(client, make_user())

        client.post(self.PAGE, DECLARED | {"other_profession": "ostetrica"})

        assert Registration.objects.get().other_profession == ""

    def test_leaves_what_was_approved_as_it_was(self, client):
        registration = make_registration(state="approved", number="1")
        logged_in(client, registration.user)

        response = client.post(self.PAGE, DECLARED)

        registration.refresh_from_db()
        assert response["Location"] == PROFILE
        assert registration.number == "1"

    def test_refuses_what_is_not_complete(self, client):
        logged_in(client, make_user())

        response = client.post(self.PAGE, DECLARED | {"number": "", "declaration": ""})

        assert response.status_code == 422
        assert errors_of(response) == [
            "Please write your registration number.",
            "Without this declaration we cannot give you access.",
        ]
        assert not Registration.objects.exists()

    def test_is_for_who_is_logged_in(self, client):
        assert client.get(self.PAGE)["Location"].startswith("/en/account/login/")


class TestForgetting:
    def test_of_what_nobody_has_confirmed_for_a_week(self):
        old = timezone.now() - registrations.CONFIRM_WITHIN - timedelta(minutes=1)
        forgotten = make_registration(
            state="unconfirmed", created_at=old, user=make_user(email="gone@example.org")
        )
        store("gone@example.org", "Confirm", "Please.")
        kept = [
            make_registration(
                state="unconfirmed", user=make_user(), created_at=old + timedelta(minutes=2)
            ),
            make_registration(state="waiting", user=make_user(), created_at=old),
            make_registration(
                state="unconfirmed", user=make_user(is_staff=True), created_at=old
            ),
            make_registration(
                state="unconfirmed", user=make_user(last_login=old), created_at=old
            ),
        ]  # fmt: skip

        assert housekeeping.tidy_up()
        assert not housekeeping.tidy_up()

        assert not User.objects.filter(pk=forgotten.user.pk).exists()
        assert set(Registration.objects.all()) == set(kept)
        mail = Mail.objects.get()
        assert (mail.recipient, bytes(mail.content)) == ("", b"")

    def test_leaves_the_email_free_for_its_owner(self, client):
        register(client)
        with time_machine.travel(timezone.now() + timedelta(days=8)):
            housekeeping.tidy_up()

            register(client, first_name="Paola Maria")

        assert User.objects.get().first_name == "Paola Maria"


class TestEvents:
    def test_tell_the_story_of_a_registration(self, client):
        client.post(REGISTER, FORM)
        client.post(link_of(last_mail_to("paola@example.org"), "/en/account/confirm/"))
        registration = Registration.objects.get()
        paola, editor = registration.user, member_of("Editors")
        approval.reject(registration, by=editor, reason="Which order?")
        registrations.correct(registration, UNCHANGED | {"order": "OPI Lodi"})
        approval.approve(registration, by=editor)
        approval.approve(registration, by=editor)
        approval.reject(registration, by=editor)

        story = registration.events.order_by("pk").values_list("verb", "by", "reason", "detail")

        assert list(story) == [
            ("registered", paola.pk, "", {}),
            ("confirmed", paola.pk, "", {}),
            ("rejected", editor.pk, "Which order?", {}),
            ("corrected", paola.pk, "", {"changed": ["order"]}),
            ("approved", editor.pk, "", {}),
            ("withdrawn", editor.pk, "", {}),
        ]

    def test_never_change(self):
        registration = make_registration()
        approval.approve(registration, by=member_of("Editors"))
        event = registration.events.get()

        with pytest.raises(EventIsStored):
            event.save()
        with pytest.raises(EventIsStored):
            registration.events.update(reason="Altro")
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_registrationevent SET reason = 'Altro'")

    def test_go_with_the_person(self):
        registration = make_registration()
        approval.reject(registration, by=member_of("Editors"), reason="Not Paola Verdi.")

        personal_data.erase(registration.user)

        assert not RegistrationEvent.objects.exists()
