"""How a PDF file comes into an article, and to its readers."""

from playwright.sync_api import expect

from tests.articles.files import pdfs
from tests.browser.accessibility import assert_accessible
from tests.browser.test_editor_story import add_block, editor, switch  # noqa: F401
from tests.factories import make_article, make_document


def pdf(name: str, **options) -> dict:
    return {"name": name, "mimeType": "application/pdf", "buffer": pdfs.pdf(**options)}


def test_a_file_is_chosen_uploaded_published_and_withdrawn(page, context, editor):  # noqa: F811
    # given an article, and a library with a file in Italian
    make_document(title="Opuscolo")
    article = make_article(slug_en="files")
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    switch(page, "IT + EN")
    page.get_by_text("More kinds").click()
    block = add_block(page, "PDF file")
    italian, english = (
        block.get_by_role("group", name=f"File in {name}") for name in ("Italian", "English")
    )

    # when the Italian page's file is chosen by keyboard
    italian.get_by_role("button", name="Choose from the library").press("Enter")
    dialog = page.get_by_role("dialog", name="Choose a PDF file")
    expect(dialog.get_by_role("status")).to_have_text("PDF files shown: 1")
    assert_accessible(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(italian).to_contain_text("Opuscolo")
    expect(block.locator(".desk-glance")).to_have_text("Opuscolo")

    # and the English page's is uploaded, the first time with a script in it
    english.get_by_role("button", name="Upload a PDF file").click()
    expect(dialog.get_by_label("Language of what you upload now")).to_have_value("en")
    context.expected_complaints.append("422")
    script = pdfs.opens_with("JavaScript", JS="app.alert(1)")
    dialog.get_by_label("choose files").set_input_files(pdf("Bad.pdf", change=script))
    expect(dialog.locator(".is-refused")).to_contain_text("This PDF has a script in it")
    dialog.get_by_label("choose files").set_input_files(pdf("Leaflet.pdf", pages=4))
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(english).to_contain_text("in English")

    # then readers can keep it
    page.get_by_role("button", name="Publish both").click()
    expect(page.locator(".messagelist .success")).to_have_count(2)
    reader = context.new_page()
    reader.goto("/en/articles/files/")
    link = reader.get_by_role("link", name="Leaflet PDF, in English, 1 kB, 4 pages")
    with reader.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "leaflet.pdf"
    assert_accessible(reader)

    # and the desk finds it in its library
    page.goto("/admin/articles/document/")
    assert_accessible(page)
    page.get_by_role("link", name="Leaflet").click()
    expect(page.get_by_role("link", name="live in English")).to_be_visible()

    # until it is withdrawn
    page.get_by_role("link", name="Withdraw for good").click()
    page.get_by_label("Why?").fill("Out of date")
    page.get_by_role("button", name="Withdraw for good").click()
    reader.reload()
    expect(reader.get_by_text("This file has been withdrawn.")).to_be_visible()
