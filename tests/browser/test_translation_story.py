"""A dose is corrected in one language: what readers of the other see, until the two agree again."""

import pytest
from django.utils import translation
from playwright.sync_api import expect

from immunoportal.languages import codes, phrase
from tests.browser.accessibility import assert_accessible
from tests.browser.guide import TAKES, Album
from tests.browser.test_editor_story import in_language, log_in
from tests.factories import make_article, make_editor, publish

IT, EN = "/it/articoli/la-dose/", "/en/articles/the-dose/"
NOTES = {"it": "La dose giusta è 3 mg.", "en": "The right dose is 3 mg."}


@pytest.mark.parametrize("language", codes() if TAKES else codes()[:1])
def test_a_dose_is_corrected_as_safety_in_one_language_and_then_in_the_other(
    page, context, language
):
    # given an article that is live in both languages, and an editor
    say, album = in_language(language), Album(language)
    with translation.override(language):
        phrases = {code: str(phrase(code)) for code in codes()}
    article = make_article(
        title_it="La dose", title_en="The dose", slug_it="la-dose", slug_en="the-dose"
    )
    block = article.articles_richtext_set.get()
    block.text_it, block.text_en = "<p>Si prendono 2 mg.</p>", "<p>Take 2 mg.</p>"
    block.save()
    publish(article)
    user = make_editor(email="editor@example.org", preferred_language=language)
    log_in(page, user, heading=say("Editorial desk"))

    def open_form():
        page.goto(f"/admin/articles/article/{article.pk}/change/")
        page.locator(".language-switch button").last.click()

    def rewrite(code, text):
        field = page.locator(f".field-text_{code} [contenteditable=true]").first
        field.click()
        page.keyboard.press("Control+a")
        field.press_sequentially(text)

    def publish_in(code):
        button = say("Publish %(phrase)s", phrase=phrases[code])
        page.get_by_role("button", name=button, exact=True).click()

    # when the Italian dose is corrected, and the change is said to be small
    open_form()
    rewrite("it", "Si prendono 3 mg.")
    page.locator("[name=_severity][value='1']").check()
    publish_in("it")

    # then the desk asks back, with the change, and that the other language says something else
    asked = page.locator(".concerns")
    expect(asked.locator("ins").first).to_contain_text("3")
    expect(asked).to_contain_text("2 mg")
    assert_accessible(page)
    album.show("concerns", asked)

    # when it is said to be about safety, and readers of both pages are told
    page.locator("[name=_severity][value='4']").check()
    page.locator("#note_it").fill(NOTES["it"])
    page.locator("#note_en").fill(NOTES["en"])
    album.show("severity", page.locator("#severity"))
    publish_in("it")
    expect(page.locator(".messagelist .success")).to_have_count(1)

    # then the English page carries the notice, and the list marks it
    reader = context.new_page()
    reader.goto(EN)
    notice = reader.get_by_role("region", name="Safety notice")
    expect(notice).to_contain_text(NOTES["en"])
    assert_accessible(reader)
    notice.get_by_role("link", name="versione italiana").click()
    expect(reader.get_by_text("Si prendono 3 mg.")).to_be_visible()
    reader.goto("/en/articles/")
    expect(reader.get_by_text("Safety notice of")).to_be_visible()
    reader.goto("/en/corrections/")
    expect(reader.get_by_text(NOTES["en"])).to_be_visible()

    # and the desk shows which page is behind, and the block with the dose
    page.goto("/admin/")
    page.locator("a[href*='behind=en']").click()
    expect(page.locator("#result_list .state-grave").first).to_be_visible()
    table = page.locator("#result_list")
    album.show("behind", table, reads=table.locator("td .state").first)
    assert_accessible(page)
    open_form()
    page.locator(".stale-index a").click()
    change = page.locator(".order-machine .stale-change")
    expect(change.locator("ins")).to_contain_text("3")
    expect(change.locator("del")).to_contain_text("2")
    assert_accessible(page)

    # when it is mended there, and published
    rewrite("en", "Take 3 mg.")
    change.locator("input[value=mended]").check()
    album.show("change", change)
    page.locator("[name=_severity][value='4']").check()
    page.locator("#note_it").fill(NOTES["it"])
    page.locator("#note_en").fill(NOTES["en"])
    publish_in("en")
    expect(page.locator(".messagelist .success")).to_have_count(2)
    expect(page.locator(".stale-change")).to_have_count(0)

    # then no page is held, and the correction stands on both, and in the feed
    for path, code in ((EN, "en"), (IT, "it")):
        reader.goto(path)
        expect(reader.locator(".held")).to_have_count(0)
        expect(reader.locator("#about-this-page ~ .corrections")).to_contain_text(NOTES[code])
    feed = context.request.get("/en/corrections/feed/").text()
    assert NOTES["en"] in feed

    # and the old edition is found at its address, with what has changed since
    reader.goto(f"{EN}editions/1/")
    expect(reader.get_by_text("Take 2 mg.")).to_be_visible()
    expect(reader.locator("main")).to_contain_text(NOTES["en"])
    assert_accessible(reader)
    reader.locator(".past-ways a").nth(1).click()
    expect(reader.locator("main ins").filter(has_text="3").first).to_be_visible()
    assert_accessible(reader)
    album.close()
