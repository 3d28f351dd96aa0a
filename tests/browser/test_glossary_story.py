"""A hard word is explained where it stands."""

import re

from playwright.sync_api import expect

from articles.models import RichText, Term
from tests.browser.accessibility import assert_accessible
from tests.factories import add_block, make_article, publish

ARTICLE = "/it/articoli/pagina/"


class TestTerm:
    def test_opens_in_its_place_and_leads_on_without_a_script(
        self, page, context, browser, live_server
    ):
        # given an article with two hard words
        for term in ("colite", "febbre"):
            Term.objects.create(term_it=term, definition_it=f"Che cosa <b>{term}</b> significa.")
        article = make_article(english=False, slug_it="pagina", text=False)
        add_block(article, RichText, text_it="<p>Una colite e la febbre.</p><p>Altro.</p>")
        publish(article, "it")
        page.set_viewport_size({"width": 360, "height": 640})
        page.goto(f"{live_server.url}{ARTICLE}")
        first = page.get_by_role("link", name="colite")
        note = page.get_by_role("dialog")

        # when it is opened by keyboard
        first.focus()
        page.keyboard.press("Enter")

        # then its meaning is read, and what stands there can be reached
        expect(note).to_be_focused()
        expect(note).to_have_accessible_name("colite")
        expect(note).to_have_accessible_description("Che cosa <b>colite</b> significa.")
        expect(first).to_have_attribute("aria-expanded", "true")
        assert_accessible(page)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Altro nel glossario")).to_be_focused()
        page.keyboard.press("Escape")
        expect(note).to_be_hidden()
        expect(first).to_be_focused()
        expect(first).to_have_attribute("aria-expanded", "false")

        # when it is opened by hand, and then the other one
        first.click()
        expect(note).to_be_visible()
        first.click()
        expect(note).to_be_hidden()
        first.click()
        page.get_by_role("link", name="febbre").click()

        # then one is open at a time, until it is closed
        expect(note).to_have_accessible_name("febbre")
        expect(first).to_have_attribute("aria-expanded", "false")
        note.get_by_role("button", name="Chiudi").click()
        expect(note).to_be_hidden()
        expect(page.get_by_role("link", name="febbre")).to_be_focused()

        # when the meaning does not come
        context.expected_complaints.append("net::ERR_FAILED")
        page.route("**/glossario/*/", lambda route: route.abort(), times=1)
        page.reload()
        first.click()

        # then the link leads to the page of the term
        expect(page).to_have_url(re.compile("/it/glossario/colite/$"))
        assert_accessible(page)
        page.goto(f"{live_server.url}/it/glossario/")
        assert_accessible(page)

        # and so it does without a script
        without_script = browser.new_context(java_script_enabled=False)
        plain = without_script.new_page()
        plain.goto(f"{live_server.url}{ARTICLE}")
        plain.get_by_role("link", name="colite").click()
        expect(plain.get_by_role("heading", level=1)).to_have_text("colite")
        without_script.close()
