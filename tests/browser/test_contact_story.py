"""What a visitor goes through who writes to the publisher: with a dialog, or without."""

import re

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from contact import spam
from contact.models import ContactSettings, Message
from immunoportal.mail.ledger import Mail
from tests.browser.accessibility import LANGUAGES_AND_SCHEMES, assert_accessible

LANGUAGES = {
    "it": {
        "home": "/it/", "page": "/it/contatti/", "link": "Contatti", "close": "Chiudi",
        "send": "Invia", "missing": "Scriva il suo nome.",
        "received": "Abbiamo ricevuto il suo messaggio",
    },
    "en": {
        "home": "/en/", "page": "/en/contact/", "link": "Contact", "close": "Close",
        "send": "Send", "missing": "Please write your name.",
        "received": "We have received your message",
    },
}  # fmt: skip
IT, EN = LANGUAGES.values()


@pytest.fixture(autouse=True)
def _recipients(settings, db):
    settings.CONTACT_RECIPIENTS = ["desk@example.org"]


def header_link(page, name="Contact"):
    return page.locator("header").get_by_role("link", name=name, exact=True)


def open_dialog(page, words=EN):
    page.goto(words["home"])
    header_link(page, words["link"]).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("form")).to_be_visible()
    return dialog


def fill_in(form, **changes):
    typed = {"name": "Anna Bianchi", "email": "anna@example.org", "text": "Una domanda."} | changes
    for name, value in typed.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("[name=subject]").select_option(index=1)


@pytest.fixture
def take_time(live_server):
    """Let as much time go by as somebody needs who reads and writes."""
    with time_machine.travel(timezone.now()) as clock:
        yield lambda: clock.shift(spam.MIN_SECONDS + 0.1)


class TestDialog:
    def test_opens_over_the_page_and_gives_the_focus_back(self, page):
        # when the link is followed
        dialog = open_dialog(page, IT)

        # then the page stays, and the focus is on the heading of the dialog
        assert page.url.endswith(IT["home"])
        expect(dialog.get_by_role("heading", level=1)).to_be_focused()
        expect(dialog).to_have_accessible_name(IT["link"])

        # when Esc is pressed, then it is gone, and the focus is back
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(header_link(page, IT["link"])).to_be_focused()

        # when it is opened with the keyboard and closed with its button
        page.keyboard.press("Enter")
        page.get_by_role("dialog").get_by_role("button", name=IT["close"]).click()

        # then likewise
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(header_link(page, IT["link"])).to_be_focused()

        # when something is typed before it is closed and opened again, then it is kept
        page.keyboard.press("Enter")
        fill_in(dialog, text="Una lunga storia.")
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        header_link(page, IT["link"]).click()
        expect(dialog.locator("[name=text]")).to_have_value("Una lunga storia.")

    def test_keeps_the_focus_inside(self, page):
        dialog = open_dialog(page)
        stops = dialog.locator(
            "a[href], button, input:not([type=hidden]):not([tabindex='-1']), select, textarea"
        ).count()
        seen = set()

        for key in ["Tab"] * (stops + 3) + ["Shift+Tab"] * (stops + 3):
            page.keyboard.press(key)
            where = page.evaluate(
                "document.activeElement.closest('dialog') ? document.activeElement.outerHTML"
                " : document.activeElement.tagName"
            )
            # Between the last stop and the first lies the browser's own bar, never the page.
            assert where == "BODY" or where.startswith("<"), where
            seen.add(where)

        assert (
            len([where for where in seen if not where.startswith(("BODY", "<h1", "<dialog"))])
            == stops
        )

    @pytest.mark.parametrize(("language", "scheme"), LANGUAGES_AND_SCHEMES)
    def test_is_accessible_empty_with_faults_and_answered(self, context, page, language, scheme):
        words = LANGUAGES[language]
        context.expected_complaints.append("422")
        page.emulate_media(color_scheme=scheme)
        dialog = open_dialog(page, words)
        assert_accessible(page)

        dialog.get_by_role("button", name=words["send"]).click()
        expect(dialog.get_by_role("alert")).to_be_focused()
        assert_accessible(page)

        fill_in(dialog)
        dialog.get_by_role("button", name=words["send"]).click()
        expect(dialog.get_by_role("heading", level=1)).to_have_text(words["received"])
        assert_accessible(page)

    def test_is_opened_by_a_click_alone_and_not_over_the_contact_page_itself(self, context, page):
        page.goto("/en/")

        # with a key held, the browser has its way
        with context.expect_page() as opened:
            header_link(page).click(modifiers=["Control"])
        opened.value.wait_for_load_state()
        assert opened.value.url.endswith("/en/contact/")
        expect(page.locator("dialog[open]")).to_have_count(0)

        # several clicks are one
        header_link(page).click(click_count=3)
        expect(page.get_by_role("dialog").locator("form")).to_be_visible()
        page.wait_for_load_state("networkidle")
        expect(page.locator("dialog")).to_have_count(1)

        # the footer's link opens it too
        page.keyboard.press("Escape")
        page.locator("footer").get_by_role("link", name="Contact").click()
        expect(page.get_by_role("dialog").locator("form")).to_be_visible()

        page.goto("/en/contact/")
        header_link(page).click()
        expect(page.locator("main form")).to_be_visible()
        expect(page.locator("dialog[open]")).to_have_count(0)

    def test_leads_to_the_page_where_it_cannot_be_fetched(self, context, page):
        context.expected_complaints.append("ERR_FAILED")
        page.goto("/en/")
        page.route(
            "**/en/contact/",
            lambda route: (
                route.abort() if route.request.resource_type == "fetch" else route.continue_()
            ),
        )

        header_link(page).click()

        expect(page).to_have_url(re.compile("/en/contact/$"))
        expect(page.locator("main form")).to_be_visible()

    def test_fits_the_screen(self, context, page):
        context.expected_complaints.append("422")
        dialog = open_dialog(page, IT)

        for _state in ("empty", "with faults"):
            for width in (768, 320):
                page.set_viewport_size({"width": width, "height": 600})
                overflow = dialog.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth")
                widest = page.evaluate("document.documentElement.scrollWidth")
                box = dialog.bounding_box()
                assert (overflow, widest <= width) == (0, True)
                assert box["x"] >= 0
                assert box["x"] + box["width"] <= width
                assert box["y"] + box["height"] <= 600
            dialog.get_by_role("button", name=IT["send"]).click()
            expect(dialog.get_by_role("alert")).to_be_visible()


