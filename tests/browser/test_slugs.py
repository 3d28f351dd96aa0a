"""The slug that is proposed while a title is typed is the one that the server would make."""

from playwright.sync_api import expect

from tests.articles.text.test_slugs import LONGEST, TABLE
from tests.browser.test_editor_story import log_in
from tests.factories import make_article, make_editor


def test_the_browser_parts_words_as_the_server_does(page, db):
    log_in(page, make_editor(email="editor@example.org", preferred_language="en"))
    article = make_article(title_it="L’età", slug_it="leta", english=False)

    page.goto("/admin/articles/topic/add/")
    page.locator("#id_name_it").press_sequentially("Effetti dell’immuno")
    expect(page.locator("#id_slug_it")).to_have_value("effetti-dell-immuno")
    script = f"titles => titles.map(title => URLify(title, {LONGEST}))"
    proposed = page.evaluate(script, [title for title, _slug in TABLE])
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator("#id_title_it").press_sequentially(" d’oro")

    assert proposed == [slug for _title, slug in TABLE]
    assert page.evaluate("URLify('L’età', 150)") == "l-eta"
    assert page.locator("#id_slug_it").input_value() == "leta"
