"""What the desk costs on the launch article: the budget of queries, and what does not count."""

from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Byline, Callout, Citation, Quote, RichText, Source
from articles.publishing.freezing import read_working_copy
from articles.publishing.parity import at_publication
from tests.articles.desk.steps import change_url, form_of
from tests.factories import (
    add_block,
    add_figure,
    logged_in,
    make_article,
    make_contributor,
    make_topic,
    member_of,
)

pytestmark = pytest.mark.django_db

BOUNDS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@pytest.fixture
def article(loaded) -> Article:
    return Article.objects.get()


@pytest.fixture
def editor_client(client):
    """A member of Editors; the process remembers already what it asks once only."""
    ContentType.objects.get_for_model(Article)
    return logged_in(client, member_of("Editors"))


def queries_of(act) -> list[str]:
    """Return the statements of an act, but for those that begin and end a transaction."""
    with CaptureQueriesContext(connection) as captured:
        act()
    statements = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in statements if not sql.startswith(BOUNDS)]


def changed_form(article: Article, **changes) -> dict:
    """Return what is sent when one text of an article was changed in each language."""
    form = form_of(article, draft_tab=str(uuid4()), draft_number="3", **changes)
    for language in ("it", "en"):
        form[f"articles_richtext_set-0-text_{language}"] += "<p>Altro.</p>"
    return form


def asked(article: Article) -> list[str]:
    """Return the addresses of what is asked before both languages are published."""
    return [concern.address for concern in at_publication(read_working_copy(article), ["it", "en"])]


def make_manifold(rows: int) -> Article:
    """Return an article with a number of rows of each kind that its form has."""
    article = make_article(topic=make_topic(), author=False, text=False)
    for number in range(rows):
        for model in (RichText, Quote, Callout):
            add_block(article, model, text_it="<p>Uno</p>", text_en="<p>One</p>")
        add_figure(article)
        source = Source.objects.create(citation=f"Source {number}")
        Citation.objects.create(article=article, source=source)
        Byline.objects.create(article=article, contributor=make_contributor())
    return article


class TestBudget:
    def test_of_opening_the_form(self, editor_client, article):
        queries = queries_of(lambda: editor_client.get(change_url(article)))

        assert len(queries) <= 15, queries

    @pytest.mark.parametrize(
        ("button", "status", "budget"),
        [
            ({"_save": "1"}, 302, 32),
            ({"_preview": "en"}, 200, 25),
            ({"_publish": "all", "_severity": "2"}, 302, 45),
        ],
        ids=["save", "preview", "publish"],
    )
    def test_of_a_button(self, editor_client, article, button, status, budget):
        form = changed_form(article, **button)
        form["_shown_concern"] = asked(article)
        answers = []

        queries = queries_of(lambda: answers.append(editor_client.post(change_url(article), form)))

        assert answers[0].status_code == status
        assert len(queries) <= budget, queries
        assert article.editions.count() == (4 if "_publish" in button else 2)


class TestMoreRows:
    """Of a kind that is there already cost nothing more."""

    def test_in_the_form(self, editor_client):
        one, four = make_manifold(1), make_manifold(4)

        few = queries_of(lambda: editor_client.get(change_url(one)))
        many = queries_of(lambda: editor_client.get(change_url(four)))

        assert len(many) == len(few) <= 15 + 4, many

    @pytest.mark.parametrize("button", [{"_save": "1"}, {"_preview": "en"}, {"_publish": "all"}])
    def test_with_one_text_changed(self, editor_client, button):
        def cost(rows: int) -> int:
            article = make_manifold(rows)
            form = changed_form(article, **button)
            return len(queries_of(lambda: editor_client.post(change_url(article), form)))

        assert cost(1) == cost(4)