class TestWriting:
    def test_in_the_dialog_ends_with_a_number_that_is_true(
        self, context, page, live_server, take_time
    ):
        # given a form that somebody has taken time for
        sent = []
        page.on("request", lambda request: sent.append(request))
        dialog = open_dialog(page)
        fill_in(dialog, text="Prima riga.\n\nSeconda: è 💉")
        take_time()

        # when it is sent, with a double click
        dialog.get_by_role("button", name=EN["send"]).dblclick()

        # then the dialog shows the number of what is stored
        expect(dialog.get_by_role("heading", level=1)).to_have_text(EN["received"])
        expect(dialog.get_by_role("heading", level=1)).to_be_focused()
        message = Message.objects.get()
        expect(dialog.locator("strong")).to_have_text(message.number)
        assert (message.text, message.state) == ("Prima riga.\n\nSeconda: è 💉", "new")
        assert [row.recipient for row in Mail.objects.all()] == ["desk@example.org"]
        assert page.url.endswith(EN["home"])

        # and it was sent once, and nobody else was asked, and no cookie set
        page.wait_for_load_state("networkidle")
        assert [request.method for request in sent].count("POST") == 1
        assert Message.objects.count() == 1
        assert all(request.url.startswith(live_server.url) for request in sent)
        assert context.cookies() == []

    def test_with_faults_says_so_in_the_dialog_and_keeps_the_text(self, context, page):
        # given a form without a name
        context.expected_complaints.append("422")
        dialog = open_dialog(page, IT)
        fill_in(dialog, name="", text="Una lunga storia.")

        # when it is sent
        dialog.get_by_role("button", name=IT["send"]).click()

        # then the fault is told and leads to its field, and the text is there
        alert = dialog.get_by_role("alert")
        expect(alert).to_contain_text(IT["missing"])
        expect(alert).to_be_focused()
        expect(dialog.locator("[name=text]")).to_have_value("Una lunga storia.")
        alert.get_by_role("link", name=IT["missing"]).click()
        expect(dialog.locator("[name=name]")).to_be_focused()
        assert not Message.objects.exists()

        # when it is mended and sent, then it is received
        page.keyboard.type("Anna")
        dialog.get_by_role("button", name=IT["send"]).click()
        expect(dialog.get_by_role("heading", level=1)).to_have_text(IT["received"])
        assert Message.objects.get().name == "Anna"

    def test_while_nobody_answers_keeps_the_text_and_says_so(self, context, page, take_time):
        # given a line that is dead when the form is sent
        context.expected_complaints += ["ERR_FAILED", "502"]
        answers = [
            lambda route: route.abort(),
            lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"),
            lambda route: route.fulfill(status=200, body="Log in to the hotel's Wi-Fi"),
        ]
        dialog = open_dialog(page)
        fill_in(dialog, text="Una lunga storia.")
        take_time()
        button = dialog.get_by_role("button", name="Send")

        # when it is sent, and again, and again
        for answer in answers:
            page.route("**/en/contact/", answer)
            with page.expect_request("**/en/contact/"):
                button.click()
            expect(button).to_be_enabled()
            page.unroute("**/en/contact/")

            # then that is said, once, and the text is kept
            expect(dialog.get_by_role("alert")).to_have_count(1)
            expect(dialog.get_by_role("alert")).to_contain_text("It could not be sent")
            expect(dialog.get_by_role("alert")).to_be_focused()
            expect(dialog.locator("[name=text]")).to_have_value("Una lunga storia.")
        assert_accessible(page)
        assert not Message.objects.exists()

        # when the line is back, then it is received
        button.click()
        expect(dialog.get_by_role("heading", level=1)).to_have_text("We have received your message")
        assert Message.objects.get().text == "Una lunga storia."


