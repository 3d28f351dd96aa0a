"""What an editor does, from the log-in to the correction of a live page."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from articles.models import Article, Edition, RichText
from articles.models import Image as LibraryImage
from immunoportal.languages import text_in
from tests.browser.accessibility import assert_accessible
from tests.factories import add_block as make_block
from tests.factories import add_figure, make_article, make_editor, make_topic, publish

PASSWORD = "correct horse battery"


def png(colour) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (900, 600), colour).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def editor(page, db):
    """An editor who has logged in through the form."""
    user = make_editor(
        email="editor@example.org", first_name="Elena", last_name="Rossi", preferred_language="en"
    )
    log_in(page, user)
    return user


def log_in(page, user):
    page.goto("/admin/")
    page.get_by_label("Email address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="Editorial desk")).to_be_visible()


def add_block(page, name):
    """Add a block at the end of the article and return it."""
    blocks = page.locator(".order-machine .inline-related:not(.empty-form)")
    before = blocks.count()
    page.locator(".desk-add").get_by_role("button", name=name).click()
    expect(blocks).to_have_count(before + 1)
    return blocks.last


def write(block, language, text):
    """Type into the text editor of a block."""
    row = block.locator(f'.form-row[data-language="{language}"]')
    field = row.locator("[contenteditable=true]")
    field.click()
    field.press_sequentially(text)


def upload(page, block, title, colour):
    """Upload a picture from within a figure."""
    block.get_by_role("button", name="Upload a picture").click()
    page.get_by_role("dialog").get_by_label("choose files").set_input_files(
        {"name": f"{title}.png", "mimeType": "image/png", "buffer": png(colour)}
    )
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(block.locator("img.thumbnail")).to_be_visible()


def switch(page, label):
    page.locator(".language-switch").get_by_role("button", name=label).click()


class TestWritingAnArticle:
    def test_from_an_empty_form_to_two_live_pages_that_are_then_corrected(
        self, page, context, editor
    ):
        # given an article with two pictures, written in Italian and in English
        page.goto("/admin/articles/article/add/")
        page.locator("#id_title_it").fill("Effetti collaterali")
        page.locator("#id_lead_it").fill("Che cosa tenere d’occhio.")
        switch(page, "English")
        page.locator("#id_title_en").fill("Side effects")
        page.locator("#id_lead_en").fill("What to watch for.")
        switch(page, "IT + EN")
        text = add_block(page, "Text")
        write(text, "it", "Chiami il suo oncologo.")
        write(text, "en", "Call your oncologist.")
        for title, colour in {"First": "teal", "Second": "coral"}.items():
            figure = add_block(page, "Figure")
            upload(page, figure, title, colour)
            figure.locator('[name$="alternative_text_it"]').fill(f"Figura {title}")
            figure.locator('[name$="alternative_text_en"]').fill(f"Picture {title}")
        page.get_by_role("button", name="Add another Byline").click()
        with page.expect_popup() as popup:
            page.locator("#add_id_bylines-0-contributor").click()
        popup.value.locator("#id_name_it").fill("Anna Bianchi")
        with popup.value.expect_event("close"):
            popup.value.get_by_role("button", name="Save", exact=True).click()

        # when Italian alone is published
        page.get_by_role("button", name="Publish in Italian").click()

        # then readers of Italian have it, and English does not know it
        expect(page.locator(".messagelist .success")).to_contain_text(
            "Published in Italian: edition no. 1"
        )
        assert LibraryImage.objects.count() == 2
        reader = context.new_page()
        reader.goto("/it/articoli/effetti-collaterali/")
        expect(reader.get_by_role("heading", level=1)).to_have_text("Effetti collaterali")
        expect(reader.get_by_role("img", name="Figura Second")).to_be_attached()
        expect(reader.locator("link[hreflang=en]")).to_have_count(0)
        context.expected_complaints.append("404")
        assert reader.goto("/en/articles/side-effects/").status == 404
        reader.goto("/en/")
        expect(reader.locator("body")).not_to_contain_text("Side effects")
        context.expected_complaints.clear()
        context.expected_complaints.append("/en/articles/side-effects/")

        # when English is published too
        page.get_by_role("button", name="Publish in English").click()

        # then both pages lead to one another
        expect(page.locator(".messagelist .success")).to_contain_text(
            "Published in English: edition no. 1"
        )
        reader.goto("/it/articoli/effetti-collaterali/")
        reader.get_by_role("link", name="English version").click()
        expect(reader.get_by_role("heading", level=1)).to_have_text("Side effects")
        expect(reader.get_by_text("Call your oncologist.")).to_be_visible()
        reader.get_by_role("link", name="versione italiana").click()
        expect(reader).to_have_url(
            f"{reader.url.split('/it/')[0]}/it/articoli/effetti-collaterali/"
        )
        assert_accessible(reader)

        # when the text is changed and saved
        page.locator("#id_lead_it").fill("Che cosa dire subito.")
        page.get_by_role("button", name="Save", exact=True).click()

        # then the live page is what it was, and the state says so
        expect(page.locator(".messagelist .success")).to_contain_text("Saved")
        expect(page.locator(".publication")).to_contain_text(
            "live, no. 1, with unpublished changes"
        )
        reader.reload()
        expect(reader.get_by_text("Che cosa tenere d’occhio.")).to_be_visible()

        # when it is published
        page.locator("#note-it").fill("Più chiaro")
        page.get_by_role("button", name="Publish in Italian").click()

        # then readers see the change, and the history tells of it
        expect(page.locator(".messagelist .success")).to_contain_text("edition no. 2 is live")
        reader.reload()
        expect(reader.get_by_text("Che cosa dire subito.")).to_be_visible()
        page.get_by_role("link", name="History").click()
        expect(page.locator("#editions")).to_contain_text("Più chiaro")
        expect(page.locator("#editions")).to_contain_text("Elena Rossi")

    def test_the_address_is_proposed_from_the_title_of_each_language(self, page, editor):
        page.goto("/admin/articles/article/add/")
        switch(page, "IT + EN")

        page.locator("#id_title_it").press_sequentially("Perché la città è così?")
        page.locator("#id_title_en").press_sequentially("Why so?")

        expect(page.locator("#id_slug_it")).to_have_value("perche-la-citta-e-cosi")
        expect(page.locator("#id_slug_en")).to_have_value("why-so")

    def test_a_refusal_leads_to_each_field_that_is_missing(self, page, editor):
        article = make_article(lead_en="", title_it="Incompleto")
        add_figure(article, alternative_text_en="")
        page.goto(f"/admin/articles/article/{article.pk}/change/")

        page.get_by_role("button", name="Publish in English").click()

        refusal = page.locator(".messagelist .error")
        expect(refusal).to_contain_text("Saved, but not published")
        refusal.get_by_role("link", name="alternative text").click()
        expect(page.locator('[name$="-0-alternative_text_en"]')).to_be_focused()
        refusal.get_by_role("link", name="lead").click()
        expect(page.locator("#id_lead_en")).to_be_focused()
        assert not Edition.objects.exists()


class TestPreview:
    def test_shows_what_is_typed_and_keeps_nothing(self, page, editor):
        article = make_article(title_en="As it was")
        page.goto(f"/admin/articles/article/{article.pk}/change/")
        switch(page, "English")
        page.locator("#id_title_en").fill("As it will be")

        with page.expect_popup() as popup:
            page.get_by_role("button", name="Preview in English").click()

        preview = popup.value
        expect(preview.get_by_role("heading", level=1)).to_have_text("As it will be")
        expect(preview.get_by_role("status")).to_contain_text("not published")
        assert text_in(Article.objects.get(), "title", "en") == "As it was"
        expect(page.locator("#id_title_en")).to_have_value("As it will be")


class TestTwoEditors:
    def test_the_second_one_is_told_and_loses_nothing(self, page, context, editor):
        # given two windows with the same article
        article = make_article(title_it="Titolo")
        first, second = page, context.new_page()
        for window in (first, second):
            window.goto(f"/admin/articles/article/{article.pk}/change/")

        # when both save
        first.locator("#id_title_it").fill("Il titolo di Elena")
        first.locator("#id_lead_it").fill("Di Elena.")
        first.get_by_role("button", name="Save", exact=True).click()
        expect(first.locator(".messagelist .success")).to_be_visible()
        second.locator("#id_title_it").fill("Il mio titolo")
        second.locator("#id_title_en").evaluate("field => (field.value = 'A title')")
        second.get_by_role("button", name="Save", exact=True).click()

        # then the second one is told, and asked about what both have changed, and nothing else
        expect(second.locator(".errorlist").first).to_contain_text("Elena Rossi saved this article")
        expect(second.locator("#id_title_it")).to_have_value("Il mio titolo")
        expect(second.locator("#id_lead_it")).to_have_value("Di Elena.")
        question = second.get_by_role("group", name="Title in Italian")
        expect(question.locator("mark")).to_have_text(["mio", "di Elena"])
        assert_accessible(second)
        article.refresh_from_db()
        assert text_in(article, "title", "it") == "Il titolo di Elena"

        # and nobody's words are lost
        question.get_by_label("Yours stays").check()
        second.get_by_role("button", name="Save", exact=True).click()
        expect(second.locator(".messagelist .success")).to_be_visible()
        article.refresh_from_db()
        assert text_in(article, "title", "it") == "Il mio titolo"
        assert text_in(article, "title", "en") == "A title"
        assert text_in(article, "lead", "it") == "Di Elena."


class TestBlocksAtAGlance:
    def test_are_put_in_order_removed_and_brought_back_by_the_keyboard_alone(
        self, page, context, editor
    ):
        # given an article of three blocks, folded, that somebody else has open too
        article = make_article(text=False)
        for number, word in enumerate(("Primo", "Secondo"), 1):
            words = {"text_it": f"<p>{word} testo.</p>", "ordering": number * 10}
            make_block(article, RichText, **words)
        add_figure(article, ordering=30, alternative_text_it="Un ombrello")
        address = f"/admin/articles/article/{article.pk}/change/"
        page.goto(address)
        page.locator(".collapse-items").click()
        first, second, figure = page.locator(".order-machine .has_original").all()
        other = context.new_page()

        # then each says what is in it
        expect(first.locator("> h3")).to_contain_text("Primo testo.")
        expect(figure.locator("> h3 img")).to_be_visible()
        expect(figure.locator("> h3")).to_contain_text("Un ombrello")

        # when the outline leads to the second one, and that is moved up
        outline = page.get_by_role("navigation", name="Outline")
        outline.locator("summary").press("Enter")
        outline.get_by_role("button", name="Secondo testo.").press("Enter")
        fold = second.get_by_role("button", name="Text")
        expect(fold).to_be_focused()
        page.keyboard.press("Alt+Shift+ArrowUp")

        # then it keeps the focus, and what has happened is said
        expect(fold).to_be_focused()
        expect(page.get_by_role("status").filter(has_text="Now in place 1 of 3.")).to_be_attached()
        expect(outline.locator("li").first).to_contain_text("Secondo testo.")

        # when it is unfolded and a word of it becomes a link
        fold.press("Enter")
        text = second.locator(".translated:visible [contenteditable=true]")
        text.press("Control+Home")
        page.keyboard.press("Control+k")
        dialog = page.locator("dialog[open]")
        dialog.get_by_role("searchbox").fill("https://www.aifa.gov.it")
        dialog.get_by_role("searchbox").press("Enter")

        # then whoever opens the article is told who is at work; and oneself, that it is oneself
        other.goto(address)
        expect(other.locator("#desk-writers")).to_have_text(
            "You are writing in this article in another tab too."
        )
        # a duplicated tab takes a name of its own, though it was given that of the first one
        with context.expect_page() as opened:
            page.evaluate("window.open(location.href)")
        name = page.evaluate("sessionStorage.getItem('desk-tab')")
        opened.value.wait_for_function(
            "name => ![null, name].includes(sessionStorage.getItem('desk-tab'))", arg=name
        )
        assert page.evaluate("sessionStorage.getItem('desk-tab')") == name
        opened.value.close()
        page.bring_to_front()
        page.wait_for_function("document.visibilityState === 'visible' && document.hasFocus()")

        # when a stored block and a new one are removed, and each is brought back or not
        first.get_by_role("button", name="Remove").press("Enter")
        undo = first.get_by_role("button", name="Undo")
        expect(undo).to_be_focused()
        expect(first).to_contain_text("Removed: Text: Primo testo.")
        add_block(page, "Text")
        added = page.locator(".order-machine .dynamic-articles_richtext_set:not(.has_original)")
        expect(added.locator("[contenteditable=true]").first).to_be_focused()
        page.keyboard.type("Terzo testo.")
        added.get_by_role("button", name="Remove").press("Enter")
        expect(added).to_contain_text("Removed: Text: Terzo testo.")
        page.keyboard.press("Enter")
        expect(added.get_by_role("button", name="Remove")).to_be_focused()
        figure.get_by_role("button", name="Remove").press("Enter")
        outline.locator("summary").press("Enter")
        expect(outline.locator("li")).to_have_count(2)
        # From the top, where nothing lies under the line that stays in sight.
        page.evaluate("scrollTo(0, 0)")
        assert_accessible(page)

        # then what was removed goes with the save, and nothing else
        page.keyboard.press("Control+s")
        expect(page.locator(".messagelist .success")).to_be_visible()
        linked, new = [text_in(row, "text", "it") for row in article.articles_richtext_set.all()]
        assert re.fullmatch(
            r'<p><a href="https://www.aifa.gov.it".*>Secondo</a> testo.</p>', linked
        )
        assert new == "<p>Terzo testo.</p>"
        assert not article.articles_figure_set.exists()

        # and whoever has left is not at work any more
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.locator("#id_lead_it").focus()
        expect(page.locator("#desk-writers")).to_be_empty()
        page.close()
        other.reload()
        expect(other.locator("#desk-writers")).to_be_empty()


class TestWithdrawing:
    def test_asks_first_and_then_the_page_is_gone(self, page, context, editor):
        article = make_article(slug_it="via", title_it="Via")
        publish(article)
        page.goto(f"/admin/articles/article/{article.pk}/change/")

        page.get_by_role("link", name="Withdraw").first.click()
        page.get_by_label("Why?").fill("Superato")
        page.get_by_role("button", name="Withdraw in Italian").click()

        expect(page.locator(".messagelist .success")).to_contain_text("Withdrawn in Italian")
        expect(page.locator(".publication")).to_contain_text("withdrawn")
        context.expected_complaints.append("/it/articoli/via/")
        assert context.new_page().goto("/it/articoli/via/").status == 404


class TestFirstLogIn:
    def test_with_the_printed_password_asks_for_another_one(self, page):
        user = make_editor(email="first@example.org", preferred_language="en")
        user.password_is_temporary = True
        user.save()
        page.goto("/admin/articles/article/")
        page.get_by_label("Email address").fill(user.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()

        expect(page.get_by_role("status")).to_contain_text("Choose your own to go on")
        page.get_by_label("Your current password").fill(PASSWORD)
        page.get_by_label("New password").fill("a long sentence of mine")
        page.get_by_role("button", name="Set the new password").click()
        expect(page).not_to_have_url(re.compile("/password/"))
        page.goto("/admin/articles/article/")

        expect(page.get_by_role("heading", name="Articles", level=1)).to_be_visible()


class TestAccessibility:
    def test_of_the_admin_pages_that_are_ours(self, page, editor):
        article = make_article()
        add_figure(article)
        publish(article)

        for path in (
            "/admin/articles/article/",
            f"/admin/articles/article/{article.pk}/change/",
            f"/admin/articles/article/{article.pk}/history/",
            f"/admin/articles/article/{article.pk}/withdraw/it/",
            "/admin/articles/image/",
            "/admin/articles/image/add/",
        ):
            page.goto(path)
            page.wait_for_load_state("networkidle")
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert_accessible(page)

    def test_of_the_first_page_and_a_list_on_a_phone_and_on_a_desk(self, page, editor):
        article = make_article(topic=make_topic())
        publish(article, "it", by=editor)
        for path in ("/admin/", "/admin/articles/article/?audience__exact=public"):
            page.goto(path)
            for width, scheme in ((360, "dark"), (1280, "light")):
                page.set_viewport_size({"width": width, "height": 800})
                page.emulate_media(color_scheme=scheme)
                assert page.evaluate("document.documentElement.scrollWidth") == width
                assert_accessible(page)
