"""Citing: a source is pasted, cited from the toolbar, and found by a reader, there and back."""

import re

from playwright.sync_api import expect

from articles.models import RichText, Source
from tests.browser.accessibility import assert_accessible
from tests.browser.test_editor_story import editor, switch  # noqa: F401  a fixture
from tests.factories import add_block, add_source, make_article

RIS = (
    "TY  - JOUR\nAU  - Hodi, F. Stephen\nTI  - Improved survival\nJO  - N Engl J Med\n"
    "PY  - 2010\nDO  - 10.1056/NEJMoa1003466\nER  - \n"
)
HODI = "Hodi FS. Improved survival. N Engl J Med 2010."


class TestCiting:
    def test_from_a_pasted_record_to_the_reader_and_back(self, page, context, editor):  # noqa: F811
        # given an article with two texts and one source
        article = make_article(english=False, slug_it="studi")
        add_block(article, RichText, text_it="<p>Un altro testo.</p>")
        add_source(article, "Robert C. Ipilimumab plus dacarbazine. 2011.")
        page.goto(f"/admin/articles/article/{article.pk}/change/")
        texts = page.locator('.form-row[data-language="it"] [contenteditable=true]')
        expect(texts).to_have_count(2)

        def cite(number):
            texts.nth(number).press("Control+End")
            block = page.locator(".order-machine .inline-related:not(.empty-form)").nth(number)
            block.locator('[data-name="citation"]:visible').click()
            dialog = page.get_by_role("dialog", name="Cite a source")
            expect(dialog.get_by_role("searchbox")).to_be_focused()
            return dialog

        # when a record is pasted from within the dialog, and cited
        dialog = cite(1)
        dialog.locator(".citation-add > summary").press("Enter")
        expect(dialog.get_by_label("Records")).to_be_focused()
        dialog.get_by_label("Records").fill(f"{RIS}rubbish")
        dialog.get_by_role("button", name="Read").press("Enter")
        expect(dialog.get_by_role("alert").first).to_contain_text("Line 8: “rubbish”")
        expect(dialog.get_by_label("Citation", exact=True)).to_have_value(HODI)
        assert_accessible(page)
        dialog.get_by_role("button", name="Add to the article’s list").press("Enter")
        expect(dialog.get_by_role("status")).to_have_text("Now in the list of this article: 1")
        expect(dialog.get_by_role("checkbox", name=HODI)).to_be_checked()
        expect(dialog.get_by_role("button", name="Cite")).to_be_focused()
        page.keyboard.press("Enter")

        # then its row is in the list, to which the dialog is the one way
        row = page.locator("#citations-group .inline-related:not(.empty-form)").last
        expect(row.get_by_role("combobox").first).to_contain_text(HODI)
        expect(page.locator("#citations-group .add-row")).to_have_count(1)
        expect(page.locator("#citations-group .add-row")).to_be_hidden()

        # and its marker has a number, and another one before it moves it
        expect(dialog).to_be_hidden()
        marker = page.locator(".citation-marker")
        expect(marker).to_have_text("[1]")
        expect(texts.nth(1)).to_be_focused()
        dialog = cite(0)
        page.keyboard.type("robert")
        expect(dialog.get_by_role("checkbox")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(marker).to_have_text(["[1]", "[2]"])
        expect(dialog).to_be_hidden()
        expect(texts.nth(0)).to_be_focused()

        # when a marker is copied, blocks change places, and all is published
        # (ProseMirror takes what the keyboard selects in its own time, and copies nothing before.)
        marker.nth(1).click()
        expect(marker.nth(1)).to_have_class(re.compile("ProseMirror-selectednode"))
        page.keyboard.press("Control+c")
        texts.nth(0).press("Control+End")
        texts.nth(0).press("Control+v")
        expect(marker).to_have_text(["[1]", "[2]", "[2]"])
        texts.nth(0).press("Backspace")
        expect(marker).to_have_text(["[1]", "[2]"])
        texts.nth(0).press("Control+v")
        first = page.locator(".order-machine .inline-related:not(.empty-form)").first
        first.get_by_role("button", name="Move down").click()
        expect(marker).to_have_text(["[2]", "[1]", "[1]"])
        first.get_by_role("button", name="Move up").click()
        first.locator(".desk-remove").click()
        expect(marker.last).to_have_text("[1]")
        first.locator(".desk-undo").click()
        expect(marker).to_have_text(["[1]", "[2]", "[2]"])
        page.get_by_role("button", name="Publish in Italian").click()
        expect(page.locator(".messagelist .success")).to_contain_text("edition no. 1 is live")
        expect(marker).to_have_text(["[1]", "[2]", "[2]"])
        assert Source.objects.get(citation=HODI).doi == "10.1056/nejmoa1003466"

        # then a reader follows the number to the source, and comes back
        reader = context.new_page()
        reader.goto("/it/articoli/studi/")
        expect(reader.locator(".cited")).to_have_text(["[1, 2]", "[2]"])
        reader.get_by_label("Fonte 2", exact=True).last.click()
        expect(reader).to_have_url(re.compile("#r2$"))
        expect(reader.locator("#r2")).to_contain_text("doi:10.1056/nejmoa1003466")
        reader.get_by_label("Torna alla fonte 2 nel testo, b").click()
        expect(reader.locator(":target")).to_have_text("2")
        assert_accessible(reader)
        page.goto("/admin/articles/source/paste/")
        assert_accessible(page)
