"""What a health professional goes through, with a real mail server: from the registration to a
reserved article, and back in after the password was forgotten."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import expect

from accounts import resets
from accounts.models import AccountSettings
from articles.models import Audience
from immunoportal.mail.delivery import deliver_next
from tests.accounts import steps
from tests.browser.accessibility import LANGUAGES_AND_SCHEMES, assert_accessible
from tests.factories import (
    add_app,
    add_passkey,
    make_article,
    make_editor,
    make_user,
    publish,
)
from tests.mail_server import MailServer

PASSWORD = "quattro parole senza senso"
NEW_PASSWORD = "altre cinque parole del tutto diverse"


@pytest.fixture
def mailbox(settings, db):
    """A mail server; what the worker would do is done when the mails are asked for."""
    with MailServer() as server:
        settings.MAIL_SERVER = server.settings()
        yield server


def deliver(mailbox) -> None:
    while resets.send_next() or deliver_next():
        pass


def link_in_mail(mailbox, recipient: str, path: str) -> str:
    """The link of the newest mail to somebody whose address has a path in it."""
    deliver(mailbox)
    texts = [
        message.get_body(("plain",)).get_content()
        for message in mailbox.mails()
        if message["To"] == recipient
    ]
    links = [link for text in texts for link in re.findall(r"https?://\S+", text) if path in link]
    return links[-1]


def log_in(page, email: str, password: str) -> None:
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


@pytest.fixture
def reserved(db):
    article = make_article(
        title_en="For doctors only",
        slug_en="for-doctors-only",
        title_it="Solo per medici",
        slug_it="solo-per-medici",
        audience=Audience.PROFESSIONAL,
    )
    publish(article)
    return article


class TestHealthProfessional:
    def test_registers_reads_forgets_the_password_and_comes_back(
        self, page, context, browser, live_server, mailbox, reserved
    ):
        # given an editor who decides
        make_editor(email="editor@example.org", preferred_language="en")

        # when somebody follows the link to the reserved area and registers
        page.goto("/en/articles/for-doctors-only/")
        expect(page).to_have_url(re.compile(r"/en/account/login/\?next="))
        page.get_by_role("link", name="Register as a health professional").click()
        expect(page).to_have_url(re.compile(r"/en/account/register/"))
        page.get_by_label("First name").fill("Anna")
        page.get_by_label("Last name").fill("Bianchi")
        page.get_by_label("Email address").fill("Anna@Example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("Profession", exact=True).select_option("physician")
        page.get_by_label("Professional order").fill("OMCeO Milano")
        page.get_by_label("Province of the order").fill("Milano")
        page.get_by_label("Registration number").fill("12345")
        page.get_by_label("I declare").check()
        page.get_by_label("I have read").check()
        page.get_by_role("button", name="Register").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("confirm your email")

        # and confirms the address
        page.goto(link_in_mail(mailbox, "anna@example.org", "/en/account/confirm/"))
        assert_accessible(page)
        page.get_by_role("button", name="Yes, confirm it").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("is confirmed")

        # then there is nothing to read yet
        page.goto("/en/articles/for-doctors-only/")
        context.expected_complaints.append("403")
        log_in(page, "anna@example.org", PASSWORD)
        expect(page.get_by_role("heading", level=1)).to_contain_text("professionals")
        assert_accessible(page)

        # when the editor approves with one click in the list
        desk = browser.new_context(base_url=live_server.url, locale="en-GB")
        with desk:
            editors_page = desk.new_page()
            editors_page.goto(link_in_mail(mailbox, "editor@example.org", "/admin/"))
            log_in(editors_page, "editor@example.org", "correct horse battery")
            expect(editors_page).not_to_have_url(re.compile("/login/"))
            editors_page.goto("/admin/accounts/registration/")
            assert_accessible(editors_page)
            editors_page.get_by_role("button", name="Approve").click()
            expect(editors_page.locator(".messagelist")).to_contain_text("is approved")

        # then the article can be read, and found
        page.goto(link_in_mail(mailbox, "anna@example.org", "/professionals/"))
        assert_accessible(page)
        page.get_by_role("link", name="For doctors only").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("For doctors only")
        assert_accessible(page)

        # when, on another device, the password has been forgotten
        other = browser.new_context(base_url=live_server.url, locale="en-GB")
        with other:
            second = other.new_page()
            second.goto("/en/")
            second.locator("header").get_by_role("link", name="Reserved area").click()
            dialog = second.get_by_role("dialog")
            dialog.get_by_label("Email address").fill("anna@example.org")
            dialog.get_by_role("link", name="Forgotten password").click()
            expect(dialog.get_by_role("heading", level=1)).to_have_text("Forgotten password")
            expect(dialog.get_by_label("Your email address")).to_have_value("anna@example.org")
            dialog.get_by_role("button", name="Send").click()
            expect(dialog.get_by_role("heading", level=1)).to_have_text("Check your email")
            link = link_in_mail(mailbox, "anna@example.org", "/password-reset/")
            second.goto(link)
            assert "set-password" in second.url
            assert_accessible(second)
            second.get_by_label("New password").fill(NEW_PASSWORD)
            second.get_by_role("button", name="Set the password").click()
            expect(second.get_by_role("heading", level=1)).to_have_text("Your password is changed")

            # then the link is dead
            second.goto(link)
            expect(second.get_by_role("heading", level=1)).to_contain_text("not valid any more")

        # and so is the session of before
        page.goto("/en/articles/for-doctors-only/")
        expect(page).to_have_url(re.compile(r"/en/account/login/"))

        # and the old password does not open the door, but the new one does
        log_in(page, "anna@example.org", PASSWORD)
        context.expected_complaints.append("422")
        expect(page.locator(".error-summary")).to_contain_text("is not right")
        log_in(page, "anna@example.org", NEW_PASSWORD)
        expect(page.get_by_role("heading", level=1)).to_have_text("For doctors only")

        # and a mail has told of the change
        deliver(mailbox)
        subjects = [
            message["Subject"] for message in mailbox.mails() if message["To"] == "anna@example.org"
        ]
        assert "Your password was changed" in subjects


class TestDialog:
    def test_of_the_log_in_keeps_the_page_and_leads_on(self, page, context):
        # given somebody who may read what is reserved
        make_editor(email="anna@example.org", is_staff=False)
        opener = page.locator("header").get_by_role("link", name="Area riservata")

        # when the link is followed, then the form stands over the page
        page.goto("/it/")
        opener.click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("heading", level=1)).to_be_focused()
        expect(dialog).to_have_accessible_name("Accedi")
        assert_accessible(page)

        # when Esc is pressed, then the focus is back, and nothing typed is left
        dialog.get_by_label("Indirizzo email").fill("anna@example.org")
        page.keyboard.press("Escape")
        expect(opener).to_be_focused()
        opener.click()
        expect(dialog.get_by_label("Indirizzo email")).to_have_value("")

        # when the password is looked at, then it is shown until it is sent
        dialog.get_by_label("Indirizzo email").fill("anna@example.org")
        password = dialog.get_by_label("Password", exact=True)
        password.fill("wrong")
        expect(password).to_have_attribute("type", "password")
        dialog.get_by_role("button", name="Mostra Password").click()
        expect(password).to_have_attribute("type", "text")
        expect(dialog.get_by_role("button", name="Nascondi Password")).to_be_focused()

        # when it is wrong, then the dialog says so
        context.expected_complaints.append("422")
        dialog.get_by_role("button", name="Accedi", exact=True).click()
        expect(dialog.locator(".error-summary")).to_contain_text("non sono corretti")
        expect(dialog.locator(".error-summary")).to_be_focused()
        expect(password).to_have_attribute("type", "password")
        assert_accessible(page)

        # when it is right, then the browser goes where the link meant to go
        dialog.get_by_label("Password", exact=True).fill("correct horse battery")
        dialog.get_by_role("button", name="Accedi", exact=True).click()
        page.wait_for_url("**/it/professionisti/")

    def test_is_a_page_without_javascript(self, browser, live_server):
        make_editor(email="anna@example.org", is_staff=False)
        plain = browser.new_context(
            base_url=live_server.url, locale="en-GB", java_script_enabled=False
        )
        with plain:
            page = plain.new_page()

            # A form that comes back with errors has the focus on them, also where no script runs.
            page.goto("/en/account/register/")
            page.get_by_role("button", name="Register").click()
            expect(page.get_by_role("alert")).to_be_focused()
            expect(page.get_by_role("button", name="Show")).to_have_count(0)

            page.goto("/en/")
            page.locator("header").get_by_role("link", name="Reserved area").click()
            log_in(page, "anna@example.org", "correct horse battery")

            expect(page).to_have_url(re.compile("/en/professionals/"))


def be(context, client, live_server) -> None:
    """Have the browser go on where a test client has got to."""
    context.clear_cookies()
    session = client.cookies["session"].value
    context.add_cookies([{"name": "session", "value": session, "url": live_server.url}])


class TestAccountPages:
    ANYBODY = [
        "login/", "register/", "confirm/", "confirm/done/", "confirm/dead/", "inactive/",
        "password-reset/", "password-reset/sent/", "password-reset/done/", "password-reset/1-dead/",
        "email/dead/", "deleted/",
    ]  # fmt: skip
    USER = [
        "", "password/", "password/set/", "professional/", "email/", "delete/", "sessions/",
        "logout/", "reauthenticate/", "second-factor/", "second-factor/totp/activate/",
        "second-factor/webauthn/", "second-factor/webauthn/add/",
    ]  # fmt: skip
    USER_WITH_FACTORS = [
        "", "second-factor/", "second-factor/reauthenticate/", "second-factor/totp/deactivate/",
        "second-factor/recovery-codes/", "second-factor/recovery-codes/generate/",
        "second-factor/webauthn/", "second-factor/webauthn/reauthenticate/",
        "second-factor/webauthn/keys/{passkey}/remove/",
        "second-factor/webauthn/keys/{passkey}/edit/",
    ]  # fmt: skip

    @pytest.fixture
    def look_at(self, page, context, language, scheme):
        """Check each of these pages of the account, itself and not one that stands before it."""
        context.expected_complaints += ["404", "403"]
        page.emulate_media(color_scheme=scheme)

        def look_at(paths):
            for path in paths:
                page.goto(f"/{language}/account/{path}")
                assert page.url.endswith(f"/{language}/account/{path}")
                assert_accessible(page)

        return look_at

    @pytest.mark.parametrize(("language", "scheme"), LANGUAGES_AND_SCHEMES)
    def test_are_accessible(self, page, context, live_server, look_at, language):
        # to anybody
        look_at(self.ANYBODY)

        # to somebody who has logged in, and written the password once more
        anna = make_user(email="anna@example.org", preferred_language=language)
        account = f"/{language}/account/"
        client = Client()
        steps.log_in(client, anna, at=f"{account}login/")
        client.post(f"{account}reauthenticate/", {"password": steps.PASSWORD})
        be(context, client, live_server)
        look_at(self.USER)

        # at the second step of the log-in
        _secret, codes = add_app(anna)
        passkey = add_passkey(anna)
        client = Client()
        steps.log_in(client, anna, at=f"{account}login/")
        be(context, client, live_server)
        look_at(["second-factor/authenticate/"])

        # and behind it
        client.post(f"{account}second-factor/authenticate/", {"code": codes[0]})
        client.post(f"{account}reauthenticate/", {"password": steps.PASSWORD})
        be(context, client, live_server)
        look_at(path.format(passkey=passkey.pk) for path in self.USER_WITH_FACTORS)


class TestSecondFactor:
    def test_is_required_set_up_as_a_passkey_and_then_enough_to_log_in(self, page, context):
        # given an editor of whom a second factor is required, and a device that makes passkeys
        make_editor(email="editor@example.org", preferred_language="en")
        AccountSettings.objects.update_or_create(pk=1, defaults={"require_second_factor": True})
        device = context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        device.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                    "hasUserVerification": True, "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )  # fmt: skip

        # when the editor logs in, then the way into the administration leads past its set-up
        page.goto("/admin/")
        log_in(page, "editor@example.org", "correct horse battery")
        expect(page.get_by_role("status")).to_contain_text("needs a second factor")
        assert_accessible(page)

        # when a passkey is added
        page.get_by_role("link", name="Add a passkey").click()
        page.get_by_label("Password", exact=True).fill("correct horse battery")
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Add a passkey")
        assert_accessible(page)
        page.get_by_role("button", name="Add").click()

        # then there are recovery codes, and the administration is open
        expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
        assert_accessible(page)
        page.goto("/admin/")
        expect(page.get_by_role("heading", name="Editorial desk")).to_be_visible()

        # when the editor comes again, then the passkey alone opens the door
        context.clear_cookies()
        page.goto("/en/account/login/?next=/admin/articles/article/")
        page.get_by_role("button", name="Log in with a passkey").click()
        page.wait_for_url(re.compile(r"^[^?]*/admin/articles/article/$"))

        # and when the session ends while something is written, it opens it there
        page.goto("/admin/articles/article/add/")
        Session.objects.all().delete()
        context.expected_complaints += ["401", "ERR_FAILED"]
        title = page.locator("#id_title_it")
        title.press_sequentially("Senza sessione")
        dialog = page.get_by_role("dialog", name="You are logged out")
        page.route("**/webauthn/login/", lambda route: route.abort(), times=1)
        dialog.get_by_role("button", name="Log in with a passkey").click()
        expect(dialog.get_by_role("alert")).to_contain_text("No passkey was used")
        dialog.get_by_role("button", name="Log in with a passkey").click()
        expect(page.locator("#draft-state")).to_contain_text("Draft kept")

        # after the password as well, and the words go on where they ended
        Session.objects.all().delete()
        page.evaluate("document.dispatchEvent(new Event('desk:logged-out'))")
        dialog.get_by_label("Password").fill("correct horse battery")
        dialog.get_by_label("Password").press("Enter")
        dialog.get_by_role("button", name="Use a passkey").click()
        expect(dialog).to_be_hidden()
        page.keyboard.type("!")
        expect(title).to_have_value("Senza sessione!")

        # and the one factor that is required stays
        page.goto("/en/account/second-factor/webauthn/")
        page.get_by_role("link", name="Remove").click()
        page.get_by_label("Password", exact=True).fill("correct horse battery")
        page.get_by_role("button", name="Confirm").click()
        context.expected_complaints.append("422")
        page.get_by_role("button", name="Remove").click()
        expect(page.locator(".error-summary")).to_contain_text("needs a second factor")
