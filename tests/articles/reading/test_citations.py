"""Citations on the reader's page: numbers, and links there and back."""

import pytest

from articles.models import Callout, Question, RichText, Table
from tests.factories import add_block, add_source, make_article, marker, publish
from tests.pages import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    return make_article(slug_it="studi", slug_en="studies", text=False)


def page(client, address="/en/articles/studies/"):
    return page_of(client.get(address))


class TestCitations:
    def test_are_numbered_by_appearance_in_each_language(self, client, article):
        first, second, third = (add_source(article, name) for name in ("One", "Two", "Three"))
        add_block(
            article,
            RichText,
            text_it=f"<p>x{marker(first)}</p>",
            text_en=f"<h2>x</h2><p>x{marker(third)}</p>",
        )
        add_block(
            article,
            Callout,
            title_it="y",
            title_en="y",
            text_it=f"<p>y{marker(third)}{marker(first)}</p>",
            text_en=f"<p>y{marker(first)} {marker(third)}.</p>",
        )
        publish(article)

        english, italian = page(client), page(client, "/it/articoli/studi/")

        assert [mark.words for mark in english.all("sup")] == ["[1]", "[1, 2]"]
        assert [mark.words for mark in italian.all("sup")] == ["[1]", "[1, 2]"]
        listed = [item.words for item in english.one("ol", class_="sources").all("li")]
        assert [words.split()[0] for words in listed] == ["Three", "One", "Two"]
        listed = [item.words for item in italian.one("ol", class_="sources").all("li")]
        assert [words.split()[0] for words in listed] == ["One", "Three", "Two"]
        assert second.citation not in str(english.one("ol", class_="sources").one("li", id="r1"))

    def test_lead_to_their_source_and_back(self, client, article):
        source = add_source(article)
        text = f"<p>x{marker(source)}</p>"
        add_block(article, RichText, text_it=text, text_en=f"{text}{text}")
        publish(article)

        english, italian = page(client), page(client, "/it/articoli/studi/")

        marks = [link for mark in english.all("sup") for link in mark.all("a")]
        assert [(link["id"], link["href"], link["aria-label"]) for link in marks] == [
            ("r1.1", "#r1", "Source 1"),
            ("r1.2", "#r1", "Source 1"),
        ]
        back = list(english.one("li", id="r1").all("a", role="doc-backlink"))
        assert [(link["href"], link.words, link["aria-label"]) for link in back] == [
            ("#r1.1", "a", "Back to source 1 in the text, a"),
            ("#r1.2", "b", "Back to source 1 in the text, b"),
        ]
        [back] = italian.one("li", id="r1").all("a", role="doc-backlink")
        assert (back.words, back["aria-label"]) == (
            "↑ nel testo",
            "Torna alla fonte 1 nel testo",
        )

    def test_lead_back_to_more_places_than_there_are_letters(self, client, article):
        source = add_source(article)
        add_block(article, RichText, text_it="<p>x</p>", text_en=f"<p>{f'x{marker(source)}' * 28}")
        publish(article)

        back = [link.words for link in page(client).one("li", id="r1").all("a")]

        assert back[:2] + back[-3:] == ["a", "b", "z", "aa", "ab"]

    def test_stand_in_tables_and_answers_too(self, client, article):
        source = add_source(article)
        cell = f"<table><tr><td>a</td></tr><tr><td>x{marker(source)}</td></tr></table>"
        add_block(article, RichText, text_it="<p>x</p>", text_en="<p>x</p>")
        add_block(article, Table, caption_en="y", text_en=cell, only_in="en")
        add_block(article, Question, question_en="y", answer_en=marker(source), only_in="en")
        publish(article)

        marks = page(client).one("div", class_="article-body").all("sup")

        assert [mark.words for mark in marks] == ["[1]", "[1]"]

    def test_are_no_business_of_a_page_without_them(self, client, article):
        add_source(article, "One")
        add_source(article, "Two")
        add_block(article, RichText, text_it="<p>x</p>", text_en="<p>x</p>")
        publish(article)

        sources = page(client).one("ol", class_="sources")

        assert [(item["id"], item.words) for item in sources.all("li")] == [
            ("r1", "One"),
            ("r2", "Two"),
        ]
