"""What an editor does, from the log-in to the correction of a live page."""

import io
import re
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext, pgettext
from PIL import Image
from playwright.sync_api import expect

from articles import launch_content
from articles.models import Article, Edition, RichText, Source
from articles.models import Image as LibraryImage
from immunoportal.languages import codes, phrase, text_in
from tests.browser.accessibility import assert_accessible
from tests.browser.guide import TAKES, Album
from tests.browser.pasted_page import paste
from tests.factories import add_block as make_block
from tests.factories import (
    add_figure,
    make_article,
    make_contributor,
    make_document,
    make_editor,
    make_image,
    make_message,
    make_recording,
    make_registration,
    make_topic,
    publish,
)

PASSWORD = "correct horse battery"
ILLUSTRATIONS = Path(launch_content.__file__).parent / "launch/illustrations"
RIS = (
    "TY  - JOUR\nAU  - Hodi, F. Stephen\nTI  - Improved survival\nJO  - N Engl J Med\n"
    "PY  - 2010\nDO  - 10.1056/NEJMoa1003466\nER  - \n"
)

# What the guide shows of the library, and of the clipboard of a word processor.
IN_GUIDE = {
    "it": {
        "article": "Come funziona la terapia",
        "file": "Guida per i pazienti",
        "video": "Un colloquio con il medico",
        "copied": "<h2>Quando chiamare</h2><ul><li>se la temperatura supera i <b>38 °C</b></li>"
        "<li>se ha più di tre scariche al giorno</li></ul>"
        "<p style='color: #c00000'>Anche di notte.<img src='file:///x.png'></p>",
    },
    "en": {
        "article": "How the therapy works",
        "file": "A guide for patients",
        "video": "A talk with the doctor",
        "copied": "<h2>When to call</h2><ul><li>if your temperature is above <b>38 °C</b></li>"
        "<li>if you have diarrhoea three times a day</li></ul>"
        "<p style='color: #c00000'>At night, too.<img src='file:///x.png'></p>",
    },
}


def png(colour) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (900, 600), colour).save(file, "PNG")
    return file.getvalue()


def illustration(name) -> bytes:
    """One of the launch article's pictures, in small."""
    file = io.BytesIO()
    with Image.open(ILLUSTRATIONS / f"{name}.jpg") as picture:
        picture.thumbnail((900, 600))
        picture.save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def editor(page, db):
    """An editor who has logged in through the form."""
    user = make_editor(
        email="editor@example.org", first_name="Elena", last_name="Rossi", preferred_language="en"
    )
    log_in(page, user)
    return user


