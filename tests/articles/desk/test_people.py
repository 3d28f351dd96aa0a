import pytest
from django.urls import reverse

from articles.models import Article
from articles.publishing.states import in_state
from tests.factories import (
    make_article,
    publish,
)

pytestmark = pytest.mark.django_db


class TestContributors:
    def test_a_renamed_author_marks_the_articles_that_name_her(self, editor_client):
        article, other = make_article(), make_article()
        publish(article)
        publish(other)
        author = article.bylines.get().contributor

        editor_client.post(
            reverse("admin:articles_contributor_change", args=[author.pk]),
            {"name_it": "Anna Verdi"},
        )

        changed = in_state(Article.objects.all(), "it", "changed")
        assert list(changed) == [article]

    def test_a_contributor_needs_a_name(self, editor_client):
        response = editor_client.post(reverse("admin:articles_contributor_add"), {"name_it": ""})

        assert response.status_code == 200
        assert "Who is it?" in response.text
