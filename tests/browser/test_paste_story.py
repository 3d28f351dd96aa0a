"""Pasting: from the clipboard of a word processor to the page that readers see."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from articles.desk.pasting import PASTE_SCRIPTS
from articles.models import RichText, Table, WatchedWord
from tests.browser import pasted_page
from tests.browser.accessibility import assert_accessible
from tests.browser.pasted_page import paste
from tests.browser.test_editor_story import add_block, editor  # noqa: F401  a fixture
from tests.factories import add_block as make_block
from tests.factories import make_article

CLIPBOARD = Path(__file__).parent / "clipboard"
RECORDS = "".join(
    f"TY  - JOUR\nAU  - Hodi, F. S.\nTI  - Study {number}\nJO  - Lancet\nPY  - 2020\nER  - \n"
    for number in range(1, 13)
)


@pytest.fixture
def scripts(browser):
    """An empty page with the scripts that read the clipboard, and nothing of the desk."""
    page = browser.new_page()
    page.set_default_timeout(10_000)
    for name in PASTE_SCRIPTS[:-1]:
        page.add_script_tag(
            content=(settings.BASE_DIR / "articles/static" / name).read_text("utf-8")
        )
    yield page
    page.close()


def read(page, forms, *, files=(), tables="apart", many=0) -> dict:
    """What the scripts make of a clipboard, in which "…" stands for many characters."""
    return page.evaluate(
        """([forms, files, tables, many]) => window.Paste.fromClipboard(
          {
            types: [...Object.keys(forms), ...(files.length ? ["Files"] : [])],
            files: files.map((type) => ({type})),
            getData: (type) => (forms[type] ?? "").replace("…", "many+".repeat(many / 5)),
          },
          {headings: true, tables, quotes: "«»“”"},
        )""",
        [forms, list(files), tables, many],
    )


def as_file(found) -> str:
    """What was found, as the fixtures have it: a block a line, and what was left out."""
    lines = []
    for part in found["parts"]:
        if part["type"] == "table":
            caption = part["caption"].replace("<", "&lt;").replace(">", "&gt;")
            caption = f"<caption>{caption}</caption>" if caption else ""
            lines.append(part["html"].replace("<table>", f"<table>{caption}"))
        else:
            lines.append(part["html"])
    dropped = sorted(found["dropped"].items())
    said = ", ".join(name if count is True else f"{name} {count}" for name, count in dropped)
    return "".join(lines) + (f"<!-- {said} -->" if said else "")


class TestReading:
    def test_makes_of_every_origin_what_the_page_can_show(self, scripts):
        cleaned = sorted(CLIPBOARD.glob("*.clean.html"))
        assert len(cleaned) == 7
        for path in cleaned:
            name = path.name.removesuffix(".clean.html")
            source = next(CLIPBOARD.glob(f"{name}.[ht][tx]*"))
            kind = "text/plain" if source.suffix == ".txt" else "text/html"

            found = read(scripts, {kind: source.read_text("utf-8")})

            assert as_file(found) == path.read_text("utf-8").replace("\n", ""), name
            # The server has nothing to add.
            text, table = (model._meta.get_field("text") for model in (RichText, Table))
            for part in found["parts"]:
                field = table if part["type"] == "table" else text
                assert field.sanitize(part["html"]) == part["html"], name

    def test_keeps_the_words_of_a_table_where_there_is_no_room_for_one(self, scripts):
        rows = "<tr><td><b>A</b><p>b</p></td><td>c</td></tr><tr><td>d</td><td>e</td></tr>"

        found = read(scripts, {"text/html": f"<table>{rows}</table>"}, tables="words")

        assert found["parts"] == [
            {"type": "text", "html": "<p><strong>A</strong> b · c</p><p>d · e</p>"}
        ]
        assert found["dropped"] == {"unrolled": 1}

    def test_keeps_the_numbers_of_lists_and_the_marks_of_quotations(self, scripts):
        found = read(
            scripts,
            {
                "text/html": '<ol start="0"><li>a<li value="7">b<ol reversed><li>c</ol></ol>'
                "<table><tr><td>d<td><q>e <q>f</q></q></table>"
            },
        )

        assert as_file(found) == (
            '<ol start="0"><li><p>a</p></li></ol>'
            '<ol start="7"><li><p>b</p><ol><li><p>c</p></li></ol></li></ol>'
            "<table><tbody><tr><td><p>d</p></td><td><p>«e “f”»</p></td></tr></tbody></table>"
            "<!-- backwards -->"
        )

    def test_refuses_with_a_reason_what_it_cannot_read(self, scripts):
        def refusal(*args, **kwargs):
            return read(scripts, *args, **kwargs)["refusal"]["kind"]

        assert refusal({"text/rtf": "{\\rtf1 words}"}) == "rtf"
        assert refusal({}, files=["image/png"]) == "picture"
        assert refusal({}, files=["image/png", "application/pdf"]) == "file"
        assert refusal({"text/html": "<img src='a.png'> <p>&nbsp;</p>"}) == "nothing"
        assert refusal({"text/html": "<p>…</p>"}, many=10_000_000) == "size"
        assert refusal({"text/plain": "…"}, many=10_000_000) == "size"

    def test_is_not_held_up_by_pictures_within_the_text(self, scripts):
        picture = '<img src="data:image/svg+xml,…">'

        found = read(
            scripts,
            {"text/html": f"<p>Before {picture} and <b>behind</b>.</p>"},
            many=10_000_000,
        )

        assert as_file(found) == ("<p>Before and <strong>behind</strong>.</p><!-- pictures 1 -->")

    def test_loses_no_words_that_look_like_what_it_leaves_out(self, scripts):
        words = '<p>Visita (data: 12/3, ore 9) e "data:2020"</p>'

        assert as_file(read(scripts, {"text/html": words})) == words

    def test_keeps_own_links_and_does_not_link_numbers_to_the_sources_of_another_page(
        self, scripts
    ):
        cells = [
            '<td><p><a data-article="k" data-heading="b/x">own</a></p></td>',
            '<td><p><a data-file="d">file</a><sup>1, 2</sup></p></td>',
        ]
        address = 'href="http://here/it/articoli/x/#r1" role="doc-biblioref"'
        cited = f'<sup class="cited">[<a {address}>1</a>, <a {address}>2</a>]</sup>'
        copied = "".join(cells).replace("<sup>1, 2</sup>", cited)

        found = read(scripts, {"text/html": f"<table><tr>{copied}</tr></table>"})

        assert as_file(found) == f"<table><tbody><tr>{''.join(cells)}</tr></tbody></table>"

    def test_leaves_to_the_editor_what_comes_from_it_and_an_address_alone(self, scripts):
        own = '<p data-pm-slice="1 1 []">Own <cite data-source="k"></cite></p>'
        table = '<table data-pm-slice="1 1 []"><tr><td>a</td><td>b</td></tr></table>'
        assert read(scripts, {"text/html": own}) is None
        assert read(scripts, {"text/plain": "https://www.esmo.org/"}) is None
        # A table of ours would be one fused line in a text.
        assert read(scripts, {"text/html": table})["parts"][0]["type"] == "table"


def text_in(page, number=0):
    rows = page.locator('[id^="articles_richtext_set-"] .form-row[data-language="it"]')
    return rows.locator("[contenteditable=true]").nth(number)


class TestPastingAnArticle:
    def test_readers_get_it_word_for_word(self, page, context, editor):  # noqa: F811
        expected = pasted_page.words_in(pasted_page.page())
        assert len(expected) >= 1_200
        for number, (origin, copied) in enumerate(pasted_page.FROM.items()):
            # given an article that has a title, and an empty text, and words that nobody watches
            WatchedWord.objects.all().delete()
            article = make_article(english=False, slug_it=f"incollato-{number}", text=False)
            page.goto(f"/admin/articles/article/{article.pk}/change/")
            add_block(page, "Text")

            # when a page is pasted into it, a step of a timeline, and twelve records
            paste(text_in(page), html=copied())
            line = page.locator(".pasted-line")
            expect(line).to_contain_text("The table is a block of its own now")
            expect(text_in(page, 1)).to_be_focused()
            if origin == "Google Docs":  # which knows no captions
                page.locator("[name=articles_table_set-0-caption_it]").fill(pasted_page.CAPTION)
            page.locator(".desk-add summary").click()
            step = add_block(page, "Timeline entry")
            step.locator("[name$=when_it]").fill("Settimana 3")
            paste(
                step.locator('[data-language="it"] [contenteditable=true]'),
                html="<h3>Esame</h3><p>Il TSH, poi la FT<sub>4</sub>.</p>",
            )
            cites = number == 0  # wherever a text comes from
            if cites:
                cite_twelve(page)
            page.get_by_role("button", name="Publish in Italian").click()
            expect(page.locator(".messagelist .success")).to_contain_text("edition no. 1 is live")

            # then readers have every word, in order, and nothing else
            reader = context.new_page()
            reader.goto(f"/it/articoli/incollato-{number}/")
            expect(reader.locator(".cited")).to_have_text(["[1–12]"] if cites else [])
            expect(reader.locator(".sources > li")).to_have_count(12 if cites else 0)
            shown, names = reader.evaluate(
                """() => {
                  const body = document.querySelector(".article-body").cloneNode(true);
                  const others = body.querySelectorAll(".article-end, .hint, .cited");
                  for (const part of others) part.remove();
                  const blocks = [...body.querySelectorAll("p, h2, h3, td, th, caption")];
                  const named = "sup, sub, strong, em, h2, h3, li li, th";
                  const formats = [...body.querySelectorAll(named)];
                  return [
                    blocks.map(({textContent}) => textContent).join(" "),
                    formats.map(({localName}) => localName),
                  ];
                }"""
            )
            assert shown.split() == expected + pasted_page.words_of(
                "Settimana 3 Esame Il TSH, poi la FT4."
            )

            # and the page has its lists, superscripts and headings
            headers = {"th": 4} if origin == "a browser" else {"th": 8}  # as the form proposes
            others = {"h2": 3, "h3": 2, "sup": 5, "sub": 2, "strong": 5, "em": 2, "li": 6}
            assert Counter(names) == headers | others
            reader.close()  # a page behind another one takes its time


def cite_twelve(page):
    """Cite twelve new sources at the end of the second text."""
    text_in(page, 1).press("Control+End")
    page.locator("#articles_richtext_set-1 [data-name=citation]:visible").click()
    dialog = page.get_by_role("dialog", name="Cite a source")
    dialog.locator(".citation-add > summary").click()
    dialog.get_by_label("Records").fill(RECORDS)
    dialog.get_by_role("button", name="Read").click()
    dialog.get_by_role("button", name="Add to the article’s list").click()
    expect(dialog.get_by_role("status")).to_have_text("Now in the list of this article: 12")
    dialog.get_by_role("button", name="Cite").click()


class TestLineUnderTheText:
    def test_says_what_was_left_out_and_takes_the_paste_back(self, page, editor):  # noqa: F811
        # given a text in both languages, in whose middle a table is pasted
        article = make_article(text=False)
        before = "<p>Prima della tabella.</p><p>Dopo la tabella.</p>"
        english = "<p>The whole text.</p>"
        text = make_block(article, RichText, ordering=10, text_it=before, text_en=english)
        page.goto(f"/admin/articles/article/{article.pk}/change/")
        place = text_in(page)
        expect(place).to_be_visible()
        line = page.locator(".pasted-line")
        place.evaluate("place => getSelection().collapse(place.querySelector('p').firstChild, 20)")
        cells = "<tr><td>a<img src='x.png'></td><td style='color: red'>b</td></tr>"

        # when it cannot be taken, then a sentence says why, and the text stays what it is
        limits = "document.getElementById('paste-labels').dataset"
        paste(place, html=f"<table>{cells * 301}</table>")
        expect(line).to_contain_text("a table of 301 rows and 2 columns is too large")
        paste(place, plain="parola " * 20_000)
        expect(line).to_contain_text("140,0")
        expect(line).to_contain_text("a block has room for 100,000")
        paste(place, html=f"<table>{cells}</table>" * 21)
        expect(line).to_contain_text("21 tables at once are too many")
        enough = page.evaluate(f"{limits}.form")
        page.evaluate(f"{limits}.form = 2000")
        paste(place, html="<p>Una parola.</p>")
        expect(line).to_contain_text("as large as the form can send")
        page.evaluate(f"{limits}.form = {enough}; {limits}.longest = 80")
        paste(place, html=f"<p>{'parola ' * 10}</p>")
        expect(line).to_contain_text("a block has room for 80")
        page.evaluate(f"{limits}.longest = 100000")
        paste(place, rtf="{\\rtf1 parole}")
        expect(line).to_contain_text("RTF only")
        field = page.locator("[name=articles_richtext_set-0-text_it]")
        expect(field).to_have_value(before)

        # when it can, then it stands between two texts, and the other language is as it was
        paste(place, html=f"<p><q>Eccola</q>.</p><table>{cells * 2}</table><p>Fine.</p>")
        expect(line).to_contain_text("Left out: 2 pictures, colours.")
        expect(line).to_contain_text("what follows the table is in this language only")
        expect(field).to_have_value("<p>Prima della tabella.</p><p>«Eccola».</p>")
        rest = page.locator("[name=articles_richtext_set-1-text_it]")
        expect(rest).to_have_value("<p>Fine.</p><p>Dopo la tabella.</p>")
        assert_accessible(page)

        # when a table among other words comes into a cell, then its words stay, as it is said
        cell = page.locator('#articles_table_set-0 [data-language="it"] td').last
        cell.locator("p").click()
        words = "<p>in</p><p>a · b</p><p>a · b</p>"
        paste(cell, html=f"<p>in</p><table>{cells * 2}</table>")
        expect(line.last).to_contain_text("the lines of 1 table (its words are kept)")
        table_field = page.locator("[name=articles_table_set-0-text_it]")
        expect(table_field).to_have_value(re.compile(re.escape(words)))
        line.last.get_by_role("button", name="Undo the paste").press("Enter")

        # when a table comes first in an empty text, then that goes on behind it
        add_block(page, "Text")
        paste(text_in(page, 2), html=f"<table>{cells * 2}</table><p>Poi.</p>")
        expect(page.locator("#articles_table_set-1")).to_be_visible()
        expect(text_in(page, 2)).to_be_focused()
        expect(text_in(page, 2)).to_have_text("Poi.")

        # when it is taken back, in both ways, then text and blocks are what they were
        made = page.locator("#articles_richtext_set-1, #articles_table_set-0")
        line = line.first
        line.get_by_role("button", name="Undo the paste").press("Enter")
        expect(field).to_have_value(before)
        expect(made.locator("visible=true")).to_have_count(0)
        again = line.get_by_role("button", name="Paste it again")

        # and what is typed then is never lost: it stays, or the paste cannot come in its place
        place.press("Control+End")
        page.keyboard.type(" Nuovo.")
        typed = before.replace("Dopo la tabella.", "Dopo la tabella. Nuovo.")
        expect(field).to_have_value(typed)
        place.evaluate("place => getSelection().collapse(place.lastChild.firstChild, 4)")
        page.keyboard.type(" forse")
        expect(field).to_have_value(typed.replace("Dopo", "Dopo forse"))
        expect(again).to_be_hidden()
        place.press("Control+z")
        expect(field).to_have_value(typed)
        again.press("Enter")
        pasted = "<p>Prima della tabella.</p><p>«Eccola». Nuovo.</p>"
        expect(field).to_have_value(pasted)
        expect(made.locator("visible=true")).to_have_count(2)
        place.press("Control+End")
        page.keyboard.type(" Poi.")
        line.get_by_role("button", name="Undo the paste").press("Enter")
        expect(field).to_have_value(typed.replace("Nuovo.", "Nuovo. Poi."))
        place.press("Control+z")
        place.press("Control+z")
        expect(field).to_have_value(pasted)
        place.press("Control+z")
        expect(field).to_have_value(typed)
        expect(made.locator("visible=true")).to_have_count(0)
        place.press("Control+Shift+z")
        expect(made.locator("visible=true")).to_have_count(2)

        # and what is saved has the key of the first text, and the English text whole
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".messagelist .success")).to_contain_text("Saved")
        first, second, third = RichText.objects.all()
        table, alone = Table.objects.all()
        assert (first.key, first.only_in, first.text_en) == (text.key, "", english)
        assert (second.only_in, second.text_en, table.only_in) == ("it", "", "")
        order = [first, table, second, alone, third]
        assert sorted(order, key=lambda block: block.ordering) == order
        assert table.text_it.count("<tr>") == 2
