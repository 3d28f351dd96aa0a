"""Articles that a page shows by title and lead: those that are live when it is made."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, OwnArticle
from articles.publishing import verbs
from immunoportal.publication import clock
from tests.factories import (
    add_block,
    logged_in,
    make_article,
    make_editor,
    make_user,
    publish,
)
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db

PATH = "/it/articoli/pagina/"


@pytest.fixture
def target() -> Article:
    article = make_article(title_it="Altro", slug_it="altro", lead_it="Di che cosa parla.")
    publish(article, "it")
    return article


@pytest.fixture
def page(target) -> Article:
    article = make_article(slug_it="pagina", slug_en="page")
    add_block(article, OwnArticle, article=target)
    publish(article)
    return article


def shown(client, path=PATH) -> dict[str, str]:
    main = page_of(client.get(path)).one("main")
    return {words: url for words, url in links_of(main).items() if "altr" in url or "other" in url}


class TestOwnArticle:
    def test_is_shown_with_its_title_and_lead(self, client, page):
        assert shown(client) == {"Altro": "/it/articoli/altro/"}
        assert "Di che cosa parla." in client.get(PATH).text

    def test_follows_what_it_becomes(self, client, page, target):
        before = page.editions.get(language="it").page_digest
        Article.objects.filter(pk=target.pk).update(title_it="Nuovo", slug_it="altro-nuovo")
        assert shown(client) == {"Altro": "/it/articoli/altro/"}

        publish(target, "it")

        assert shown(client) == {"Nuovo": "/it/articoli/altro-nuovo/"}
        assert not publish(page, "it")
        assert page.editions.get(language="it").page_digest == before

    def test_vanishes_with_it(self, client, page, target):
        assert shown(client)

        verbs.withdraw(target, "it", by=make_editor())

        assert shown(client) == {}
        assert client.get(PATH).status_code == 200
        assert "own-article" not in client.get(PATH).text

    def test_appears_in_each_language_for_itself(self, client, page, target):
        path = "/en/articles/page/"
        Article.objects.filter(pk=target.pk).update(slug_en="other", title_en="Other")
        assert shown(client, path) == {}

        publish(target, "en")

        assert shown(client, path) == {"Other": "/en/articles/other/"}

    def test_a_reserved_one_is_on_no_public_page(self, client, page, target):
        Article.objects.filter(pk=target.pk).update(audience="professional")
        publish(target, "it")
        reader = make_user()
        reader.user_permissions.set(Permission.objects.filter(codename="read_reserved"))

        assert shown(client) == {}
        assert shown(logged_in(client, reader)) == {}
        Article.objects.filter(pk=page.pk).update(audience="professional")
        publish(page)
        assert shown(client) == {"Altro": "/it/articoli/altro/"}

    def test_costs_one_query_however_many_there_are(self, client, page):
        def cost() -> int:
            clock.advance()
            with CaptureQueriesContext(connection) as captured:
                client.get(PATH)
            return sum('"articles_edition"' in query["sql"] for query in captured.captured_queries)

        # A page with an earlier edition asks for its corrections too; and once after each change
        # for the pages of the site, at the foot, and for where the page leads on.
        Article.objects.filter(pk=page.pk).update(lead_it="Nuovo.")
        publish(page, "it")
        one = cost()
        for number in range(3):
            other = make_article()
            publish(other, "it")
            add_block(page, OwnArticle, article=other, ordering=30 + number)
        publish(page, "it")

        assert client.get(PATH).text.count('class="own-article"') == 4
        assert cost() == one <= 8
