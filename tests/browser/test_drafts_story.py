"""What an editor goes through who loses the page, the connection and the session while writing."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Error, expect

from articles.models import Article, Draft
from immunoportal.languages import text_in
from tests.accounts.steps import code_of
from tests.browser.accessibility import assert_accessible
from tests.browser.test_editor_story import PASSWORD, add_block, log_in, write
from tests.factories import add_app, make_editor, make_image

COPIES = """() => new Promise(done => {
    indexedDB.open("drafts").onsuccess = ({ target: { result: database } }) => {
        const all = database.transaction("copies").objectStore("copies").getAll();
        all.onsuccess = () => { database.close(); done(all.result.map(copy => copy.text)); };
    };
})"""


def crash(page) -> None:
    """End a page as a power cut would: nothing of it runs any more."""
    with pytest.raises(Error):
        page.goto("chrome://crash")
    page.close()


TO_LOG_IN = {"Location": "/admin/login/"}


class TestLosing:
    def test_the_page_the_connection_and_the_session_loses_no_word(self, page, context):
        # given an editor with a second factor, who writes a new article
        user = make_editor(email="editor@example.org", preferred_language="en")
        log_in(page, user)
        secret, codes = add_app(user)
        context.expected_complaints += ["ERR_INTERNET_DISCONNECTED", "401 (Unauthorized)"]
        page.goto("/admin/articles/article/add/")
        page.locator("#id_title_it").press_sequentially("Mai salvato")
        write(add_block(page, "Text"), "it", "Parole che restano.")

        # when the page dies, after the server has been away for a while
        state = page.locator("#draft-state")
        expect(state).to_have_text(re.compile(r"^Draft kept \d\d:\d\d$"))
        context.set_offline(True)
        page.locator("#id_lead_it").press_sequentially(" Senza server.")
        expect(state).to_contain_text("no connection")
        crash(page)
        context.set_offline(False)

        # then the draft is offered, with what only the browser had, and fills the form
        page = context.new_page()
        context.expected_complaints.append("ERR_FAILED")
        page.route("**/drafts/keep/", lambda route: route.abort(), times=1)
        page.goto("/admin/articles/article/add/")
        offer = page.locator("#draft-offers")
        expect(offer).to_contain_text("is in this browser only")
        expect(offer).not_to_contain_text("is in this browser only", timeout=10_000)
        # where the session has ended, the form is not left for it
        page.route("**/discard/", lambda route: route.fulfill(status=302, headers=TO_LOG_IN))
        offer.get_by_role("button", name="Discard").click()
        expect(offer.get_by_role("alert")).to_contain_text("Nothing has changed")
        page.locator("#log-in-again").press("Escape")
        page.unroute("**/discard/")
        offer.get_by_role("button", name="Discard").click()
        expect(offer.get_by_role("alert")).to_have_count(0)
        offer.get_by_role("button", name="Take it back").click()
        offer.get_by_role("link", name="See what differs").click()
        expect(page.locator("ins").first).to_contain_text("Mai salvato")
        assert_accessible(page)
        page.get_by_role("link", name="Continue").click()
        expect(page.locator("#id_title_it")).to_have_value("Mai salvato")
        expect(page.locator("[contenteditable]").first).to_have_text("Parole che restano.")
        expect(page.locator("#id_lead_it")).to_have_value(" Senza server.")
        assert not Article.objects.exists()

        # when there is no connection
        state = page.locator("#draft-state")
        context.set_offline(True)
        page.locator("#id_lead_it").press_sequentially("Senza rete.")

        # then the browser has a copy, which is sent when there is one again
        expect(page.locator("#id_lead_it")).to_have_value("Senza rete. Senza server.")
        expect(state).to_contain_text("no connection")
        assert "Senza rete." in page.evaluate(COPIES)[0]
        context.set_offline(False)
        expect(state).to_contain_text("Draft kept")
        assert page.evaluate(COPIES) == []
        assert "Senza rete." in Draft.objects.open().get().data

        # when the session is gone
        Session.objects.all().delete()
        page.locator("#id_lead_it").press_sequentially(" Senza sessione.")

        # then the page asks for the log-in, of whom it is, and for the second step
        written = "Senza rete. Senza sessione. Senza server."
        expect(page.locator("#id_lead_it")).to_have_value(written)
        dialog = page.get_by_role("dialog", name="You are logged out")
        expect(dialog.get_by_label("Email address")).to_have_value(user.email)
        expect(dialog.get_by_label("Password")).to_be_focused()
        dialog.get_by_label("Password").fill(PASSWORD)
        assert_accessible(page)
        dialog.get_by_label("Password").press("Enter")

        # when what has begun is gone too, and the token with it, then it begins anew
        code = dialog.get_by_label("Code")
        code.wait_for()
        context.clear_cookies()
        context.expected_complaints += ["403 (Forbidden)", "422"]
        code.fill(codes[0])
        code.press("Enter")
        dialog.get_by_label("Password").fill(PASSWORD)
        dialog.get_by_label("Password").press("Enter")
        code.fill("12")
        code.press("Enter")
        expect(dialog.get_by_role("alert").first).to_contain_text("That is not right")

        # when the code of the app is right, then it goes on in the same field
        code.fill(code_of(secret))
        code.press("Enter")
        expect(dialog).to_be_hidden()
        expect(page.locator("#id_lead_it")).to_be_focused()
        expect(state).to_contain_text("Draft kept")

        # when it ends while pictures are looked for, then they are there afterwards
        Session.objects.all().delete()
        make_image(title="Umbrella")
        page.get_by_role("button", name="+ Add pictures").click()
        dialog.get_by_label("Password").fill(PASSWORD)
        dialog.get_by_label("Password").press("Enter")
        code.fill(codes[1])
        code.press("Enter")
        expect(page.get_by_role("button", name="Umbrella")).to_be_visible()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".messagelist .success")).to_contain_text("Saved")
        article = Article.objects.get()
        assert text_in(article, "lead", "it") == written
        assert not Draft.objects.open().exists()
