"""What readers meet, with a mouse, a keyboard, a small screen, or no JavaScript."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from articles import launch_content
from articles.images import renditions
from articles.models import (
    Callout,
    CareCard,
    Citation,
    KeyPoints,
    OwnArticle,
    Question,
    Quote,
    Rendition,
    Source,
    Table,
    TimelineEntry,
)
from tests.browser.accessibility import LANGUAGES_AND_SCHEMES, assert_accessible
from tests.factories import add_block, make_article, make_editor, make_topic, publish

ITALIAN = "/it/articoli/immunoterapia-come-funziona/"
ENGLISH = "/en/articles/immunotherapy-how-it-works/"
EVERY_KIND = {
    "it": [
        "/it/",
        "/it/articoli/",
        "/it/argomenti/",
        "/it/argomenti/capire-immunoterapia/",
        ITALIAN,
        "/it/contatti/",
    ],
    "en": [
        "/en/",
        "/en/articles/",
        "/en/topics/",
        "/en/topics/understanding-immunotherapy/",
        ENGLISH,
        "/en/contact/",
    ],
}


@pytest.fixture
def launched(db, live_server):
    """The portal as it starts."""
    launch_content.load(by=make_editor())


@pytest.fixture
def article_of_all_blocks(db, live_server):
    """An article with every kind of block, a source, and headings enough for a contents list."""
    article = make_article(topic=make_topic(), title_en="All blocks", slug_en="all-blocks")
    text = article.articles_richtext_set.get()
    for language in ("it", "en"):
        setattr(
            text,
            f"text_{language}",
            "<h2>One</h2><p>A <strong>b</strong> CO<sub>2</sub> <a href='https://example.org/'>"
            "c</a></p><h3>One and a half</h3><ul><li>d</li></ul><h2>Two</h2><ol><li>e</li></ol>",
        )
    text.save()
    for ordering, kind in enumerate(Callout.Kind, start=30):
        Callout.objects.create(
            parent=article,
            region="main",
            ordering=ordering,
            kind=kind,
            title_it="Chiami se:",
            title_en="Call if:",
            text_it="<ul><li>febbre</li></ul>",
            text_en="<ul><li>fever</li></ul>",
        )
    Quote.objects.create(
        parent=article, region="main", ordering=40, text_it="Bene.", text_en="Well.", source_en="A."
    )
    add_of_the_newer_kinds(article)
    source = Source.objects.create(citation="Rossi A. A study. 2020.", doi="10.1000/x", pmid="7")
    Citation.objects.create(article=article, source=source)
    publish(article)


def add_of_the_newer_kinds(article):
    def add(model, ordering, **fields):
        said = {name: value for name, value in fields.items() if name in model.texts}
        same = {name: value for name, value in fields.items() if name not in model.texts}
        texts = {f"{name}_{code}": text for name, text in said.items() for code in ("it", "en")}
        add_block(article, model, ordering=ordering, **same, **texts)

    add(KeyPoints, 50, points="One thing.\nAnother thing.\nA third thing.")
    for ordering, urgency in enumerate(CareCard.Urgency, start=60):
        text = "<ul><li>a <a href='https://example.org/'>fever</a></li></ul>"
        add(CareCard, ordering, urgency=urgency, title="Call if:", text=text)
    for number in range(2):
        add(Question, 70 + number, question="Does it hurt?", answer="<p>The answer is no.</p>")
        add(TimelineEntry, 80 + number, when="Week 3", title="Tests", text="<p>Of blood.</p>")
    cells = "<td>Effect<td>Frequency<td>Begins after<td>What helps<td>Whom to call"
    add(Table, 90, caption="Effects", text=f"<table><tr>{cells}<tr>{cells}</table>")
    other = make_article(title_en="Another", slug_en="another")
    publish(other, "en")
    add(OwnArticle, 100, article=other)


def assert_fits(page):
    """Fail if a page is wider than the window, from a desk's to a phone's."""
    for width in (768, 360, 320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        widest = page.evaluate("document.documentElement.scrollWidth")
        assert widest <= width, page.url


class TestEveryPage:
    @pytest.mark.parametrize(("language", "scheme"), LANGUAGES_AND_SCHEMES)
    def test_is_accessible_and_fits_and_leads_to_the_other_language_and_to_nobody_else(
        self, context, page, live_server, launched, language, scheme
    ):
        page.emulate_media(color_scheme=scheme)
        other = {"it": "en", "en": "it"}[language]
        foreign = []
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith(live_server.url) else foreign.append(request.url)
            ),
        )

        for path, elsewhere in zip(EVERY_KIND[language], EVERY_KIND[other], strict=True):
            page.goto(path)
            assert_accessible(page)
            expect(page.locator("html")).to_have_attribute("lang", language)
            switch = page.locator(f"header a[hreflang={other}][lang={other}]")
            expect(switch).to_have_attribute("href", elsewhere)
            assert_fits(page)

        assert context.cookies() == []
        assert foreign == []

    def test_of_every_kind_of_block_is_accessible_and_fits(self, page, article_of_all_blocks):
        page.goto("/en/articles/all-blocks/")

        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert_accessible(page)
        assert_fits(page)

    def test_hides_nothing_from_a_search_on_paper_or_on_a_phone(self, page, article_of_all_blocks):
        answers, hint = page.get_by_text("The answer is no."), page.get_by_text("scroll it")
        table = page.get_by_role("region", name="Effects")

        # What the browser looks for in the page opens the answer that it is in.
        page.goto("/en/articles/all-blocks/#:~:text=The%20answer%20is%20no.")
        expect(answers.first).to_be_visible()
        expect(answers.last).to_be_hidden()
        expect(hint).to_be_hidden()

        page.set_viewport_size({"width": 360, "height": 800})
        expect(hint).to_be_visible()
        table.focus()
        expect(table).to_be_focused()

        page.emulate_media(media="print")
        expect(answers.last).to_be_visible()
        expect(hint).to_be_hidden()
        assert table.evaluate("element => getComputedStyle(element).overflowX") == "visible"


class TestErrorPages:
    def test_help_to_go_on(self, context, page):
        context.expected_complaints.append("404")

        for path, heading in {
            "/it/no/": "Questa pagina non esiste",
            "/en/no/": "This page does not exist",
        }.items():
            response = page.goto(path)

            assert response.status == 404
            expect(page.get_by_role("heading", level=1)).to_have_text(heading)
            assert_accessible(page)


class TestArticle:
    def test_leads_to_a_heading_and_to_its_other_language_and_back(self, page, launched):
        page.goto(ENGLISH)
        heading = "Differences between immunotherapy and traditional therapies"

        page.get_by_role("navigation", name="On this page").get_by_role(
            "link", name=heading
        ).click()
        expect(page.get_by_role("heading", name=heading)).to_be_in_viewport()

        page.get_by_role("link", name="versione italiana").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Immunoterapia: come funziona")
        page.get_by_role("link", name="English version").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Immunotherapy: how it works")

    def test_shows_its_four_pictures_at_their_size_from_the_start(
        self, page, monkeypatch, live_server
    ):
        few = {Rendition.Format.AVIF: (400,), Rendition.Format.JPEG: (800,)}
        monkeypatch.setattr(renditions, "WIDTHS", few)
        launch_content.load(by=make_editor())
        call_command("worker", "--once")
        page.goto(ENGLISH)
        pictures = page.locator("article figure img")

        expect(pictures).to_have_count(4)
        for index in range(4):
            picture = pictures.nth(index)
            reserved = picture.bounding_box()
            picture.scroll_into_view_if_needed()
            page.wait_for_function("image => image.complete", arg=picture.element_handle())
            loaded = picture.bounding_box()
            assert picture.evaluate("image => image.naturalWidth") > 0
            assert picture.evaluate("image => image.currentSrc").endswith(".avif")
            assert (reserved["width"], reserved["height"]) == (loaded["width"], loaded["height"])
        assert pictures.first.get_attribute("loading") is None
        assert pictures.nth(1).get_attribute("loading") == "lazy"

    def test_is_whole_without_javascript(self, browser, live_server, launched):
        context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
        page = context.new_page()

        page.goto(ITALIAN)
        page.get_by_role("link", name="English version").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Immunotherapy: how it works")
        context.close()


class TestKeyboard:
    def test_skips_to_the_content_first_and_reaches_every_link_with_a_visible_focus(
        self, page, launched
    ):
        page.goto(ENGLISH)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()

        page.goto(ENGLISH)
        links = page.locator("a[href]").count()
        seen = set()

        while True:
            page.keyboard.press("Tab")
            outline, number, is_over = page.evaluate(
                "[getComputedStyle(document.activeElement).outlineStyle,"
                " [...document.links].indexOf(document.activeElement),"
                " document.activeElement === document.body]"
            )
            if is_over:
                break
            assert outline == "solid", number
            seen.add(number)

        # What is no link is a field.
        assert seen - {-1} == set(range(links))
