"""What is advised before a publication. Nothing is stored: it is about the texts alone."""

import pytest
from django.utils import translation

from articles.models import Article, Callout, Figure, RichText, Table
from articles.publishing.advice import Advice, Stage, advice
from articles.publishing.freezing import WorkingCopy
from articles.text.own_links import OwnLink
from tests.articles.text.launch_texts import launch_text

KEY = "5d6f3c0e-8a39-4a1c-9c7b-2f1d6f0f3a55"


def advised(*blocks, language="it", **fields) -> list[Advice]:
    """What is advised of an article that is otherwise as it should be."""
    article = Article(**{f"lead_{language}": "Il gatto dorme.", **fields})
    return advice(WorkingCopy(article, blocks, [], []), language)


def text(html: str, model=RichText, **fields):
    return model(**{"text_it": html, "text_en": html, **fields})


def places(found: list[Advice]) -> list[tuple]:
    return [(item.field, item.block, item.stage) for item in found]


class TestHead:
    @pytest.mark.parametrize(("length", "number"), [(60, 0), (61, 1)])
    def test_a_title_is_shown_whole(self, length, number):
        assert places(advised(title_it="a" * length)) == [
            ("title_it", None, Stage.PREVIEW),
        ] * number  # fmt: skip

    @pytest.mark.parametrize(("words", "number"), [(60, 0), (61, 1)])
    def test_a_lead_is_read_at_a_glance(self, words, number):
        lead = "a. " * words

        assert places(advised(lead_it=lead, description_it="a" * 50)) == [
            ("lead_it", None, Stage.PUBLICATION),
        ] * number  # fmt: skip

    @pytest.mark.parametrize(
        ("description", "lead", "number"),
        [(0, 160, 0), (0, 161, 1), (49, 161, 1), (50, 161, 0), (160, 9, 0), (161, 9, 1)],
    )
    def test_a_description_tells_what_the_page_is_about(self, description, lead, number):
        found = advised(description_it="a" * description, lead_it="a" * lead)

        assert [item.field for item in found].count("description_it") == number


class TestReadability:
    def test_tells_for_whom_a_hard_text_is_and_what_is_long(self):
        _lead, *paragraphs = launch_text("it").split("\n")
        block = text("".join(f"<p>{paragraph}</p>" for paragraph in paragraphs))

        whole, long = advised(block, lead_it=launch_text("it", paragraphs=False))

        assert "laurea" in whole.message
        assert "39,8" in whole.message
        assert places([whole, long]) == [("text_it", block, Stage.PUBLICATION)] * 2
        assert "Testo, blocco 1: " in long.message
        assert all(len(passage.split()) > 20 for passage in long.passages)

    def test_asks_nothing_of_what_everybody_reads_or_professionals_do(self):
        hard = text(f"<p>{launch_text('it', paragraphs=False)}</p>")

        assert advised(text("<p>Il gatto dorme.</p>")) == []
        assert len(advised(hard, lead_it="")) == 1
        assert advised(hard, lead_it="", audience="professional") == []

    def test_is_not_known_of_an_empty_page(self):
        assert advised(lead_it="") == []

    def test_a_table_has_no_sentences(self):
        cells = f"<table><tbody><tr><td>{'uno ' * 30}</td></tr></tbody></table>"

        assert advised(text(cells, Table)) == []
        assert len(advised(text(f"<p>{'uno ' * 30}</p>"))) == 1


class TestHeadings:
    def test_skip_no_level(self):
        good = text("<h2>Uno</h2><h3>Due</h3>")
        bad = text("<h3>Due</h3><h2>Uno</h2>")

        assert advised(text("<h3>Tre</h3>", only_in="en"), good, bad) == []
        (found,) = advised(text("<p>Sì.</p>", Callout), bad)
        assert "«Due»" in found.message
        assert "blocco 2" in found.message


class TestLinks:
    @pytest.mark.parametrize(
        ("language", "words", "number"),
        [("it", "Clicca qui!", 1), ("it", "qui", 1), ("it", "Click here", 0), ("it", "Un sì", 0),
         ("en", "click <b>here</b>", 1), ("en", "Here", 1), ("en", "qui", 0)],
    )  # fmt: skip
    def test_say_where_they_lead(self, language, words, number):
        block = text(f'<p><a href="https://example.org/">{words}</a> a.</p>')

        found = advised(block, language=language, **{f"lead_{language}": "A cat."})

        assert places(found) == [(f"text_{language}", block, Stage.PREVIEW)] * number

    @pytest.mark.parametrize(
        ("other", "number"),
        [('<a href="https://example.org/">', 0), ('<a href="https://example.org/b">', 1),
         (OwnLink("article", KEY).tag, 1)],
    )  # fmt: skip
    def test_that_say_the_same_lead_to_the_same(self, other, number):
        first = text('<p><a href="https://example.org/">La rete</a></p>')
        second = text(f"<p>{other}la  rete</a></p>", Callout)

        assert places(advised(first, second)) == [("text_it", second, Stage.PREVIEW)] * number


class TestAlternativeTexts:
    @pytest.mark.parametrize(
        ("length", "decorative", "only_in", "number"),
        [(125, False, "", 0), (126, False, "", 1), (126, True, "", 0), (126, False, "en", 0)],
    )
    def test_are_easy_to_listen_to(self, length, decorative, only_in, number):
        figure = Figure(alternative_text_it="a" * length, decorative=decorative, only_in=only_in)

        assert places(advised(figure)) == [
            ("alternative_text_it", figure, Stage.PREVIEW)
        ] * number  # fmt: skip


def test_is_in_the_language_of_whoever_writes():
    link = '<a href="/{}">qui</a>'
    blocks = [
        text(f"<h3>Due</h3><p>{link.format(1)} {'uno ' * 30}. {'due ' * 30}.</p>"),
        text(f"<p>{'uno ' * 30}</p><p><a href='/2'>A</a></p>".replace("'", '"')),
        text('<p><a href="/3">a</a></p>'),
        Figure(alternative_text_it="a" * 126),
    ]
    fields = {"title_it": "a" * 61, "lead_it": "uno " * 61}
    here = advised(*blocks, **fields)
    with translation.override("en"):
        there = advised(*blocks, **fields)

    assert len(here) == len(there) == 9
    for item, other in zip(here, there, strict=True):
        assert item.message.replace("in italiano", "in Italian") != other.message
