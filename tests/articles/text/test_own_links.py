"""Own links in a text, and the names of headings."""

import pytest

from articles.models.fields import TEXT, html_cleaner
from articles.text.headings import anchor_named, anchors_of, headings_in
from articles.text.own_links import OwnLink, own_links_in, with_addresses

KEY = "5d6f3c0e-8a39-4a1c-9c7b-2f1d6f0f3a55"
clean = html_cleaner(TEXT)


class TestStored:
    @pytest.mark.parametrize(
        "link",
        [
            OwnLink("article", KEY),
            OwnLink("article", KEY, f"{KEY}/rischi-2"),
            OwnLink("article", KEY, "rischi"),
            OwnLink(heading=f"{KEY}/rischi"),
            OwnLink("file", "0" * 64),
        ],
    )
    def test_keeps_its_keys_and_nothing_else(self, link):
        other = link.tag.replace("<a", '<a title="t" href="https://x.example/" rel="y"')

        cleaned = clean(f"<p>{other}uno <strong>due</strong></a></p>")

        assert cleaned == f"<p>{link.tag}uno <strong>due</strong></a></p>"
        assert own_links_in(cleaned) == [(link, "uno <strong>due</strong>")]
        assert clean(cleaned) == cleaned

    @pytest.mark.parametrize(
        "attributes",
        [
            'data-article="x"', f'data-article="{KEY.upper()}"', 'data-heading="Ü"',
            f'data-article="x" data-heading="{KEY}/a"', f'data-article="{KEY}&quot;"',
            'data-heading=""', f'data-file="{KEY}"',
        ],
    )  # fmt: skip
    def test_with_a_damaged_key_is_its_words(self, attributes):
        assert clean(f"<p><a {attributes}>x</a></p>") == "<p>x</p>"

    def test_with_a_damaged_key_may_have_an_address(self):
        assert clean('<p><a data-article="x" href="/y">x</a></p>') == '<p><a href="/y">x</a></p>'

    def test_with_a_damaged_heading_leads_to_the_article(self):
        tag = OwnLink("article", KEY).tag

        assert clean(f'<p>{tag[:-1]} data-heading="&lt;">x</a></p>') == f"<p>{tag}x</a></p>"


class TestShown:
    def test_has_its_address_or_is_its_words(self):
        there, gone = OwnLink("article", KEY), OwnLink(heading="x")
        html = f'<p>{there.tag}a</a> {gone.tag}<em>b</em></a> <a href="/c">c</a></p>'

        shown = with_addresses(html, lambda link: {"href": '/"'} if link == there else {})

        assert shown == '<p><a href="/&quot;">a</a> <em>b</em> <a href="/c">c</a></p>'


class TestHeadings:
    def test_are_named_as_if_their_block_stood_alone(self):
        html = '<h2 id="rischi-4">Rischi</h2><p>x</p><h3 id="rischi-5">Rischi</h3>'

        names = [(heading.name, heading.anchor) for heading in headings_in(html)]

        assert names == [("rischi", "rischi-4"), ("rischi-2", "rischi-5")]

    def test_are_found_in_their_block_or_by_their_words(self):
        anchors = anchors_of(
            [("a", '<h2 id="rischi">Rischi</h2>'), ("b", '<h2 id="rischi-2">Rischi</h2>')]
        )

        assert anchor_named("b/rischi", anchors) == "rischi-2"
        assert anchor_named("gone/rischi", anchors) == anchor_named("rischi", anchors) == "rischi"
        assert anchor_named("a/benefici", anchors) == ""
