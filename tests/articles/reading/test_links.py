"""Own links: frozen as keys, and links to what is live when the page is made."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.files import withdrawal
from articles.models import Article, Attachment, OwnArticle, RichText
from articles.publishing import verbs
from immunoportal.publication import clock
from tests.factories import (
    add_block,
    add_figure,
    freeze,
    logged_in,
    make_article,
    make_document,
    make_editor,
    make_user,
    own_link,
    publish,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

PATH = "/it/articoli/pagina/"


@pytest.fixture
def target() -> Article:
    article = make_article(title_it="Altro", slug_it="altro", text=False)
    add_block(article, RichText, text_it="<h2>Rischi</h2><p>Uno.</p><h2>Rischi</h2><p>Due.</p>")
    publish(article, "it")
    return article


def page_with(text: str, **fields) -> Article:
    article = make_article(slug_it="pagina", slug_en="page", text=False, **fields)
    add_block(article, RichText, text_it=f"<p>{text}</p>", text_en=f"<p>{text}</p>")
    publish(article)
    return article


def heading_of(article: Article, name: str) -> str:
    return f"{article.articles_richtext_set.get().key}/{name}"


def shown(client, path=PATH) -> list[tuple[str, str]]:
    """The links in the text of a page, with their words."""
    text = page_of(client.get(path)).one("div", class_="text prose")
    return [(link.words, link["href"]) for link in text.all("a")]


class TestToAnArticle:
    def test_is_frozen_as_a_key_and_leads_to_its_page(self, client, target, settings):
        settings.SITE_URL = "https://example.org"
        page = page_with(f"Si veda {own_link(target, 'qui')}.")

        [block] = page.editions.get(language="it").content["blocks"]
        assert block["html"] == f'<p>Si veda <a data-article="{target.key}">qui</a>.</p>'
        assert shown(client) == [("qui", "/it/articoli/altro/")]
        # On paper the address is whole.
        assert 'data-address="https://example.org/it/articoli/altro/"' in client.get(PATH).text

    def test_follows_a_renamed_address_in_editions_of_the_past_too(self, client, target):
        page = page_with(own_link(target, "qui"))
        past = page.editions.get(language="it")
        assert shown(client) == [("qui", "/it/articoli/altro/")]

        Article.objects.filter(pk=target.pk).update(slug_it="nuovo")
        publish(target, "it")
        page.articles_richtext_set.update(text_it="<p>Altro testo.</p>")
        publish(page, "it")

        logged_in(client, make_editor())
        old = f"/admin/articles/article/edition/{past.pk}/"
        assert shown(client, old) == [("qui", "/it/articoli/nuovo/")]

    def test_appears_and_vanishes_with_its_target_in_each_language(self, client, target):
        page = page_with(own_link(target, "qui"))
        assert (shown(client), shown(client, "/en/articles/page/")) == (
            [("qui", "/it/articoli/altro/")],
            [],
        )
        digest = page.editions.get(language="it").page_digest

        verbs.withdraw(target, "it", by=make_editor())

        assert shown(client) == []
        assert "<p>qui</p>" in client.get(PATH).text
        publish(target, "it")
        assert shown(client) == [("qui", "/it/articoli/altro/")]
        assert freeze(page, "it").page_digest == digest

    def test_two_new_articles_may_point_at_each_other(self, client, target):
        page = page_with(own_link(target, "là"))
        target.articles_richtext_set.update(text_it=f"<p>{own_link(page, 'qua')}</p>")
        publish(target, "it")

        assert shown(client) == [("là", "/it/articoli/altro/")]
        assert shown(client, "/it/articoli/altro/") == [("qua", PATH)]

    def test_to_a_reserved_one_is_on_reserved_pages_only(self, client, target):
        page = page_with(own_link(target, "qui"))
        Article.objects.filter(pk=target.pk).update(audience="professional")
        publish(target, "it")
        reader = make_user()
        reader.user_permissions.set(Permission.objects.filter(codename="read_reserved"))
        logged_in(client, reader)

        assert shown(client) == []
        Article.objects.filter(pk=page.pk).update(audience="professional")
        publish(page)
        assert shown(client) == [("qui", "/it/articoli/altro/")]


class TestToAHeading:
    def test_leads_to_it_however_the_others_change(self, client, target):
        page_with(own_link(target, "qui", heading=heading_of(target, "rischi-2")))
        assert shown(client) == [("qui", "/it/articoli/altro/#rischi-2")]

        add_block(target, RichText, ordering=5, text_it="<h2>Rischi</h2>")
        publish(target, "it")

        assert shown(client) == [("qui", "/it/articoli/altro/#rischi-3")]

    def test_is_found_by_its_words_in_another_block(self, client, target):
        page_with(own_link(target, "qui", heading=heading_of(target, "rischi")))
        target.articles_richtext_set.all().delete()
        add_block(target, RichText, text_it="<h2>Prima</h2><h2>Rischi</h2>")
        publish(target, "it")

        assert shown(client) == [("qui", "/it/articoli/altro/#rischi")]

    def test_leads_to_the_top_when_it_is_gone(self, client, target):
        page_with(own_link(target, "qui", heading=heading_of(target, "benefici")))

        assert shown(client) == [("qui", "/it/articoli/altro/")]

    def test_of_its_own_page_is_a_link_within_it(self, client):
        page_with(
            '<a data-heading="fine">là</a> <a data-heading="nulla">qui</a></p><h2>Fine</h2><p>x'
        )

        assert shown(client) == [("là", "#fine")]


class TestToAFile:
    def test_leads_to_it_and_lets_the_readers_of_the_page_have_it(self, client):
        document = make_document()
        page = page_with(own_link(document, "opuscolo"))
        address = document.get_absolute_url()

        assert shown(client) == [("opuscolo", address)]
        assert client.get(address).status_code == 200
        assert page.editions.get(language="it").documents.get() == document
        Article.objects.filter(pk=page.pk).update(audience="professional")
        publish(page)
        assert client.get(address).status_code == 404

    def test_that_is_shown_as_a_block_too_is_kept_once(self, client):
        document = make_document()
        page = page_with(own_link(document, "opuscolo"))
        add_block(page, Attachment, document_it=document, document_en=document)

        publish(page)

        assert shown(client) == [("opuscolo", document.get_absolute_url())]

    def test_vanishes_with_it(self, client):
        document = make_document()
        page_with(f"{own_link(document, 'opuscolo')} <a data-file='{'0' * 64}'>x</a>")
        assert shown(client) == [("opuscolo", document.get_absolute_url())]

        withdrawal.withdraw(document, by=make_editor(), reason="Consenso revocato")

        assert shown(client) == []


class TestCost:
    def test_is_one_query_with_the_articles_that_are_shown(self, client, target):
        def cost(path: str) -> int:
            clock.advance()
            with CaptureQueriesContext(connection) as captured:
                client.get(path)
            return sum('"articles_edition"' in query["sql"] for query in captured.captured_queries)

        others = [make_article() for _number in range(3)]
        for other in others:
            publish(other, "it")
        page = page_with(
            " ".join(own_link(other, "x") for other in others)
            + own_link(target, "y", heading=heading_of(target, "rischi"))
        )
        add_block(page, OwnArticle, article=target)
        add_figure(page)
        plain = make_article(slug_it="semplice")
        publish(plain, "it")
        publish(page)
        # Of both, as of any page with an earlier edition, the corrections are asked for too.
        Article.objects.filter(pk=plain.pk).update(lead_it="Altro.")
        publish(plain, "it")

        assert len(shown(client)) == 4
        assert cost(PATH) == cost("/it/articoli/semplice/") + 1