class TestPage:
    def test_works_without_javascript(self, browser, live_server, take_time):
        # given a browser without JavaScript
        context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
        page = context.new_page()
        page.goto(EN["home"])

        # when the link is followed and the form sent with a fault
        header_link(page, EN["link"]).click()
        expect(page).to_have_url(re.compile(f"{EN['page']}$"))
        fill_in(page.locator("main"), name="", text="Una lunga storia.")
        take_time()
        page.get_by_role("button", name=EN["send"]).click()

        # then the page tells, and keeps the text
        expect(page.get_by_role("alert")).to_contain_text(EN["missing"])
        expect(page.locator("[name=text]")).to_have_value("Una lunga storia.")

        # when it is mended, then the number is shown, and a reload sends nothing
        page.locator("[name=name]").fill("Anna")
        page.get_by_role("button", name=EN["send"]).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(EN["received"])
        page.reload()
        message = Message.objects.get()
        assert page.locator("main strong").inner_text() == message.number
        assert (message.text, message.state) == ("Una lunga storia.", "new")
        context.close()

    @pytest.mark.parametrize(("language", "scheme"), LANGUAGES_AND_SCHEMES)
    def test_is_accessible_with_faults_and_answered(self, context, page, language, scheme):
        words = LANGUAGES[language]
        context.expected_complaints.append("422")
        ContactSettings.objects.update(offer_copy=True)
        page.emulate_media(color_scheme=scheme)
        page.goto(words["page"])

        page.get_by_role("button", name=words["send"]).click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert_accessible(page)

        fill_in(page.locator("main"))
        page.get_by_role("button", name=words["send"]).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(words["received"])
        assert_accessible(page)

        page.goto(f"/{language}/privacy/")
        assert_accessible(page)

    def test_fits_the_screen(self, context, page):
        def assert_fits():
            for width in (768, 320):
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate("document.documentElement.scrollWidth") <= width

        context.expected_complaints.append("422")
        page.goto(IT["page"])
        assert_fits()

        fill_in(page.locator("main"), name="x" * 101, text="y" * 5001)
        page.get_by_role("button", name=IT["send"]).click()

        expect(page.get_by_role("alert")).to_be_visible()
        assert_fits()
        assert not Message.objects.exists()
