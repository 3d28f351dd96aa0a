"""How pictures come into an article: from the library by keyboard, and as dropped files."""

import base64

import pytest
from playwright.sync_api import expect

from articles.images import library
from tests.browser.accessibility import assert_accessible
from tests.browser.test_editor_story import add_block, editor, png, switch  # noqa: F401
from tests.factories import SimpleUploadedFile, add_figure, make_article, make_image

DROP = """([files]) => {
    const dropped = new DataTransfer();
    for (const [name, type, content] of files) {
        const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
        dropped.items.add(new File([bytes], name, { type }));
    }
    return dropped;
}"""


def drop(page, **files: bytes):
    """Drop files with these names on the page."""
    described = [
        (name, "image/png", base64.b64encode(content).decode()) for name, content in files.items()
    ]
    data = page.evaluate_handle(DROP, [described])
    for event in ("dragover", "drop"):
        page.dispatch_event("#article_form", event, {"dataTransfer": data})


@pytest.fixture
def described(db):
    """An article whose pictures are described in both languages."""
    article = make_article()
    umbrella = make_image(title="Umbrella", size=(900, 600))
    cells = library.add(SimpleUploadedFile("cells.png", png("teal")), title="Cells")
    for image, italian, english in (
        (umbrella, "Un ombrello", "An umbrella"),
        (cells, "Cellule", "Some cells"),
    ):
        add_figure(article, image=image, alternative_text_it=italian, alternative_text_en=english)


def test_pictures_are_chosen_by_keyboard_and_dropped(page, context, editor, described):  # noqa: F811
    # given an article, and in it a figure of which something is typed already
    article = make_article(slug_en="pictures")
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    switch(page, "IT + EN")
    figure = add_block(page, "Figure")
    italian, english = (
        figure.locator(f'[name$="-alternative_text_{code}"]') for code in ("it", "en")
    )
    english.fill("In the rain")

    # when a picture is found and chosen by keyboard
    choose = figure.get_by_role("button", name="Choose from the library")
    choose.press("Enter")
    dialog = page.get_by_role("dialog", name="Choose a picture")
    expect(dialog.get_by_label("Search in titles")).to_be_focused()
    expect(dialog.get_by_role("status")).to_have_text("Pictures shown: 2")
    page.keyboard.type("ombrello")
    expect(dialog.get_by_role("status")).to_have_text("Pictures shown: 1")
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Umbrella")).to_be_focused()
    page.keyboard.press("Enter")

    # then it is there, described as it was last, but for what was typed
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(choose).to_be_focused()
    expect(figure.locator("img.thumbnail")).to_be_visible()
    expect(italian).to_have_value("Un ombrello")
    expect(english).to_have_value("In the rain")
    expect(figure.get_by_text("Proposed from where this picture was last used")).to_have_count(1)

    # when three files are dropped on the page, of which one is no picture and one is known
    add = page.locator(".desk-add").get_by_role("button", name="Add pictures")
    expect(add).to_be_visible()
    context.expected_complaints.append("422")
    drop(page, **{"cells.png": png("teal"), "notes.txt": b"Some notes", "new.png": png("coral")})

    # then it says what became of each, and the others are figures
    dialog = page.get_by_role("dialog", name="Add pictures")
    files = dialog.locator(".file-uploads li")
    expect(files.nth(0)).to_contain_text("It was in the library already")
    expect(files.nth(1)).to_contain_text("This file is not a picture")
    expect(files.nth(2)).to_contain_text("In the library")
    assert_accessible(page)
    dialog.get_by_role("button", name="Close").click()
    blocks = page.locator(".order-machine .inline-related:not(.empty-form)")
    expect(blocks).to_have_count(4)
    expect(blocks.nth(2).locator('[name$="-alternative_text_en"]')).to_have_value("Some cells")
    expect(blocks.nth(2).locator('[name$="-alternative_text_it"]')).to_be_focused()
    for code, text in {"it": "Nuova", "en": "A new one"}.items():
        blocks.nth(3).locator(f'[name$="-alternative_text_{code}"]').fill(text)

    # when both languages are published
    page.get_by_role("button", name="Publish both").click()
    expect(page.locator(".messagelist .success")).to_have_count(2)

    # then readers see the three pictures, with what was said of them
    reader = context.new_page()
    reader.goto("/en/articles/pictures/")
    for name in ("In the rain", "Some cells", "A new one"):
        expect(reader.get_by_role("img", name=name)).to_be_attached()
