"""Linking: articles and headings are found by their titles, and a reader follows them."""

import re

from playwright.sync_api import expect

from articles.models import RichText
from tests.browser.accessibility import assert_accessible
from tests.browser.test_editor_story import editor, switch  # noqa: F401  a fixture
from tests.factories import add_block, make_article, make_document, publish


class TestLinking:
    def test_by_title_by_address_and_by_keyboard_alone(self, page, context, editor):  # noqa: F811
        # given an article that is live, one that is not, and one that is being written
        live = make_article(english=False, title_it="Il melanoma", slug_it="melanoma", text=False)
        add_block(live, RichText, text_it="<h2>Sintomi</h2><p>x</p><h2>Cura</h2><p>x</p>")
        publish(live, "it")
        make_article(english=False, title_it="Il carcinoma", slug_it="carcinoma")
        article = make_article(english=False, slug_it="pagina", text=False)
        block = add_block(
            article,
            RichText,
            text_it="<p>Tumori da curare</p><h2>Fine<br>10<sup>-9</sup> M</h2>",
        )
        document = make_document(title="Opuscolo")
        page.goto(f"/admin/articles/article/{article.pk}/change/")
        text = page.locator('.form-row[data-language="it"] [contenteditable=true]')
        notes = page.locator(".link-notes li")
        dialog = page.locator("#link-dialog")
        search = dialog.get_by_role("searchbox")
        found = dialog.locator(".link-result:visible")

        def choose_last_word(word):
            """Choose the last word of the first paragraph, and wait until the editor knows it."""
            text.press("Control+Home")
            page.keyboard.press("End")
            page.keyboard.press("Control+Shift+ArrowLeft")
            page.wait_for_function(f"getSelection().toString() === '{word}'")

        # when the word at the cursor is to be a link, and a title is looked for
        text.press("Control+Home")
        page.keyboard.press("Control+k")
        expect(search).to_be_focused()
        page.keyboard.type("melan")
        expect(found).to_have_text(["Il melanoma"])
        expect(dialog.get_by_role("status")).to_have_text("Found: 1")

        # then its headings are one step further
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(found).to_have_text(["Il melanoma", "Sintomi", "Cura"])
        page.set_viewport_size({"width": 360, "height": 800})
        assert_accessible(page)
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(dialog).to_be_hidden()
        expect(text).to_be_focused()
        link = text.locator("a")
        expect(link).to_have_text("Tumori")
        expect(link).to_have_attribute("data-article", str(live.key))
        page.set_viewport_size({"width": 1280, "height": 900})

        # when it is to lead to what is not live
        page.keyboard.press("Control+k")
        expect(dialog).to_contain_text("It leads to “Il melanoma”.")
        page.keyboard.type("melan")
        expect(found).to_have_text(["Il melanoma"])
        page.keyboard.press("Control+a")
        page.keyboard.type("carcin")
        # before what was found is there
        page.keyboard.press("Enter")

        # then that is said under the text, until it leads elsewhere
        expect(notes).to_have_text([re.compile("“Tumori” leads to “Il carcinoma”, which is not")])
        page.keyboard.press("Control+k")
        page.keyboard.type("cura")
        expect(dialog.get_by_role("group", name="Headings of other articles")).to_be_visible()
        expect(found).to_have_text(["“Cura” in “Il melanoma”"])
        page.keyboard.press("Enter")
        expect(notes).to_have_count(0)

        # when an address leads nowhere, and when it is a person's
        choose_last_word("curare")
        block_tools = page.locator(".order-machine .inline-related:not(.empty-form)")
        block_tools.locator('[data-name="link"]:visible').click()
        page.keyboard.type("javascript:alert(1)")
        expect(dialog.get_by_role("status")).to_contain_text("leads nowhere for readers")
        page.keyboard.press("Enter")
        expect(dialog).to_be_visible()
        search.fill("-----")
        expect(dialog.get_by_role("status")).to_have_text(re.compile("No article, no heading"))
        expect(found).to_have_count(0)
        search.fill("tel:112")
        expect(found).to_have_text(["tel:112 Telephone number"])
        search.fill("info@example.org")
        page.keyboard.press("Enter")
        expect(link.nth(1)).to_have_attribute("href", "mailto:info@example.org")

        # when it is to lead to a file of the library
        page.keyboard.press("Control+k")
        expect(search).to_have_value("info@example.org")
        page.keyboard.type("opusc")
        expect(dialog.get_by_role("group", name="Files of the library")).to_be_visible()
        page.keyboard.press("Enter")
        expect(link.nth(1)).to_have_attribute("data-file", document.digest)

        # when a heading of the article itself is linked to, and then written anew
        text.press("Control+Home")
        page.keyboard.press("End")
        page.keyboard.type(" poi")
        choose_last_word("poi")
        page.keyboard.press("Control+k")
        expect(found).to_have_text(["Fine 10−9 M"])
        page.keyboard.press("Enter")
        expect(link.nth(2)).to_have_attribute("data-heading", f"{block.key}/fine-109-m")
        text.press("Control+End")
        page.keyboard.type("!s")
        expect(notes).to_have_text([re.compile("“poi” leads to a heading that is not here")])
        page.keyboard.press("Backspace")
        expect(notes).to_have_count(0)

        # then a reader follows them
        page.get_by_role("button", name="Publish in Italian").click()
        expect(page.locator(".messagelist .success")).to_contain_text("edition no. 1 is live")
        reader = context.new_page()
        reader.goto("/it/articoli/pagina/")
        reader.get_by_role("link", name="poi").click()
        expect(reader).to_have_url(re.compile("/pagina/#fine-109-m$"))
        expect(reader.get_by_role("link", name="curare")).to_have_attribute(
            "href", document.get_absolute_url()
        )
        reader.get_by_role("link", name="Tumori").click()
        expect(reader).to_have_url(re.compile("/melanoma/#cura$"))
