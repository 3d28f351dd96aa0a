"""Own links of the working copy: what is refused, what is said, and addresses that become links."""

import pytest

from articles.files import library
from articles.models import Article, Attachment, Callout, Quote, RichText
from articles.publishing import verbs
from articles.publishing.freezing import read_working_copy
from articles.publishing.own_addresses import with_keys
from articles.publishing.own_links import links_of, targets_of, without_page
from tests.factories import (
    add_block,
    make_article,
    make_document,
    make_editor,
    missing,
    obstacles,
    own_link,
    publish,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def target() -> Article:
    return make_article(title_it="Altro", slug_it="altro", slug_en="other")


def told(article: Article, language="it") -> list[str]:
    """What the desk says of the links that are words alone."""
    blocks = read_working_copy(article).blocks
    targets = targets_of(placed.link for placed in links_of(blocks, language))
    return [sentence for sentence, *_place in without_page(article, blocks, language, targets)]


def page_with(text: str, **fields) -> Article:
    article = make_article(**fields)
    add_block(article, Callout, title_it="a", title_en="b", text_it=text, text_en="<p>x</p>")
    return article


class TestReserved:
    def test_is_refused_on_a_public_page_with_its_place(self, target):
        Article.objects.filter(pk=target.pk).update(audience="professional")
        page = page_with(f"<p>{own_link(target, 'qui')}</p>")

        [problem] = obstacles(page, ["it", "en"])

        assert (problem.field, type(problem.block)) == ("text_it", Callout)
        assert "blocco 2: il link «qui»" in problem.message
        assert "«Altro»" in problem.message
        with pytest.raises(verbs.Incomplete):
            publish(page)

    def test_is_refused_by_its_address_in_another_language_too(self, target):
        Article.objects.filter(pk=target.pk).update(audience="professional")
        page = page_with('<p><a href="/en/articles/other/">A &lt; B</a></p>')

        [problem] = obstacles(page, ["it", "en"])

        assert "il link «A < B» in italiano porta a «Altro»" in problem.message

    def test_is_fine_on_a_reserved_page(self, target):
        Article.objects.filter(pk=target.pk).update(audience="professional")
        page = page_with(f"<p>{own_link(target, 'qui')}</p>", audience="professional")

        assert missing(page, "it") == []

    def test_what_is_not_live_is_no_obstacle(self, target):
        page = page_with(f"<p>{own_link(target, 'qui')} <a data-heading='x'>x</a></p>")

        assert missing(page, "it") == []

    def test_costs_nothing_where_there_is_no_own_link(self, django_assert_num_queries):
        page = page_with("<p>x</p>")
        copy = read_working_copy(page)

        with django_assert_num_queries(0):
            assert targets_of(placed.link for placed in links_of(copy.blocks, "it")) == {}


class TestFiles:
    def test_that_only_professionals_are_shown_are_refused_on_a_public_page(self):
        document = make_document(title="Opuscolo")
        shows = make_article(audience="professional")
        add_block(shows, Attachment, document_it=document, document_en=document)
        page = page_with(f"<p>{own_link(document, 'qui')}</p>")
        assert missing(page, "it") == []

        publish(shows)

        assert "«Opuscolo», riservato ai professionisti" in missing(page, "it")[0].message
        assert "riservato" in told(page)[0]
        other = make_article()
        add_block(other, Attachment, document_it=document, document_en=document)
        publish(other)
        assert (missing(page, "it"), told(page)) == ([], [])

    def test_of_an_article_that_is_not_reserved_any_more_are_its_own(self):
        document = make_document()
        page = page_with(f"<p>{own_link(document, 'qui')}</p>", audience="professional")
        publish(page)

        Article.objects.filter(pk=page.pk).update(audience="public")

        assert obstacles(Article.objects.get(pk=page.pk), ["it", "en"]) == []

    def test_that_are_gone_are_named(self):
        document = make_document()
        page = page_with(f"<p>{own_link(document, 'qui')}</p>")
        assert told(page) == []

        library.remove(document)

        assert "non esiste più" in told(page)[0]


class TestTold:
    def test_what_is_not_live_in_the_language_is_named_until_it_is(self, target):
        page = page_with(f"<p>{own_link(target, 'qui')}</p>")
        publish(target, "en")
        assert told(page) == [
            "Riquadro, blocco 2: il link «qui» porta a «Altro», che non è pubblicato in italiano. "
            "Finché non lo è, i lettori vedono le parole senza link."
        ]

        publish(target, "it")

        assert told(page) == []

    def test_what_is_live_for_professionals_only_is_named(self, target):
        page = page_with(f"<p>{own_link(target, 'qui')}</p>")
        Article.objects.filter(pk=target.pk).update(audience="professional")
        publish(target)
        assert "riservato ai professionisti sanitari" in told(page)[0]

        # Not any more, once it is published again.
        Article.objects.filter(pk=target.pk).update(audience="public")

        assert "non è pubblicato in italiano" in told(page)[0]
        Article.objects.filter(pk=page.pk).update(audience="professional")
        assert told(Article.objects.get(pk=page.pk)) == []

    def test_what_is_gone_is_named(self, target):
        page = page_with(f"<p>{own_link(target, 'qui')} <a data-heading='rischi'>là</a></p>")
        target.delete()

        assert ["non esiste più" in told(page)[0], "un titolo" in told(page)[1]] == [True, True]
        add_block(page, RichText, text_it="<h2>Rischi</h2>")
        assert len(told(page)) == 1

    def test_a_link_to_its_own_article_is_nothing_to_tell(self):
        page = page_with("<p>x</p>")
        page.articles_callout_set.update(text_it=f"<p>{own_link(page, 'qui')}</p>")

        assert told(page) == []

    def test_what_was_withdrawn_is_not_live(self, target):
        page = page_with(f"<p>{own_link(target, 'qui')}</p>")
        publish(target)
        assert told(page) == []

        verbs.withdraw(target, "it", by=make_editor())

        assert len(told(page)) == 1


class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        [
            "http://localhost/it/articoli/altro/", "/it/articoli/altro", "../altro/",
            "/it/articoli/altro/?a=1#nulla", "https://localhost:8000/it/articoli/altro/#",
        ],
    )  # fmt: skip
    def test_of_articles_become_own_links(self, target, address):
        text = f'<p><a title="t" href="{address}" rel="x">qui</a></p>'

        assert with_keys({"a": text, "b": "<p>x</p>"}, "it") == {
            "a": f"<p>{own_link(target, 'qui')}</p>"
        }

    @pytest.mark.parametrize(
        "address",
        [
            "/it/articoli/manca/", "https://example.org/it/articoli/altro/", "/en/articles/other/",
            "/it/argomenti/", "#x", "mailto:a@example.org", "https://[x/", "",
        ],
    )  # fmt: skip
    def test_of_anything_else_stay(self, target, address):
        assert with_keys({"a": f'<p><a href="{address}">qui</a></p>'}, "it") == {}

    def test_of_files_become_own_links(self):
        document = make_document()
        address = document.get_absolute_url()
        texts = {"a": f'<a href="{address}">x</a>', "b": f'<a href="{address[:-5]}z.pdf">x</a>'}

        assert with_keys(texts, "it") == {"a": own_link(document, "x")}

    def test_that_it_once_had_become_own_links_too(self, target):
        publish(target, "it")
        Article.objects.filter(pk=target.pk).update(slug_it="nuovo")

        [text] = with_keys({"a": '<a href="/it/articoli/altro/">x</a>'}, "it").values()

        assert text == own_link(target, "x")

    def test_of_headings_lead_to_them(self, target):
        block = add_block(target, RichText, text_it="<h2>Content</h2>", text_en="<p>x</p>")
        add_block(target, Quote, text_it="Parole", source_it="Qualcuno")
        publish(target, "it")

        # The page has a "content" of its own.
        [text] = with_keys({"a": '<a href="/it/articoli/altro/#content-2">x</a>'}, "it").values()

        assert text == own_link(target, "x", heading=f"{block.key}/content")