def log_in(page, user, heading="Editorial desk"):
    page.goto("/admin/")
    page.get_by_label("Email address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


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


class Hand:
    """The editor's hand, which counts.

    Attributes:
        clicks: on buttons, links and choices; a file that is chosen is one.
        fields: that were filled in; from one to the next leads the Tab key.
        waits: for the server.
    """

    def __init__(self):
        self.clicks = self.fields = self.waits = 0

    def click(self, target):
        self.clicks += 1
        target.click()

    def fill(self, field, text):
        self.fields += 1
        field.fill(text)

    def type(self, field, text):
        self.fields += 1
        field.press_sequentially(text)

    def choose(self, field, *files):
        self.clicks += 1
        field.set_input_files(list(files))

    def wait(self, target):
        self.waits += 1
        expect(target.first).to_be_visible()


def in_language(language):
    """Return the function that says a message of the desk in a language."""

    def said(message, context="", **values):
        with translation.override(language):
            text = pgettext(context, message) if context else gettext(message)
            return text % {name: str(value) for name, value in values.items()}

    return said


@pytest.mark.parametrize("language", codes() if TAKES else codes()[:1])
def test_the_walk(page, context, language, record_property):
    """An article of six blocks with two pictures and a citation, in both languages, is written,
    published and corrected; then somebody else is in the way, and the page is withdrawn."""
    # given an editor, and who writes for the site
    say = in_language(language)
    with translation.override(language):
        phrases = {code: str(phrase(code)) for code in codes()}
    user = make_editor(
        email="editor@example.org",
        first_name="Elena",
        last_name="Rossi",
        preferred_language=language,
    )
    make_contributor(name_it="Anna Bianchi", name_en="Anna Bianchi")
    hand, album = Hand(), Album(language)
    # What a text editor that is added says to developers, once one has looked for addresses.
    context.expected_complaints.append("linkifyjs: already initialized")
    log_in(page, user, heading=say("Editorial desk"))

    def button(name, within=page):
        return within.get_by_role("button", name=name, exact=True)

    def added(message):
        blocks = page.locator(".order-machine .inline-related:not(.empty-form)")
        before = blocks.count()
        hand.click(button(f"+ {message[:1].upper()}{message[1:]}", page.locator(".desk-add")))
        expect(blocks).to_have_count(before + 1)
        return blocks.last

    def write_in(block, field, **texts):
        for code, text in texts.items():
            row = block.locator(f".field-{field}_{code}")
            hand.type(row.locator("[contenteditable=true], input, textarea:visible").first, text)

    # when an article is begun
    album.show("first_steps", page.locator("#content"))
    hand.click(page.get_by_role("link", name=say("Write an article")))
    hand.wait(page.locator(".desk-add"))
    hand.click(page.locator(".language-switch button").last)
    hand.type(page.locator("#id_title_it"), "Effetti collaterali: perché?")
    hand.type(page.locator("#id_title_en"), "Side effects")
    hand.fill(page.locator("#id_lead_it"), "Che cosa tenere d’occhio.")
    hand.fill(page.locator("#id_lead_en"), "What to watch for.")
    expect(page.locator("#id_slug_it")).to_have_value("effetti-collaterali-perche")
    album.show("write", page.locator("#article_form"))

    # and blocks are added: a text, two pictures at once, a question, a call-out, a text
    text = added(say("text"))
    write_in(text, "text", it="Chiami il suo oncologo.", en="Call your oncologist.")
    album.show("translate", text)
    hand.click(button(f"+ {say('Add pictures')}", page.locator(".desk-add")))
    dialog = page.get_by_role("dialog")
    files = [
        {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": illustration(name)}
        for name in ("umbrella", "conversation")
    ]
    hand.choose(dialog.locator("input[type=file]"), *files)
    hand.wait(page.locator(".order-machine img.thumbnail").nth(1))
    figures = page.locator(".order-machine .inline-related:has(.image-choice):not(.empty-form)")
    described = [("Un ombrello", "An umbrella"), ("Un colloquio", "A conversation")]
    for number, (italian, english) in enumerate(described):
        write_in(figures.nth(number), "alternative_text", it=italian, en=english)
    album.show("pictures", figures.first)
    question = added(say("question and answer"))
    write_in(question, "question", it="Fa male?", en="Does it hurt?")
    write_in(question, "answer", it="No.", en="No, it does not.")
    callout = added(say("call-out"))
    write_in(callout, "text", it="Non guidi.", en="Do not drive.")
    last = added(say("text"))
    write_in(last, "text", it="Così dicono gli studi", en="So say the studies")
    page.locator(".desk-add summary").click()
    album.show("blocks", page.locator(".desk-add"))
    page.locator(".desk-add summary").click()

    # and a source is cited
    last.locator(".field-text_it [contenteditable]").press("Control+End")
    hand.click(last.locator('.field-text_it [data-name="citation"]'))
    dialog = page.get_by_role("dialog")
    hand.click(dialog.locator(".citation-add > summary"))
    hand.fill(dialog.get_by_label(say("Records")), RIS)
    hand.click(button(say("Read", "records that were pasted"), dialog))
    hand.wait(button(say("Add to the article’s list"), dialog))
    album.show("sources", dialog)
    hand.click(button(say("Add to the article’s list"), dialog))
    hand.wait(dialog.locator(".citation-listed input:checked"))
    hand.click(button(say("Cite", "a source"), dialog))
    expect(page.locator(".citation-marker")).to_have_text("[1]")

    # and its author is named
    hand.click(page.locator("#bylines-group .add-row a"))
    hand.click(page.locator("#bylines-group .select2-selection").first)
    page.keyboard.type("Anna")
    hand.wait(page.locator(".select2-results__option--highlighted:has-text('Anna')"))
    page.keyboard.press("Enter")

    # then the preview shows what is typed, and keeps nothing
    with page.expect_popup() as popup:
        hand.click(button(say("Preview %(phrase)s", phrase=phrases[language])))
    hand.wait(popup.value.get_by_role("status"))
    title = page.locator(f"#id_title_{language}").input_value()
    expect(popup.value.get_by_role("heading", level=1)).to_have_text(title)
    album.show("preview", popup.value.locator("body"), reads=popup.value.get_by_role("status"))
    popup.value.close()
    assert not Article.objects.exists()

    # when both languages are published, of which one cites a source and the other does not
    hand.click(button(say("Publish both")))
    hand.wait(page.locator(".concern"))
    hand.click(page.locator("[name=_right]"))
    hand.click(button(say("Publish both")))
    done = page.locator(".messagelist .success")
    hand.wait(done)

    # then each page is what was written, and they lead to one another
    expect(done).to_have_count(2)
    assert LibraryImage.objects.count() == 2
    album.show("publish", page.locator(".publication"), most=900)
    reader = context.new_page()
    reader.goto("/it/articoli/effetti-collaterali-perche/")
    expect(reader.get_by_role("img", name="Un colloquio")).to_be_attached()
    expect(reader.locator(".cited")).to_have_text("[1]")
    reader.get_by_role("link", name="English version").click()
    expect(reader.get_by_text("Call your oncologist.")).to_be_visible()
    assert_accessible(reader)
    reader.get_by_role("link", name="versione italiana").click()

    # when the text is corrected, published with a note, and looked up in the history
    hand.fill(page.locator("#id_lead_it"), "Che cosa dire subito.")
    hand.click(page.locator("[name=_severity][value='2']"))
    hand.fill(page.locator("#note_it"), "Più chiaro")
    hand.click(button(say("Publish %(phrase)s", phrase=phrases["it"])))
    hand.wait(done)
    counted = f"{hand.clicks} clicks, {hand.fields} fields, {hand.waits} waits"
    record_property("the walk of an editor", counted)

    # then readers see it, and that was less work than it used to be
    reader.reload()
    expect(reader.get_by_text("Che cosa dire subito.")).to_be_visible()
    assert hand.clicks < 35, counted
    page.locator("#note_it").wait_for()
    assert_accessible(page)

    # when somebody else has the form open, and both save
    other = context.new_page()
    other.goto(page.url)
    page.locator("#id_title_it").fill("Il titolo di Elena")
    page.locator("#id_lead_it").fill("Di Elena.")
    page.locator("button[name=_save]").click()
    expect(page.locator(".publication .state").first).to_have_class(re.compile("state-changed"))
    reader.reload()
    expect(reader.get_by_text("Che cosa dire subito.")).to_be_visible()
    other.locator("#id_title_it").fill("Il mio titolo")
    other.locator("#id_title_en").fill("A title")
    other.locator("button[name=_save]").click()

    # then the second one is told, and asked about what both have changed, and nothing else
    expect(other.locator("#id_lead_it")).to_have_value("Di Elena.")
    question = other.locator(".collisions fieldset")
    expect(question.locator("mark")).to_have_text(["mio", "di Elena"])
    album.show("trouble", other.locator(".collisions"))
    assert_accessible(other)
    question.get_by_label(say("Yours stays")).check()
    other.locator("button[name=_save]").click()
    expect(other.locator(".messagelist .success")).to_be_visible()
    article = Article.objects.get()
    assert [text_in(article, "title", code) for code in ("it", "en")] == [
        "Il mio titolo",
        "A title",
    ]
    assert text_in(article, "lead", "it") == "Di Elena."

    # and the history tells of it
    other.locator(".historylink").click()
    expect(other.locator("#editions")).to_contain_text("Più chiaro")
    expect(other.locator("#editions")).to_contain_text("Elena Rossi")
    album.show("history", other.locator("#editions"))
    assert_accessible(other)
    compared = f"/admin/articles/article/{article.pk}/compare/?language=it&old=1&new=2"
    other.goto(compared)
    album.show("compare", other.locator(".compared"), margin=12)

    # and the guide shows what that article has not: a paste, a link, a file and a video
    titles = IN_GUIDE[language]
    other_language = next(code for code in codes() if code != language)
    publish(
        make_article(**{f"title_{language}": titles["article"], f"title_{other_language}": ""}),
        language,
    )
    make_document(title=titles["file"], language=language)
    make_recording(title=titles["video"], language=language)
    text = page.locator(".order-machine .inline-related:has(.field-text_it)").first
    words = text.locator(f".field-text_{language} [contenteditable]")
    words.evaluate("text => text.editor.commands.focus('end')")
    words.press("Enter")
    paste(words, html=titles["copied"])
    expect(text.locator(".pasted-line")).to_be_visible()
    album.show("paste", text)
    page.keyboard.press("Control+k")
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("searchbox").fill(titles["article"])
    expect(dialog.locator(".link-result:visible")).to_have_count(1)
    album.show("links", dialog)
    dialog.locator(".link-result:visible").click()
    page.locator(".desk-add summary").click()
    attachment = added(say("PDF file"))
    button(say("Choose from the library"), attachment).first.click()
    expect(dialog.locator(".library-entries button")).to_have_count(1)
    album.show("files", dialog)
    dialog.locator(".library-entries button").click()
    player = added(say("video or audio"))
    for place in (player.locator(".recording-choice"), player.locator(".image-choice")):
        button(say("Choose from the library"), place).click()
        dialog.locator(".library-entries button").first.click()
        expect(dialog).to_have_count(0)
    write_in(player, "title", it="Un colloquio con il medico", en="A talk with the doctor")
    album.show("recordings", player)

    # when the page is withdrawn, which asks first
    page.reload()
    page.locator("a.withdraw").first.click()
    page.locator("#note").fill("Superato")
    page.emulate_media(color_scheme="dark")
    assert_accessible(page)
    page.emulate_media(color_scheme="light")
    page.locator(".withdraw-now").click()

    # then readers have it no more
    expect(page.locator(".publication .state").first).to_have_class(re.compile("withdrawn"))
    context.expected_complaints.append("/it/articoli/effetti-collaterali-perche/")
    assert reader.reload().status == 404

    # and the rest of the guide's pictures are of the other things that wait for an editor
    message = make_message(name="Luca Neri", text="Buongiorno, dove trovo il centro?")
    registration = make_registration()
    others = {
        "messages": f"/admin/contact/message/{message.pk}/change/",
        "accounts": f"/admin/accounts/registration/{registration.pk}/change/",
        "old_addresses": "/admin/articles/oldaddress/import/",
    }
    page.set_viewport_size({"width": 820, "height": 900})
    for name, path in others.items():
        page.goto(path)
        album.show(name, page.locator("#content"), most=1200)
    album.close()

    # and the guide is one click away, at the chapter that tells of the page
    page.locator("#user-tools a").first.click()
    expect(page).to_have_url(re.compile("/admin/guide/#old-addresses$"))
    page.wait_for_load_state("load")
    for width, scheme in ((360, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert_accessible(page)


def press(target, key="Enter"):
    """Press a key on what the Tab key reaches."""
    assert target.evaluate("element => element.tabIndex") >= 0
    target.press(key)


def test_the_keyboard_alone_writes_and_publishes(page, context, editor):
    # given a picture, a source and an author that the site has already
    make_image(title="Umbrella")
    Source.objects.create(citation="Robert C. Ipilimumab plus dacarbazine. 2011.")
    make_contributor(name_it="Anna Bianchi")

    # when an article with two texts is begun, and a figure is put between them
    page.goto("/admin/articles/article/add/")
    page.locator("#id_title_it").press_sequentially("Senza mouse")
    page.locator("#id_lead_it").press_sequentially("Solo tasti.")
    bar = page.get_by_role("group", name="Add to the article")
    blocks = page.locator(".order-machine .inline-related:not(.empty-form)")
    texts = page.locator('.order-machine .form-row[data-language="it"] [contenteditable=true]')
    for number, words in enumerate(("Primo.", "Secondo.")):
        press(bar.get_by_role("button", name="+ Text"))
        expect(texts.nth(number)).to_be_focused()
        page.keyboard.type(words)
    expect(blocks.first.locator(".desk-glance")).to_have_text("Primo.")
    after = blocks.first.get_by_role("button", name="Add a block after this one")
    press(after)
    expect(bar.get_by_role("status")).to_have_text("The new block comes after “Text: Primo.”.")
    page.keyboard.press("Escape")
    expect(blocks.first.locator(".desk-fold")).to_be_focused()
    expect(bar.get_by_role("status")).to_be_empty()
    press(after)
    expect(bar.get_by_role("button").first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    # and its picture is chosen and described
    figure = page.locator(".order-machine .inline-related:has(.image-choice):not(.empty-form)")
    press(figure.get_by_role("button", name="Choose from the library"))
    dialog = page.get_by_role("dialog", name="Choose a picture")
    expect(dialog.get_by_role("status")).to_have_text("Pictures shown: 1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    figure.locator('[name$="-alternative_text_it"]').press_sequentially("Un ombrello")

    # and a source is cited
    texts.nth(1).press("Control+End")
    press(blocks.nth(1).locator('[data-name="citation"]:visible'))
    dialog = page.get_by_role("dialog", name="Cite a source")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("robert")
    source = dialog.get_by_role("checkbox")
    expect(source).to_have_count(1)
    press(source, "Space")
    page.keyboard.press("Enter")
    expect(page.locator(".citation-marker")).to_have_text("[1]")

    # and its author is named, and it is published
    press(page.locator("#bylines-group .add-row a"))
    press(page.locator("#bylines-group .select2-selection").first)
    page.keyboard.type("Anna")
    expect(page.locator(".select2-results__option--highlighted")).to_have_text("Anna Bianchi")
    page.keyboard.press("Enter")
    press(page.get_by_role("button", name="Publish in Italian"))

    # then it is live, and all is in its place
    expect(page.locator(".messagelist .success")).to_contain_text("edition no. 1 is live")
    kinds = [block["type"] for block in Edition.objects.get().content["blocks"]]
    assert kinds == ["richtext", "figure", "richtext"]
    assert_accessible(page)


class TestRefusal:
    def test_leads_to_each_field_that_is_missing(self, page, editor):
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
        # (At once; where the word of it was lost on the way, after a minute.)
        expect(page.locator("#desk-writers")).to_be_empty(timeout=90_000)
        page.close()
        other.reload()
        expect(other.locator("#desk-writers")).to_be_empty(timeout=90_000)


class TestAccessibility:
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

    def test_of_widgets_that_have_no_names_of_their_own(self, page, editor):
        page.goto("/admin/auth/group/add/")
        assert_accessible(page)

        page.goto("/admin/articles/oldaddress/add/")
        assert_accessible(page)
        expect(page.get_by_role("combobox", name="Article:")).to_be_visible()
