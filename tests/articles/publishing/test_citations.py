"""Citations of the working copy: what is frozen of them, and what must not be published."""

import pytest

from articles.models import Callout, RichText
from articles.publishing.citations import markers_without_source
from articles.publishing.freezing import read_working_copy
from tests.factories import (
    add_block,
    add_source,
    freeze,
    make_article,
    marker,
    missing,
)

pytestmark = pytest.mark.django_db


def write(article, **texts) -> RichText:
    """The first text of an article, with other words."""
    block = RichText.objects.filter(parent=article).order_by("pk")[0]
    for name, text in texts.items():
        setattr(block, name, text)
    block.save()
    return block


class TestFrozen:
    def test_an_early_citation_changes_its_own_block_alone(self):
        article = make_article()
        first, second = add_source(article, "Uno"), add_source(article, "Due")
        write(article, text_it="<p>Prima.</p>")
        add_block(article, RichText, text_it=f"<p>Dopo.{marker(second)}</p>", text_en="<p>x</p>")
        before = freeze(article, "it").content

        write(article, text_it=f"<p>Prima.{marker(first)}</p>")

        after = freeze(article, "it").content
        assert after["blocks"][0]["html"] == f"<p>Prima.{marker(first)}</p>"
        assert after["blocks"][1] == before["blocks"][1]
        assert after["sources"] == before["sources"]

    def test_markers_are_neither_words_nor_anchors(self):
        article = make_article()
        source = add_source(article)
        write(article, text_it="<h2>Rischi</h2><p>Molti.</p>")
        before = freeze(article, "it")

        text = f"<h2>Rischi{marker(source)}</h2><p>Molti.{marker(source)}</p>"
        write(article, text_it=text)

        after = freeze(article, "it")
        assert after.text_digest != before.text_digest
        assert (after.plain_text, after.words) == (before.plain_text, before.words)
        assert after.content["contents"] == before.content["contents"]


class TestSourcesThatAreGone:
    def test_are_named_with_their_place_in_the_language_that_cites_them(self):
        article = make_article()
        source = add_source(article, "Hodi 2010")
        cited = f"<p>La sopravvivenza migliora.{marker(source)}</p>"
        block = add_block(article, Callout, title_it="x", title_en="x", text_it=cited)
        block.text_en = "<p>x</p>"
        block.save()
        assert missing(article, "it") == []

        article.citations.all().delete()

        [problem] = missing(article, "it")
        assert (problem.field, problem.block) == ("text_it", block)
        for words in ("blocco 2", "«Hodi 2010»", "La sopravvivenza migliora."):
            assert words in problem.message
        assert missing(article, "en") == []

        block.only_in = "en"
        block.save()

        assert missing(article, "it") == []

        block.only_in = ""
        block.save()
        source.delete()

        [problem] = missing(article, "it")
        assert "non esiste più" in problem.message

    def test_are_looked_for_without_a_query(self, django_assert_num_queries):
        article = make_article()
        source = add_source(article)
        write(article, text_it=f"<p>x{marker(source)}</p>")

        copy = read_working_copy(article)

        with django_assert_num_queries(0):
            assert list(markers_without_source(copy, "it")) == []
