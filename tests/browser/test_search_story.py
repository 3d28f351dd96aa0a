"""Somebody looks for a word, by keyboard, with suggestions on the way."""

from playwright.sync_api import expect

from articles.publishing import search_index
from tests.browser.accessibility import LANGUAGES_AND_SCHEMES, assert_accessible
from tests.factories import make_article, make_edition, make_term, make_topic


def test_a_reader_is_offered_what_begins_so_and_finds_it(page):
    topic = make_topic(name_it="Capire", name_en="Understanding")
    for number in range(14):
        article = make_article(
            title_it=f"Immunoterapia {number}", title_en=f"Immunotherapy {number}", topic=topic
        )
        for language in ("it", "en"):
            make_edition(article, language)
    search_index.tidy()
    make_term("immunoterapia", term_en="immunotherapy", definition_en="It wakes the defence.")
    page.goto("/en/")

    field = page.get_by_role("combobox", name="What are you looking for?")
    field.focus()
    page.keyboard.type("immunoth")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options.first).to_have_text("immunotherapy")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    expect(field).to_have_value("immunoth")
    page.keyboard.type("e")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(field).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Immunotherapy 13")

    for language, scheme in LANGUAGES_AND_SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for path in {
            "it": ["/it/cerca/", "/it/cerca/?q=imunoterapia", "/it/cerca/?q=immunoterapia+xyzxyz"],
            "en": ["/en/search/?q=immunotherapy&page=2", "/en/search/?q=xyzxyz"],
        }[language]:
            page.goto(path)
            assert_accessible(page)
