"""Pasting: from the clipboard of a word processor to the page that readers see."""

from playwright.sync_api import expect

from articles.models import Article
from tests.browser.test_editor_story import editor, switch  # noqa: F401  a fixture
from tests.factories import add_block, make_article
from pathlib import Path

CLIPBOARD = Path(__file__).parent / "clipboard"
PASTE = """(element, forms) => {
  const data = new DataTransfer();
  for (const [type, text] of Object.entries(forms)) data.setData(type, text);
  const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  element.dispatchEvent(event);
}"""


def test_try(page, editor):
    article = make_article(english=False)
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    text = page.locator('.form-row[data-language="it"] [contenteditable=true]').first
    text.press("Control+a")
    text.press("Delete")
    text.evaluate(PASTE, {"text/html": (CLIPBOARD / "word-windows.html").read_text()})
    page.wait_for_timeout(1500)
    for t in page.locator('textarea[name$="text_it"]').all():
        print(t.get_attribute("name"), t.input_value()[:3000])
    print(page.locator(".pasted-line").all_inner_texts())
    print(page.evaluate("[document.activeElement.outerHTML.slice(0,200), getSelection().anchorNode?.textContent, getSelection().anchorOffset]"))
    page.screenshot(path="/tmp/paste.png", full_page=True)
    page.locator(".desk-undo").click()
    page.wait_for_timeout(300)
    print(page.locator(".pasted-line").all_inner_texts())
    print([t.input_value()[:100] for t in page.locator('textarea[name$="text_it"]').all()], page.locator(".desk-removed").count())
    page.locator(".desk-undo").click()
    page.wait_for_timeout(300); text.press("Control+z"); page.wait_for_timeout(300)
    print([t.input_value()[:100] for t in page.locator('textarea[name$="text_it"]').all()], page.locator(".desk-removed").count())
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_timeout(1000)
    print([t.input_value()[:100] for t in page.locator('textarea[name$="text_it"]').all()], page.locator(".desk-removed").count())
