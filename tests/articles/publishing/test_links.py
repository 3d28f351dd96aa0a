"""Dead links hinder publication, each with its place."""

import pytest

from articles.models import Callout, RichText, Source
from articles.publishing.verbs import Incomplete
from tests.factories import add_block, fields_of, make_article, missing, publish

pytestmark = pytest.mark.django_db


def with_link(target: str, **fields):
    article = make_article(**fields)
    link = f'<h2>Perché l’età</h2><p>Si veda <a href="{target}">qui</a>.</p>'
    return article, add_block(article, RichText, text_it=link)


class TestLinks:
    @pytest.mark.parametrize(
        "target",
        [
            "https://www.aiom.it/", "mailto:a@example.org", "#perche-l-eta", "www.aiom.it",
            "/it/articoli/altro/", "/it/articoli/altro/?a=1#b", "/en/articles/other/", "/", "/it/",
            "/it/argomenti/", "/media/x.pdf", "/it/articoli/altro", "http://localhost/it/",
        ],
    )  # fmt: skip
    def test_that_lead_somewhere_are_published(self, target):
        make_article(slug_it="altro", slug_en="other")
        article, _block = with_link(target)

        assert missing(article, "it") == []

    @pytest.mark.parametrize(
        "target",
        [
            "aiom.it", "altro/", "../argomenti/", "?a=1", "/it/articles/other/", "/nulla/",
            "/admin/", "/%00", "/it/articoli/manca/", "http://localhost/en/articles/missing/",
        ],
    )  # fmt: skip
    def test_to_no_page_are_refused_with_their_place(self, target):
        article, block = with_link(target)

        (problem,) = missing(article, "it")

        assert (problem.field, problem.block) == ("text_it", block)
        assert problem.message.startswith("Testo, blocco 2: il link «qui» porta a «")
        assert "nessuna pagina di questo sito" in problem.message

    def test_to_no_number_are_refused_with_their_place(self):
        article, block = with_link("TEL:-----")

        (problem,) = missing(article, "it")

        assert (problem.field, problem.block) == ("text_it", block)
        assert "«TEL:-----» (in italiano), che non è un numero" in problem.message

    @pytest.mark.parametrize("target", ["#perche", "#", "#sources", "#r1", "#content"])
    def test_to_no_heading_are_refused_with_their_place(self, target):
        article, block = with_link(target)

        (problem,) = missing(article, "it")

        assert (problem.field, problem.block) == ("text_it", block)
        assert f"blocco 2: il link «qui» porta a «{target}»" in problem.message
        with pytest.raises(Incomplete):
            publish(article, "it")

    @pytest.mark.parametrize("target", ["#sources", "#r1", "#r2", "#testi-2"])
    def test_may_lead_to_references_and_to_headings_of_other_blocks(self, target):
        article, _block = with_link(target)
        for number in (1, 2):
            reference = Source.objects.create(citation=f"Fonte {number}")
            article.citations.create(source=reference, ordering=number)
            add_block(article, RichText, ordering=30 + number, text_it="<h3>Testi</h3>")

        assert missing(article, "it") == []

    def test_may_lead_to_the_anchor_that_a_heading_has_on_the_page(self):
        article, block = with_link("#content-2")  # the page has a "content" of its own
        block.text_it += "<h2>Content</h2>"
        block.save()

        assert missing(article, "it") == []

    def test_of_a_page_without_an_address_are_looked_at_too(self):
        article, _block = with_link("nulla/", slug_it=None)

        assert fields_of(missing(article, "it")) == ["slug_it", "text_it"]

    def test_are_looked_for_in_call_outs_and_in_one_language_at_a_time(self):
        article = make_article()
        callout = add_block(article, Callout, title_it="a", title_en="b", text_it="<p>x</p>")
        Callout.objects.update(text_en='<p><a href="#x">y</a> <a href="#z">y</a></p>')

        assert missing(article, "it") == []
        assert [item.block for item in missing(article, "en")] == [callout, callout]

    def test_cost_no_query_where_there_are_none(self, django_assert_num_queries):
        article = make_article()

        with django_assert_num_queries(5):
            missing(article, "it")
